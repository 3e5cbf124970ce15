// The H.264 encoder block: one picture per start.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_H264_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_H264_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A frame in memory: NV12, both planes of one stride.
typedef struct {
  uint8_t* luma;
  uint8_t* chroma;
} h264_frame_t;

typedef struct {
  uint32_t width_mbs, height_mbs;  // coded size in macroblocks
  uint32_t stride;                 // bytes, source and reconstructed planes
  uint32_t qp_min, qp_max;         // of lines under a plan
  h264_frame_t reconstructed[2];   // in turns: one is made while the other is referred to
} h264_settings_t;

typedef struct {
  h264_frame_t source;
  uint8_t* nal;        // 16-byte aligned
  uint32_t nal_bytes;  // room, a multiple of 16
  bool idr;
  uint32_t frame_num;   // modulo 16
  uint32_t idr_pic_id;  // modulo 65536
  uint32_t qp;          // of the picture, or with a plan of its first line
  uint32_t plan_bytes;  // 0: constant qp
  uint32_t max_bytes;   // 0: no bound
} h264_job_t;

// A picture that is not IDR refers to the last one that was good.
//
// `on_done` is called in the interrupt handler with the NAL unit's length, 0 when the picture failed.
bool h264_init(const h264_settings_t* settings, void (*on_done)(uint32_t nal_bytes));

void h264_start(const h264_job_t* job);

// Mean quantisation parameter of the last picture's lines, in sixteenths.
uint32_t h264_mean_qp(void);

// The largest NAL unit a picture of this size can have: a macroblock of Constrained Baseline has at most 3200 bits, to which
// emulation prevention can add a half in theory.
uint32_t h264_nal_bytes_max(uint32_t width_mbs, uint32_t height_mbs);

#ifdef __cplusplus
}
#endif

#endif
