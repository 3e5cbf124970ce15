// Exposure by the light in the picture: how long and how much amplified the next frames are taken. Pure: knows numbers, not hardware.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_AUTO_EXPOSURE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_AUTO_EXPOSURE_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/drivers/isp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t exposure_us;
  uint32_t gain_percent;  // analogue, 100 is 1.0
  uint32_t digital_gain;  // 256 is 1.0
} exposure_t;

enum {
  AUTO_EXPOSURE_LATENCY = 3,    // frames from a change to the first that is surely taken with it
  AUTO_EXPOSURE_TARGET = 5523,  // mean luminance aimed at, in the units of the statistics: 18 % of white
  AUTO_EXPOSURE_SHORTEST_US = 80,
  AUTO_EXPOSURE_GAIN_MAX = 1066,
  AUTO_EXPOSURE_DIGITAL_MAX = 1024
};

typedef struct {
  uint32_t flicker_us;  // between two maxima of lamps on the mains
  uint32_t longest_us;  // a multiple of it
  uint32_t product;     // exposure in microseconds times gain in percent
} auto_exposure_t;

// `mains_hz` 50 or 60; exposures up to `longest_us`, at least one period of the light's flicker. Starts with 10 ms at gain 4.
void auto_exposure_init(auto_exposure_t* self, uint32_t mains_hz, uint32_t longest_us);

// Longest exposures first, in whole periods of flicker; shorter ones only if it is too bright even so; then analogue, then digital gain.
exposure_t auto_exposure_setting(const auto_exposure_t* self);

// Whether the setting changes after a frame that was taken with it. `red_gain`, `blue_gain`: of the white balance, 256 is 1.0. A frame in which there
// is nothing at all changes nothing: there was no light, or no pixels.
bool auto_exposure_step(auto_exposure_t* self, const isp_statistics_t* statistics, uint32_t red_gain, uint32_t blue_gain);

#ifdef __cplusplus
}
#endif

#endif
