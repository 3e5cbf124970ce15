#include "firmware-under-test/camera/rate_control.h"

#include <string.h>

enum {
  kIdrWeightMax = 12,    // an IDR picture gets at most so many times the bytes of a P picture
  kIdrWeightStart = 4,   // before both have been seen
  kStepMax = 6,          // of the quantisation parameter from a picture to the next of its kind
  kBoundShare = 3,       // a picture may empty at most 3/4 of what the buffer holds
  kFixedMinBytes = 1280,
  kMinBytesPerMacroblock = 6
};

// Step of the quantiser, 1/16 each (table 8-15 doubles it every six).
static uint32_t step_of(uint32_t qp) {
  static const uint8_t first[6] = {10, 11, 13, 14, 16, 18};
  return (uint32_t)first[qp % 6] << (qp / 6);
}

static uint32_t clamp(int64_t value, int64_t low, int64_t high) { return (uint32_t)(value < low ? low : value > high ? high : value); }

void rate_control_start(rate_control_t* rate, uint32_t bit_rate, uint32_t fps, uint32_t gop, uint32_t macroblocks, uint32_t qp) {
  memset(rate, 0, sizeof *rate);
  rate->picture_bytes = bit_rate / 8 / fps;
  rate->buffer_bytes = bit_rate / 8;
  rate->gop = gop;
  rate->min_bytes = kFixedMinBytes + kMinBytesPerMacroblock * macroblocks;
  rate->fill = rate->buffer_bytes * 3 / 4;
  rate->qp[0] = rate->qp[1] = clamp(qp, RATE_QP_MIN, RATE_QP_MAX);
}

// How many P pictures an IDR picture is worth, in sixteenths.
static uint32_t idr_weight(const rate_control_t* rate) {
  if (rate->hardness[0] == 0 || rate->hardness[1] == 0) return 16 * kIdrWeightStart;
  return clamp((int64_t)(16 * rate->hardness[1] / rate->hardness[0]), 16, 16 * kIdrWeightMax);
}

// The coarsest step that the bytes do not force, seen from the last picture of the kind.
static uint32_t qp_for(const rate_control_t* rate, bool idr, uint32_t bytes) {
  uint32_t last = rate->qp[idr];
  uint64_t hardness = rate->hardness[idr];
  if (hardness == 0) return last;
  uint32_t low = clamp((int64_t)last - kStepMax, RATE_QP_MIN, RATE_QP_MAX);
  uint32_t high = clamp((int64_t)last + kStepMax, RATE_QP_MIN, RATE_QP_MAX);
  uint32_t qp = low;
  while (qp < high && hardness / step_of(qp) > bytes) ++qp;
  return qp;
}

rate_plan_t rate_control_plan(const rate_control_t* rate, bool idr) {
  uint32_t weight = idr_weight(rate);
  uint32_t p_bytes = (uint32_t)((uint64_t)rate->picture_bytes * rate->gop * 16 / (weight + 16 * (rate->gop - 1)));
  int64_t share = idr ? (int64_t)p_bytes * weight / 16 : p_bytes;
  // What was spent too much, or saved, is made up for over the next second.
  int64_t correction = rate->ahead * rate->picture_bytes / rate->buffer_bytes * (idr ? 2 : 1);
  rate_plan_t plan;
  plan.max_bytes = clamp((int64_t)rate->fill * kBoundShare / 4, rate->min_bytes, rate->buffer_bytes);
  plan.plan_bytes = clamp(share - correction, share / 4, share * 3);
  if (plan.plan_bytes > plan.max_bytes / 2) plan.plan_bytes = plan.max_bytes / 2;
  plan.qp = qp_for(rate, idr, plan.plan_bytes);
  return plan;
}

void rate_control_took(rate_control_t* rate, bool idr, uint32_t bytes, uint32_t qp_sixteenths) {
  uint32_t qp = clamp((qp_sixteenths + 8) / 16, RATE_QP_MIN, RATE_QP_MAX);
  uint64_t seen = (uint64_t)bytes * step_of(qp);
  rate->hardness[idr] = rate->hardness[idr] == 0 ? seen : (rate->hardness[idr] + seen) / 2;
  rate->qp[idr] = qp;
  rate->ahead += (int64_t)bytes - rate->picture_bytes;
  rate->fill = clamp((int64_t)rate->fill - bytes + rate->picture_bytes, 0, rate->buffer_bytes);
}
