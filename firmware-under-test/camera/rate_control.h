// Constant bit rate: a quantisation parameter, a plan and a bound for each picture, so that a decoder that is fed at the rate neither starves nor
// waits long. Within a picture the encoder block follows the plan line by line.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RATE_CONTROL_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RATE_CONTROL_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { RATE_QP_MIN = 2, RATE_QP_MAX = 51 };

// What the encoder is told of one picture.
typedef struct {
  uint32_t qp;
  uint32_t plan_bytes;
  uint32_t max_bytes;
} rate_plan_t;

// The decoder's buffer is one second of the rate. It is fed evenly, and each picture is taken out whole at its time (annex C, in words).
typedef struct {
  uint32_t picture_bytes;  // at the rate, on average
  uint32_t buffer_bytes;
  uint32_t gop;
  uint32_t fill;           // of the buffer, just before a picture is taken out
  int64_t ahead;           // bytes spent since the start beyond the rate
  uint64_t hardness[2];    // bytes times quantiser step of the last P and IDR pictures, 0: not known yet
  uint32_t qp[2];          // of those
  uint32_t min_bytes;      // the encoder needs at least this much for a picture
} rate_control_t;

// `bit_rate` in bits a second; `macroblocks` of a picture.
void rate_control_start(rate_control_t* rate, uint32_t bit_rate, uint32_t fps, uint32_t gop, uint32_t macroblocks, uint32_t qp);

rate_plan_t rate_control_plan(const rate_control_t* rate, bool idr);

// What came of it: `qp` is the mean over the picture's lines, in sixteenths.
void rate_control_took(rate_control_t* rate, bool idr, uint32_t bytes, uint32_t qp_sixteenths);

#ifdef __cplusplus
}
#endif

#endif
