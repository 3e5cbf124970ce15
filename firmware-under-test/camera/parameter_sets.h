// Sequence and picture parameter set of the encoder's stream (ITU-T H.264, 7.3.2.1 and 7.3.2.2): Constrained Baseline, intra
// pictures, CAVLC, output order equal to coding order, BT.709 colours in limited range.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PARAMETER_SETS_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PARAMETER_SETS_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PARAMETER_SET_BYTES_MAX = 64 };

typedef struct {
  uint8_t sps[PARAMETER_SET_BYTES_MAX];  // NAL unit, header byte first
  uint32_t sps_bytes;
  uint8_t pps[PARAMETER_SET_BYTES_MAX];
  uint32_t pps_bytes;
} parameter_sets_t;

void parameter_sets_make(parameter_sets_t* sets, uint32_t width, uint32_t height, uint32_t fps, uint32_t qp);

// level_idc of the lowest level (Table A-1) whose frame size, macroblock rate and bit rate hold the stream. The bit rate is an
// estimate from above: intra pictures of busy scenes at that QP.
uint8_t parameter_sets_level(uint32_t width, uint32_t height, uint32_t fps, uint32_t qp);

#ifdef __cplusplus
}
#endif

#endif
