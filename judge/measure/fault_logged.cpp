#include "judge/measure/fault_logged.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/recording_format.h"
#include "judge/card/text.h"
#include "judge/measure/timeline.h"

namespace saksi::judge {

namespace {

/// True if the camera had nothing to report: each press that should record left a clip with frames, and no fault LED was lit.
bool is_without_fault(const Observations& observations) {
  const Timeline timeline(*observations.recording, observations.claims);
  const std::optional<std::string> led = observations.claims.led(recording::kClaimLedFault);
  if (led && timeline.first_lit(*led, 0)) return false;
  const std::vector<StoredClip>& clips = observations.card.clips;
  const auto with_frames = std::count_if(clips.begin(), clips.end(), [](const StoredClip& clip) { return !clip.frames.empty(); });
  return with_frames > 0 && static_cast<size_t>(with_frames) >= timeline.sessions().size();
}

}  // namespace

void measure_fault_logged(const Observations& observations, Measurement& measurement) {
  double count = 0;
  for (const ConsoleLine& line : observations.recording->console) {
    if (line.text.rfind(recording::kConsoleErrorPrefix, 0) != 0) continue;
    if (count == 0) measurement.explain = fmt::format("First at {:.6f} s: {}", static_cast<double>(line.t_ns) / 1e9, valid_utf8(line.text));
    count += 1;
  }
  if (count == 0 && is_without_fault(observations)) {
    measurement.reason = "the camera recorded and showed no fault, so there was none to log";
    return;
  }
  measurement.value = count;
  if (count == 0) measurement.explain = "No console line begins with \"E:\".";
}

}  // namespace saksi::judge
