// The IMX219 image sensor: three read-out modes, exposure, gain, frame rate.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_IMX219_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_IMX219_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What the sensor sends: a part of its 3280 x 2464 array, binned.
typedef struct {
  uint32_t width, height;  // columns and rows sent
  uint32_t binning;        // 1, 2 or 4
} imx219_mode_t;

typedef struct {
  const imx219_mode_t* mode;
  uint32_t fps;
  uint32_t exposure_us;
  uint32_t gain_percent;  // analogue gain, 100 is 1.0
  uint32_t digital_gain;  // 256 is 1.0, up to 4095
} imx219_settings_t;

enum { IMX219_CHIP_ID = 0x0219, IMX219_MODES = 3 };

// From the smallest picture (full field, binned 4 by 4) to the largest (centre crop, not binned).
const imx219_mode_t* imx219_mode(uint32_t index);

// False while the sensor does not acknowledge (it takes some milliseconds after power-on).
bool imx219_read_chip_id(uint32_t* chip_id);

// Stops streaming, sets everything, starts streaming. Rates and exposures out of the sensor's range go to the nearest it can do.
bool imx219_start(const imx219_settings_t* settings);

// Exposure and gains of `settings` for frames to come: the one that is being exposed now may still be as before.
bool imx219_set_exposure(const imx219_settings_t* settings);

// Lines from one frame to the next, and lines of exposure, for a setting; rounded to the nearest and kept in range.
uint32_t imx219_frame_lines(const imx219_settings_t* settings);
uint32_t imx219_exposure_lines(const imx219_settings_t* settings);

#ifdef __cplusplus
}
#endif

#endif
