#include "judge/measure/frames_dropped.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_steps.h"

namespace saksi::judge {

void measure_frames_dropped(const Observations& observations, Measurement& measurement) {
  count_over_steps(
      observations, measurement, [](int64_t periods, int64_t stored) { return std::max<int64_t>(0, periods - stored); },
      [](int64_t missing, size_t frame, const std::string& file) {
        return fmt::format("First hole: {} missing before frame {} of {}.", missing, frame, file);
      },
      "No frame is missing inside any clip.");
}

}  // namespace saksi::judge
