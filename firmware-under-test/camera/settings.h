// What the owner of the camera can set: SAKSI.CFG in the root of the card, lines of key=value, read at power-on.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SETTINGS_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SETTINGS_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SETTINGS_OFFICER_BYTES = 25 };  // with the zero behind

typedef struct {
  uint32_t width, height;    // pixels, even, 64x64 to 1920x1080
  uint32_t fps;              // 1 to 60
  uint32_t qp;               // 0 to 51; with a bit rate only that of the first pictures
  uint32_t bitrate_kbps;     // constant bit rate, 1000 bits a second; 0: constant qp
  uint32_t gop;              // pictures from IDR to IDR, 1 to 600
  uint32_t pre_event_ms;     // 0 to 120000
  uint32_t exposure_us;      // 20 to 1000000; 0: by the light, with gains as well
  uint32_t exposure_max_us;  // of exposures by the light, 8000 to 100000
  uint32_t mains_hz;         // 50 to 60: by the light, exposures are whole periods of the lamps' flicker
  uint32_t gain_percent;     // analogue gain, 100 to 1066, if exposure_us is set; in the file as a number like 1 or 2.5
  uint32_t max_file_mb;      // MiB, 1 to 4000: a larger recording goes on in the next clip
  uint32_t max_file_s;       // seconds, up to 86400: so does a longer one, at the next picture that a clip can begin with; 0: of any length
  uint32_t overlay;          // 1: date, device and officer are burnt into the pictures; 0: not
  char officer[SETTINGS_OFFICER_BYTES];  // who wears the camera: up to 24 letters, digits, - and .; empty if nobody said
  uint32_t wb_red, wb_blue;              // white balance gains, 256 is 1.0, up to 4095; either 0: by the colours in the picture
} settings_t;

void settings_defaults(settings_t* settings);

// Reads `text`; a line that is not understood, or a value out of range, is reported and leaves the setting alone. Empty lines and
// lines that start with # are skipped.
typedef void (*settings_complaint_t)(const char* line);
void settings_parse(settings_t* settings, const char* text, uint32_t bytes, settings_complaint_t complain);

#ifdef __cplusplus
}
#endif

#endif
