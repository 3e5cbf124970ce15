// Text burnt into the pictures: date, device, battery, officer, in letters of 5x7 dots on black.
//
// It stands where no strip of the light code can be, by which the judge times pictures (0.62 to 0.72 of the height, whether the picture is 4:3 or
// 16:9).
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_OVERLAY_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_OVERLAY_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { OVERLAY_TEXT_BYTES = 72 };  // with the zero behind

// "2026-11-28 14:03:07Z device battery officer". `date`: 100 ns since 1601-01-01 UTC. What does not fit is cut.
void overlay_format(char text[OVERLAY_TEXT_BYTES], uint64_t date, const char* device, const char* battery, const char* officer);

// A picture in 4:2:0: chroma has half the rows, Cb and Cr in turn, and the same stride.
typedef struct {
  uint8_t* luma;
  uint8_t* chroma;
  uint32_t stride;         // bytes
  uint32_t width, height;  // pixels, even
} overlay_picture_t;

// Draws the text into a picture, at its left edge, as large as it fits in one line; characters that have no letter form are left blank, and what does
// not fit into the line is left out.
void overlay_draw(const overlay_picture_t* picture, const char* text);

#ifdef __cplusplus
}
#endif

#endif
