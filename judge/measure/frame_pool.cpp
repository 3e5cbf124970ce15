#include "judge/measure/frame_pool.h"

#include <fmt/format.h>

#include <algorithm>

namespace saksi::judge {

FramePool::FramePool(const CardContents& card) : card_(card) {
  for (size_t c = 0; c < card.clips.size(); ++c) {
    const StoredClip& clip = card.clips[c];
    size_t unknown = 0;
    const size_t first = frames_.size();
    for (size_t f = 0; f < clip.frames.size(); ++f) {
      const FrameTime& time = clip.photon.frames[f];
      if (clip.frames[f].damaged) continue;
      if (time.known) {
        if (frames_.size() > first) frames_.back().unknown_after = unknown;
        frames_.push_back({c, f, time.time_s, time.budget, unknown});
        unknown = 0;
      } else {
        ++unknown;
        ++untimed_;
      }
    }
    if (frames_.size() > first) frames_.back().unknown_after = unknown;
  }
  std::stable_sort(frames_.begin(), frames_.end(), [](const TimedFrame& a, const TimedFrame& b) { return a.time_s.middle() < b.time_s.middle(); });
}

Interval FramePool::distance_s(const TimedFrame& a, const TimedFrame& b) const {
  if (a.clip == b.clip) return card_.clips[a.clip].photon.distance_s(a.frame, b.frame);
  return {b.time_s.low - a.time_s.high, b.time_s.high - a.time_s.low};
}

std::string FramePool::name(const TimedFrame& frame) const { return fmt::format("frame {} of {}", frame.frame, file(frame)); }

const std::string& FramePool::file(const TimedFrame& frame) const { return card_.clips[frame.clip].file; }

const TimedFrame* FramePool::first_between(double from_s, double until_s) const {
  for (const TimedFrame& frame : frames_) {
    if (frame.time_s.middle() >= from_s) return frame.time_s.middle() < until_s ? &frame : nullptr;
  }
  return nullptr;
}

std::vector<size_t> FramePool::clips_of(const Session& session, double not_before_s) const {
  const double until_s = session.stop ? session.stop->s : session.until_s;
  std::vector<size_t> seen, clips;
  // Frames stand by time, so a clip is met first with its first frame.
  for (const TimedFrame& frame : frames_) {
    if (std::find(seen.begin(), seen.end(), frame.clip) != seen.end()) continue;
    seen.push_back(frame.clip);
    const double begin_s = frame.time_s.middle();
    if (begin_s >= not_before_s && begin_s < until_s) clips.push_back(frame.clip);
  }
  // What was recorded may begin before the session before had ended, or end before the press.
  if (const std::optional<size_t> clip = clip_of(session, not_before_s)) {
    if (std::find(clips.begin(), clips.end(), *clip) == clips.end()) clips.insert(clips.begin(), *clip);
  }
  return clips;
}

std::string FramePool::unknown_beside(const TimedFrame& frame) const {
  return fmt::format("the light code of {} stored frames next to {} cannot be read", std::max(frame.unknown_before, frame.unknown_after),
                     name(frame));
}

std::string FramePool::unknown_clip() const {
  for (size_t c = 0; c < card_.clips.size(); ++c) {
    const StoredClip& clip = card_.clips[c];
    const auto whole = std::count_if(clip.frames.begin(), clip.frames.end(), [](const StoredFrame& frame) { return !frame.damaged; });
    if (whole > 0 && clip.photon.foreign == 0 && of_clip(c).empty()) return fmt::format("the light code of {} cannot be read", clip.file);
  }
  return "";
}

std::vector<TimedFrame> FramePool::of_clip(size_t clip) const {
  std::vector<TimedFrame> result;
  for (const TimedFrame& frame : frames_) {
    if (frame.clip == clip) result.push_back(frame);
  }
  return result;
}

std::optional<size_t> FramePool::clip_of(const Session& session, double not_before_s) const {
  if (const TimedFrame* first = first_between(session.press.s, session.until_s)) return first->clip;
  std::optional<size_t> clip;
  for (const TimedFrame& frame : frames_) {
    if (frame.time_s.middle() >= not_before_s && frame.time_s.middle() < session.press.s) clip = frame.clip;
  }
  return clip;
}

}  // namespace saksi::judge
