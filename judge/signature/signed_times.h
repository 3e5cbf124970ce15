#ifndef SAKSI_JUDGE_SIGNATURE_SIGNED_TIMES_H_
#define SAKSI_JUDGE_SIGNATURE_SIGNED_TIMES_H_

#include <cstdint>
#include <optional>

#include "judge/media/mp4.h"
#include "judge/signature/signing_report.h"

namespace saksi::judge {

/// Holds the times that a camera signed against each other and against the file's own.
///
/// Every GOP, or part of one, has its own SEI with the times of its first picture and of the next one's, also where one signature covers several of
/// them: so all are compared. Any two signed instants must lie as far apart as the file says, up to 2 % (clocks, rates that muxers round) and 0.3 s
/// (what a muxer does to first pictures); a stretch that is slowed or shortened shows however long the clip is. Memory does not grow with the clip.
class SignedTimes {
 public:
  explicit SignedTimes(const Mp4Movie& movie) : movie_(movie) {}

  /// The parts that signatures cover, in the order of the stream.
  void add(const SignedPart& part);

  /// No part was added: the other answers say nothing then.
  bool empty() const { return !first_; }
  /// The first and the last signed time, 100 ns since 1601 UTC.
  int64_t from() const { return *first_; }
  /// The picture that the first signed time is of, counted from 0.
  uint64_t first_frame() const { return first_frame_; }
  int64_t until() const { return last_; }
  /// How often a part begins before another that stands before it.
  uint64_t backwards() const { return backwards_; }
  /// The most that the file is off between two signed instants, seconds; 0 if it fits everywhere.
  double contradiction_s() const { return contradiction_s_; }
  /// For how long, by the file, the signed time stood still; 0 if it did not for longer than GOPs of whole seconds may make it seem.
  double standstill_s() const;

 private:
  struct Instant {
    double signed_s;
    double file_s;
  };
  /// Holds later instants against the one from which they are most likely to be off in one direction.
  struct Bound {
    std::optional<Instant> from;
    double least = 0;
  };
  void take(const SignedPart& part);
  void hold(int64_t signed_time, int64_t dts);
  void hold(const Instant& instant, double value, Bound& bound);
  int64_t end_of(uint64_t frame) const;

  const Mp4Movie& movie_;
  std::optional<SignedPart> repeated_;  ///< a part with the times of the one before it, until it is known not to be the last
  std::optional<SignedPart> previous_;
  std::optional<int64_t> first_;
  uint64_t first_frame_ = 0;
  int64_t last_ = 0;
  int64_t latest_ = 0;
  uint64_t backwards_ = 0;
  double contradiction_s_ = 0;
  Bound signed_longer_, file_longer_;
  int64_t standing_at_ = 0;   ///< the signed time of the last instant
  double standing_from_ = 0;  ///< since when it is that, by the file, seconds
  double standstill_s_ = 0;
};

}  // namespace saksi::judge

#endif
