#include "firmware-under-test/camera/auto_exposure.h"

enum {
  kUnity = 1024,      // of ratios
  kStepMax = 64,      // times brighter at once
  kNearPercent = 4,   // no change for less
  kManyClipped = 50,  // percent of samples: the mean says little of how bright it is
  kSomeClipped = 20,
  kFewClipped = 6,   // highlights are lost: darker, down to a third of the target
  kNoneClipped = 2,  // above this not brighter
  kStartUs = 10000,
  kStartPercent = 400
};

void auto_exposure_init(auto_exposure_t* self, uint32_t mains_hz, uint32_t longest_us) {
  self->flicker_us = 1000000 / (2 * mains_hz);
  uint32_t periods = longest_us / self->flicker_us;
  self->longest_us = (periods > 0 ? periods : 1) * self->flicker_us;
  self->product = kStartUs * kStartPercent;
}

static uint32_t limited(uint64_t value, uint32_t low, uint32_t high) { return value < low ? low : value > high ? high : (uint32_t)value; }

exposure_t auto_exposure_setting(const auto_exposure_t* self) {
  exposure_t out = {.digital_gain = 256};
  uint32_t at_gain_one = self->product / 100;
  out.exposure_us = limited(at_gain_one, AUTO_EXPOSURE_SHORTEST_US, self->longest_us);
  if (out.exposure_us >= self->flicker_us) out.exposure_us -= out.exposure_us % self->flicker_us;
  uint32_t percent = limited(self->product / out.exposure_us, 100, UINT32_MAX);
  out.gain_percent = limited(percent, 100, AUTO_EXPOSURE_GAIN_MAX);
  out.digital_gain = limited((uint64_t)percent * 256 / out.gain_percent, 256, AUTO_EXPOSURE_DIGITAL_MAX);
  return out;
}

// The middle of the picture counts twice.
static uint32_t weight(uint32_t zone) {
  uint32_t column = zone % ISP_ZONE_COLUMNS;
  uint32_t row = zone / ISP_ZONE_COLUMNS;
  bool is_middle = column >= 2 && column < ISP_ZONE_COLUMNS - 2 && row >= 1 && row < ISP_ZONE_ROWS - 1;
  return is_middle ? 2 : 1;
}

typedef struct {
  uint32_t mean;             // luminance
  uint32_t clipped_percent;  // of all samples
} light_t;

static light_t measure(const isp_statistics_t* statistics, uint32_t red_gain, uint32_t blue_gain) {
  uint64_t sum = 0;
  uint32_t weights = 0;
  uint32_t clipped = 0;
  for (uint32_t i = 0; i < ISP_ZONES; ++i) {
    const isp_zone_t* zone = &statistics->zones[i];
    // BT.709 luminance of the balanced colours, in 1/256.
    uint64_t luminance = (54ull * zone->red * red_gain + 19ull * zone->blue * blue_gain) / 256 + 183ull * zone->green;
    sum += weight(i) * luminance / 256;
    weights += weight(i);
    clipped += zone->clipped;
  }
  return (light_t){(uint32_t)(sum / weights), (uint32_t)((uint64_t)clipped * 100 / (65535u * ISP_ZONES))};
}

// How much brighter the picture ought to be, in 1/1024.
static uint32_t wanted_ratio(light_t light) {
  uint32_t ratio = limited((uint64_t)AUTO_EXPOSURE_TARGET * kUnity / (light.mean > 0 ? light.mean : 1), 1, kStepMax * kUnity);
  bool is_bright_enough = light.mean > AUTO_EXPOSURE_TARGET / 3;
  if (light.clipped_percent >= kManyClipped) return ratio / 4;
  if (light.clipped_percent >= kSomeClipped && is_bright_enough) return ratio < kUnity * 6 / 10 ? ratio : kUnity * 6 / 10;
  if (light.clipped_percent >= kFewClipped && is_bright_enough) return ratio < kUnity * 85 / 100 ? ratio : kUnity * 85 / 100;
  if (light.clipped_percent >= kNoneClipped && ratio > kUnity) return kUnity;
  return ratio;
}

bool auto_exposure_step(auto_exposure_t* self, const isp_statistics_t* statistics, uint32_t red_gain, uint32_t blue_gain) {
  light_t light = measure(statistics, red_gain, blue_gain);
  if (light.mean == 0) return false;
  uint32_t ratio = wanted_ratio(light);
  uint32_t before = self->product;
  if (ratio * 100 > kUnity * (100 - kNearPercent) && ratio * 100 < kUnity * (100 + kNearPercent)) return false;
  uint64_t brightest = (uint64_t)self->longest_us * AUTO_EXPOSURE_GAIN_MAX * AUTO_EXPOSURE_DIGITAL_MAX / 256;
  self->product = limited((uint64_t)before * ratio / kUnity, AUTO_EXPOSURE_SHORTEST_US * 100, (uint32_t)brightest);
  return self->product != before;
}
