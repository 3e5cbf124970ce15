// From the sensor to the ring: runs in interrupt handlers only, so that a waiting card never costs a picture.
//
// The receiver fills one frame buffer after the other; a full one waits for the encoder, which codes it straight into the ring.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CAPTURE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CAPTURE_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/ring.h"
#include "firmware-under-test/camera/settings.h"
#include "firmware-under-test/drivers/isp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CAPTURE_FRAMES = 4, CAPTURE_FRAME_BYTES = 1920 * 1088 * 3 / 2 };

// Memory for the frames as received and for the encoder's reconstructed pictures, 16-byte aligned.
typedef struct {
  uint8_t (*frames)[CAPTURE_FRAME_BYTES];
  uint8_t (*reconstructed)[CAPTURE_FRAME_BYTES];  // 2
} capture_memory_t;

// Frames that did not get into the ring since power-on, by reason.
typedef struct {
  uint32_t no_buffer;  // the encoder did not keep up
  uint32_t no_room;    // the ring was full: the card did not keep up
  uint32_t failed;     // the receiver or the encoder reported an error
} capture_losses_t;

// Sets up receiver and encoder and starts to receive. False if the encoder is not there.
// `shading_radius`: half the diagonal of the sensor's full array, in raw columns.
bool capture_start(const settings_t* settings, uint32_t mode_width, uint32_t mode_height, uint32_t shading_radius, ring_t* ring,
                   const capture_memory_t* memory);

// What is burnt into the pictures (overlay.h). The texts stay where they are until others are set.
typedef struct {
  bool is_on;
  uint64_t epoch;  // date of tick 0, 100 ns since 1601-01-01 UTC
  const char* device;
  const char* officer;
  const char* battery;
} capture_overlay_t;
void capture_set_overlay(const capture_overlay_t* overlay);

// Whether a picture has come into the ring, or a frame was lost, since the last call.
bool capture_take_news(void);
bool capture_has_news(void);

// Whether frames are coming in: one has ended within the last second.
bool capture_is_alive(uint64_t now);

capture_losses_t capture_losses(void);

// Statistics of the last frame, if it is another one than at the last call; `index` counts frames.
bool capture_take_statistics(isp_statistics_t* statistics, uint32_t* index);
// Frames that have ended since capture_start().
uint32_t capture_frames(void);

#ifdef __cplusplus
}
#endif

#endif
