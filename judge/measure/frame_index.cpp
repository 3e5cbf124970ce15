#include "judge/measure/frame_index.h"

#include <algorithm>
#include <cmath>

namespace saksi::judge {

namespace {

struct Fit {
  double offset;
  double period;
  double mean_error;
};

Fit fit(const std::vector<double>& times, const std::vector<int64_t>& index, double fallback_period) {
  double n = static_cast<double>(times.size()), sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (size_t i = 0; i < times.size(); ++i) {
    const double x = static_cast<double>(index[i]);
    sx += x;
    sy += times[i];
    sxx += x * x;
    sxy += x * times[i];
  }
  const double denominator = n * sxx - sx * sx;
  Fit result{0, fallback_period, 0};
  if (denominator > 0) result.period = (n * sxy - sx * sy) / denominator;
  result.offset = (sy - result.period * sx) / n;
  for (size_t i = 0; i < times.size(); ++i) {
    result.mean_error += std::abs(times[i] - result.offset - result.period * static_cast<double>(index[i])) / n;
  }
  return result;
}

}  // namespace

std::optional<FrameNumbering> number_frames(const std::vector<double>& times, const std::vector<double>& candidate_periods, double tolerance) {
  if (times.empty()) return std::nullopt;
  for (double candidate : candidate_periods) {
    if (!(candidate > 0)) continue;
    // First by steps from frame to frame, then by the line through all of them, which is surer.
    std::vector<int64_t> index{0};
    for (size_t i = 1; i < times.size(); ++i) index.push_back(index.back() + std::llround((times[i] - times[i - 1]) / candidate));
    Fit line = fit(times, index, candidate);
    if (std::abs(line.period / candidate - 1) > 0.2) continue;
    for (size_t i = 0; i < times.size(); ++i) index[i] = std::llround((times[i] - line.offset) / line.period);
    line = fit(times, index, candidate);
    if (line.mean_error > tolerance || std::abs(line.period / candidate - 1) > 0.2) continue;
    const int64_t first = index.front();
    for (int64_t& i : index) i -= first;
    return FrameNumbering{line.period, index};
  }
  return std::nullopt;
}

}  // namespace saksi::judge
