#ifndef SAKSI_JUDGE_MEASURE_FRAME_INDEX_H_
#define SAKSI_JUDGE_MEASURE_FRAME_INDEX_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace saksi::judge {

/// Frames numbered by a constant period: frame i was exposed near offset + index[i] * period.
struct FrameNumbering {
  double period;
  std::vector<int64_t> index;
};

/// Numbers frames whose times are known to some +-10 ms. Tries the candidate periods in turn and takes the first by which all times come
/// out right, so put the likeliest first and remember that half a right period is right too. nullopt if none fits. Units are the caller's, `tolerance` the mean
/// distance that is still right.
std::optional<FrameNumbering> number_frames(const std::vector<double>& times, const std::vector<double>& candidate_periods, double tolerance);

}  // namespace saksi::judge

#endif
