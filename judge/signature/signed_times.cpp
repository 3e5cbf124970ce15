#include "judge/signature/signed_times.h"

#include <algorithm>
#include <cmath>

namespace saksi::judge {

namespace {

constexpr double kTicksPerSecond = 1e7;
/// What may lie between two clocks: a share of the time, and a part that does not grow.
constexpr double kShare = 0.02, kFixed_s = 0.3;
/// A clock that is read in whole seconds seems to stand for up to one of them, and as long again if it is read before each GOP.
constexpr double kLongestTick_s = 2;

}  // namespace

void SignedTimes::add(const SignedPart& part) {
  const bool repeats = previous_ && part.start == previous_->start && part.end == previous_->end;
  if (repeated_) take(*repeated_);
  repeated_.reset();
  // At the end of a stream the reference's signer tells the times of the part before once more. Only in mid-stream do they mean that time stood.
  if (repeats && (part.end > part.start || !part.has_end)) {
    repeated_ = part;
  } else {
    take(part);
  }
  previous_ = part;
}

void SignedTimes::take(const SignedPart& part) {
  if (first_ && part.start < latest_) ++backwards_;
  latest_ = std::max(part.start, part.end);
  if (!first_) {
    first_ = part.start;
    first_frame_ = part.first_frame;
  }
  last_ = latest_;
  hold(part.start, movie_.samples[part.first_frame].dts);
  if (part.has_end) hold(part.end, end_of(part.last_frame));
}

double SignedTimes::standstill_s() const { return standstill_s_ > kLongestTick_s ? standstill_s_ : 0; }

void SignedTimes::hold(int64_t signed_time, int64_t dts) {
  // Counted from the first one: a double of seconds since 1601 would round to microseconds. Any two times may stand in a file: the difference wraps.
  const auto since = static_cast<int64_t>(static_cast<uint64_t>(signed_time) - static_cast<uint64_t>(*first_));
  const Instant instant{static_cast<double>(since) / kTicksPerSecond, movie_.seconds(dts)};
  if (!signed_longer_.from || signed_time != standing_at_) {
    standing_at_ = signed_time;
    standing_from_ = instant.file_s;
  }
  standstill_s_ = std::max(standstill_s_, instant.file_s - standing_from_);
  // Off by more than the share of the longer of the two stretches and the fixed part. Either may be the longer one.
  hold(instant, (1 - kShare) * instant.signed_s - instant.file_s, signed_longer_);
  hold(instant, (1 - kShare) * instant.file_s - instant.signed_s, file_longer_);
}

void SignedTimes::hold(const Instant& instant, double value, Bound& bound) {
  if (!bound.from || value < bound.least) {
    bound.from = instant;
    bound.least = value;
  }
  if (value - bound.least <= kFixed_s) return;
  const double off_s = std::abs((instant.signed_s - bound.from->signed_s) - (instant.file_s - bound.from->file_s));
  contradiction_s_ = std::max(contradiction_s_, off_s);
}

/// Where a picture ends in the file: where the next begins, or after its duration.
int64_t SignedTimes::end_of(uint64_t frame) const {
  if (frame + 1 < movie_.samples.size()) return movie_.samples[frame + 1].dts;
  return movie_.samples[frame].dts + movie_.samples[frame].duration;
}

}  // namespace saksi::judge
