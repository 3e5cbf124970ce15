// The camera receiver and image signal processor: one frame buffer armed at a time.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_ISP_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_ISP_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t in_width, in_height;  // raw frame
  uint32_t crop_x, crop_y;       // even
  uint32_t crop_width, crop_height;
  uint32_t out_width, out_height;                  // even
  uint32_t stride;                                 // bytes, a multiple of 16
  uint32_t white_balance_red, white_balance_blue;  // 256 is 1.0
  uint32_t shading_radius;                         // half the diagonal of the sensor's full array, in raw columns
} isp_settings_t;

// What a colour is made of: white balance gains, 256 is 1.0, and the matrix behind them by rows, 1024 is 1.0.
typedef struct {
  uint32_t red_gain, blue_gain;
  int32_t matrix[9];
} isp_colour_t;

enum { ISP_ZONE_COLUMNS = 8, ISP_ZONE_ROWS = 6, ISP_ZONES = ISP_ZONE_COLUMNS * ISP_ZONE_ROWS };

typedef struct {
  uint16_t red, green, blue;  // means above black, 32 for each raw step
  uint16_t clipped;           // share of samples, of 65535
} isp_zone_t;

typedef struct {
  isp_zone_t zones[ISP_ZONES];
} isp_statistics_t;

// What happened to the frame that ended or was missed. Called in the interrupt handler.
typedef enum { ISP_FRAME_DONE, ISP_FRAME_SKIPPED, ISP_FRAME_FAILED } isp_event_t;
typedef void (*isp_listener_t)(isp_event_t event, uint64_t readout_start);

void isp_init(const isp_settings_t* settings, isp_listener_t listener);

// Holds from the next frame that begins.
void isp_set_colour(const isp_colour_t* colour);

// Of the last complete frame; in the handler of its end.
void isp_read_statistics(isp_statistics_t* statistics);

// Hands out a buffer for the next frame that begins.
void isp_arm(uint8_t* luma, uint8_t* chroma);

// Centres the largest crop of the output's aspect ratio in the raw frame: fills crop_* from in_* and out_*. False if the raw frame
// is too small for the output size.
bool isp_fit_crop(isp_settings_t* settings);

#ifdef __cplusplus
}
#endif

#endif
