#include "judge/measure/frames_repeated.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_steps.h"

namespace saksi::judge {

void measure_frames_repeated(const Observations& observations, Measurement& measurement) {
  count_over_steps(
      observations, measurement, [](int64_t periods, int64_t stored) { return std::max<int64_t>(0, stored - periods); },
      [](int64_t, size_t frame, const std::string& file) {
        return fmt::format("Frame {} of {} is the first that shows no later moment than the one before.", frame, file);
      },
      "No frame is stored twice.");
}

}  // namespace saksi::judge
