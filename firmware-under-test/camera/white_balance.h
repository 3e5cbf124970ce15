// White balance and colour matrix by the colours in the picture. Pure: knows numbers, not hardware.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_WHITE_BALANCE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_WHITE_BALANCE_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/drivers/isp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WHITE_BALANCE_LIGHTS = 8, WHITE_BALANCE_DAYLIGHT = 5 };

typedef struct {
  bool has_estimate;
  uint32_t light;  // in the table of lights the lens module was measured under, 8 fractional bits
} white_balance_t;

// Starts with daylight, 6504 K.
void white_balance_init(white_balance_t* self);

// Looks at a frame: which lamp or daylight would make the picture grey on average, of zones that may be grey under any of them. The first frame is
// believed at once, later ones an eighth each.
void white_balance_step(white_balance_t* self, const isp_statistics_t* statistics);

// Gains and matrix for the light as believed now.
isp_colour_t white_balance_colour(const white_balance_t* self);
uint32_t white_balance_kelvin(const white_balance_t* self);

#ifdef __cplusplus
}
#endif

#endif
