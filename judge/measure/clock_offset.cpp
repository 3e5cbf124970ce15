#include "judge/measure/clock_offset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/recording_format.h"

namespace saksi::judge {

namespace {

/// The date that a clip states for the picture of a presentation time.
struct Stated {
  Interval date_s;
  double pts_s;
  std::string by;
};

std::optional<Stated> stated_by(const StoredClip& clip) {
  if (clip.frames.empty()) return std::nullopt;
  if (const auto& first = clip.signature.first_time) return Stated{{first->date_s, first->date_s}, first->pts_s, "a signature in it"};
  if (!clip.movie.created_s) return std::nullopt;
  const auto whole = static_cast<double>(*clip.movie.created_s);
  return Stated{{whole, whole + 1}, clip.frames.front().pts_s, "its creation time"};
}

/// The known frame that is nearest to a presentation time.
std::optional<size_t> frame_near(const StoredClip& clip, double pts_s) {
  std::optional<size_t> nearest;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    if (!clip.photon.frames[i].known || clip.frames[i].damaged) continue;
    if (!nearest || std::abs(clip.frames[i].pts_s - pts_s) < std::abs(clip.frames[*nearest].pts_s - pts_s)) nearest = i;
  }
  return nearest;
}

/// The camera's date may be for any moment from the first row's exposure to the end of the readout: half of that time.
double half_of_taking_s(const PhotonTimes& photon) {
  constexpr double kUnknownExposureS = 1.0 / 30, kUnknownReadoutS = 0.03;
  const double exposure_s = photon.exposure_s ? photon.exposure_s->high : kUnknownExposureS;
  const double readout_s = photon.readout_s ? std::max(std::abs(photon.readout_s->low), std::abs(photon.readout_s->high)) : kUnknownReadoutS;
  return (exposure_s + readout_s) / 2;
}

struct Offset {
  Estimate estimate;
  std::string clip, sentence;
  Budget budget;
};

Offset offset_of(const StoredClip& clip, const Stated& stated, size_t frame, double bench_s, double bench_u, const Observations& observations,
                 const std::string& id) {
  // From the clip's own clock to a frame that can be read: no more than a second or so, in which that clock is right enough.
  const double later_s = clip.frames[frame].pts_s - stated.pts_s;
  const Interval& photon = clip.photon.frames[frame].time_s;
  // Dates are large numbers: what is left when the bench's is taken off is exact to a tenth of a microsecond.
  const double half_s = half_of_taking_s(clip.photon);
  const Interval offset{stated.date_s.low - bench_s + later_s - photon.high - half_s, stated.date_s.high - bench_s + later_s - photon.low + half_s};
  Budget budget = frame_budget(clip.photon.frames[frame].budget, bench_u);
  budget.push_back({"stated_time", "rectangular", (stated.date_s.high - stated.date_s.low + 2 * half_s) / std::sqrt(12.0)});
  return {estimate_of(offset, bench_u, observations.digest, id), clip.file,
          fmt::format("{} states {:.3f} s after the bench's date by {}, for a picture that was exposed at {:.6f} s.", clip.file,
                      stated.date_s.middle() - bench_s, stated.by, photon.middle() - later_s),
          budget};
}

}  // namespace

void measure_clock_offset(const Observations& observations, Measurement& measurement) {
  measurement.reason = "the recording does not state the bench's date (date_s in its manifest)";
  const auto& manifest = observations.recording->manifest;
  const auto date = manifest.find(recording::kKeyDate);
  if (date == manifest.end() || !date->is_number()) return;
  const auto uncertainty = manifest.find(recording::kKeyDateUncertainty);
  const double bench_u = uncertainty != manifest.end() && uncertainty->is_number() ? std::abs(uncertainty->get<double>()) : 0;
  measurement.reason = "no clip states a date, by a signature or its creation time, and can be timed by the light code";
  std::vector<Offset> offsets;
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<Stated> stated = stated_by(clip);
    const std::optional<size_t> frame = stated ? frame_near(clip, stated->pts_s) : std::nullopt;
    if (frame) offsets.push_back(offset_of(clip, *stated, *frame, date->get<double>(), bench_u, observations, measurement.id));
  }
  double farthest = 0;
  for (const Offset& offset : offsets) {
    if (std::abs(offset.estimate.value) > std::abs(farthest)) farthest = offset.estimate.value;
  }
  for (const Offset& offset : offsets) measurement.add_sample(offset.estimate, offset.clip, offset.sentence, farthest >= 0, offset.budget);
}

}  // namespace saksi::judge
