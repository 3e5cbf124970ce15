#include "judge/measure/clips_playable.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/timeline.h"

namespace saksi::judge {

namespace {

bool was_cut(const Observations& observations) {
  return observations.recording && !Timeline(*observations.recording, observations.claims).cuts().empty();
}

/// Something was recorded into the clip, or it should have been.
bool counts(const StoredClip& clip, bool cut) { return clip.has_content() || !cut; }

}  // namespace

void measure_clips_stored(const Observations& observations, Measurement& measurement) {
  const bool cut = was_cut(observations);
  const auto& clips = observations.card.clips;
  if (!observations.card.readable) {
    measurement.reason = "the card cannot be read";
    return;
  }
  measurement.value = static_cast<double>(std::count_if(clips.begin(), clips.end(), [&](const StoredClip& clip) { return counts(clip, cut); }));
  measurement.explain = fmt::format("{} MP4 files on the card.", clips.size());
}

void measure_clips_playable(const Observations& observations, Measurement& measurement) {
  if (!observations.card.readable) {
    measurement.reason = "the card cannot be read";
    return;
  }
  const bool cut = was_cut(observations);
  const bool needs_repair = observations.card.worst() == Severity::kDamage;
  double playable = 0;
  for (const StoredClip& clip : observations.card.clips) {
    if (!counts(clip, cut)) continue;
    const bool plays = !needs_repair && clip.is_playable(cut);
    measurement.samples.push_back(plays ? 1 : 0);
    playable += plays ? 1 : 0;
    if (plays || !measurement.explain.empty()) continue;
    measurement.clip = clip.file;
    const auto worst =
        std::max_element(clip.problems.begin(), clip.problems.end(), [](const Problem& a, const Problem& b) { return a.severity < b.severity; });
    measurement.explain = needs_repair ? "The card's file system is damaged: without repair an ordinary player may not get at the clips."
                          : worst != clip.problems.end() ? fmt::format("{}: {}", clip.file, worst->text)
                                                         : fmt::format("{} holds no picture.", clip.file);
  }
  measurement.value = playable;
  if (measurement.explain.empty()) measurement.explain = fmt::format("{} clips play to their end.", measurement.samples.size());
}

}  // namespace saksi::judge
