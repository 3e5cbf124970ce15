#ifndef SAKSI_JUDGE_MEASURE_FRAME_POOL_H_
#define SAKSI_JUDGE_MEASURE_FRAME_POOL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "judge/measure/observations.h"
#include "judge/measure/timeline.h"

namespace saksi::judge {

/// A stored frame with a known photon time.
struct TimedFrame {
  size_t clip;   ///< index into CardContents::clips
  size_t frame;  ///< index into StoredClip::frames
  Interval time_s;
  TimeBudget budget;
  size_t unknown_before = 0;  ///< stored frames of its clip right before it whose time is not known
  size_t unknown_after = 0;   ///< right after it
};

/// The frames of all clips of a card on one time axis.
class FramePool {
 public:
  explicit FramePool(const CardContents& card);

  /// By photon time. Frames that decoded with damage are not among them.
  const std::vector<TimedFrame>& frames() const { return frames_; }
  /// How many undamaged frames have no known photon time.
  size_t untimed() const { return untimed_; }
  /// The distance between two frames; tighter than the difference of their times if they are of one stretch of one clip.
  Interval distance_s(const TimedFrame& a, const TimedFrame& b) const;
  /// "frame 47 of DCIM/.../CLIP0001.MP4"
  std::string name(const TimedFrame& frame) const;
  const std::string& file(const TimedFrame& frame) const;
  /// The first frame whose middle lies in [from, until); nullptr if there is none.
  const TimedFrame* first_between(double from_s, double until_s) const;
  /// All clips of a session's recording, in the order of time: one unless the camera cut it into several. Those that begin after `not_before_s`,
  /// when the session before had ended, and before the stop. Empty if nothing was stored.
  std::vector<size_t> clips_of(const Session& session, double not_before_s) const;
  /// Why a figure that rests on a frame cannot be given: stored frames beside it whose times are not known.
  std::string unknown_beside(const TimedFrame& frame) const;
  /// Why nobody knows when a clip's pictures were exposed: none of them has a light code that can be read. Empty if there is no such clip; one whose
  /// code is that of another recording is none.
  std::string unknown_clip() const;
  /// Frames of one clip in the order of their times.
  std::vector<TimedFrame> of_clip(size_t clip) const;

  /// The clip that a session recorded: the one with the first frame at or after the press, or else the one that ends last before the press and after
  /// `not_before_s`. nullopt if nothing was stored.
  std::optional<size_t> clip_of(const Session& session, double not_before_s) const;

 private:
  const CardContents& card_;
  std::vector<TimedFrame> frames_;
  size_t untimed_ = 0;
};

}  // namespace saksi::judge

#endif
