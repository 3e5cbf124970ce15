#include "judge/measure/measurement.h"

#include <fmt/format.h>

#include "judge/measure/clips_playable.h"
#include "judge/measure/clock_offset.h"
#include "judge/measure/cut_figures.h"
#include "judge/measure/durable_frames_at_cut.h"
#include "judge/measure/exposure_settling.h"
#include "judge/measure/fault_logged.h"
#include "judge/measure/fault_shown.h"
#include "judge/measure/frame_jitter.h"
#include "judge/measure/frames_dropped.h"
#include "judge/measure/frames_repeated.h"
#include "judge/measure/led_without_video.h"
#include "judge/measure/pre_event_s.h"
#include "judge/measure/press_gap.h"
#include "judge/measure/press_to_durable.h"
#include "judge/measure/press_to_record.h"
#include "judge/measure/pts_error.h"
#include "judge/measure/ready_time.h"
#include "judge/measure/segment_gap.h"
#include "judge/measure/stop_to_end.h"
#include "judge/measure/white_balance_settling.h"

namespace saksi::judge {

void Measurement::add_sample(const Estimate& sample, const std::string& from_clip, const std::string& sentence, bool larger_is_worse,
                             const Budget& its_budget) {
  samples.push_back(sample.value);
  // A wait that never ended is worse than any that did.
  if (at_least) return;
  if (value && (larger_is_worse ? sample.value <= *value : sample.value >= *value)) return;
  value = sample.value;
  uncertainty = sample.uncertainty;
  clip = from_clip;
  explain = sentence;
  budget = its_budget;
}

void Measurement::add_at_least(double value_s, const std::string& sentence) {
  if (at_least && *at_least >= value_s) return;
  at_least = value_s;
  value.reset();
  uncertainty = 0;
  budget.clear();
  clip.clear();
  explain = sentence;
}

const std::vector<MeasurementKind>& measurement_kinds() {
  static const std::vector<MeasurementKind> kinds{
      {"press_to_record", "s", true, true, measure_press_to_record},
      {"pre_event_s", "s", true, true, measure_pre_event_s},
      {"press_gap", "s", true, true, measure_press_gap},
      {"stop_to_end", "s", true, true, measure_stop_to_end},
      {"segment_gap", "s", true, true, measure_segment_gap},
      {"frames_dropped", "1", false, true, measure_frames_dropped},
      {"frames_repeated", "1", false, true, measure_frames_repeated},
      {"frames_late", "1", false, true, measure_frames_late},
      {"frame_jitter", "s", false, true, measure_frame_jitter},
      {"pts_error", "s", false, true, measure_pts_error},
      {"clock_drift", "s/d", false, true, measure_clock_drift},
      {"clock_offset", "s", true, true, measure_clock_offset},
      {"exposure_settling", "s", false, true, measure_exposure_settling},
      {"white_balance_settling", "s", false, true, measure_white_balance_settling},
      {"clips_stored", "1", false, false, measure_clips_stored},
      {"clips_playable", "1", false, false, measure_clips_playable},
      {"durable_frames_at_cut", "1", true, false, measure_durable_frames_at_cut},
      {"press_to_durable", "s", true, true, measure_press_to_durable},
      {"led_to_durable", "s", true, false, measure_led_to_durable},
      {"led_without_video", "s", true, true, measure_led_without_video},
      {"fault_shown", "s", true, false, measure_fault_shown},
      {"fault_logged", "1", true, false, measure_fault_logged},
      {"ready_time", "s", true, false, measure_ready_time},
      {kCutFramesLost, "1", true, false, measure_in_sweep},
      {kCutTail, "s", true, false, measure_in_sweep},
      {kCutFilesChanged, "1", true, false, measure_in_sweep},
      {kCutVolumeFaults, "1", true, false, measure_in_sweep},
      {kCutClipsBroken, "1", true, false, measure_in_sweep},
      {kCutStaleFrames, "1", true, false, measure_in_sweep},
      {kCutReadyTime, "s", true, false, measure_in_sweep},
      {kCutLedUntrue, "1", true, false, measure_in_sweep},
      {kCutNextClipBad, "1", true, false, measure_in_sweep},
      {kCutLossUnsaid, "1", true, false, measure_in_sweep},
  };
  return kinds;
}

const MeasurementKind* find_measurement_kind(const std::string& id) {
  for (const MeasurementKind& kind : measurement_kinds()) {
    if (id == kind.id) return &kind;
  }
  return nullptr;
}

Measurement measure(const MeasurementKind& kind, const Observations& observations) {
  Measurement measurement;
  measurement.id = kind.id;
  measurement.unit = kind.unit;
  if (kind.needs_events && !observations.recording) {
    measurement.impossible_here = true;
    measurement.reason = observations.kind == InputKind::kClip ? "a bare clip holds no events" : "a bare card holds no events";
    return measurement;
  }
  if (kind.needs_picture && !observations.no_picture.empty()) {
    measurement.reason = observations.no_picture;
    return measurement;
  }
  kind.measure(observations, measurement);
  if (kind.needs_picture && !measurement.value) {
    size_t foreign = 0;
    for (const StoredClip& clip : observations.card.clips) foreign += clip.photon.foreign;
    if (foreign > 0) measurement.reason += fmt::format("; the light code of {} stored frames is that of another recording", foreign);
  }
  return measurement;
}

}  // namespace saksi::judge
