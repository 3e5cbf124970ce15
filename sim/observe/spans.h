#ifndef SAKSI_SIM_OBSERVE_SPANS_H_
#define SAKSI_SIM_OBSERVE_SPANS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/observe/call_tracker.h"

namespace saksi::sim {

/// Which functions' spans are kept.
struct SpanFilter {
  size_t depth = 4;                ///< frames of this many levels from the outside; interrupts count from themselves
  std::vector<std::string> names;  ///< if any: only functions that match one of these, at any depth; * stands for any characters
  size_t spans_max = 1'000'000;    ///< what comes after them is left out
};

/// When each function was entered and left, in virtual time. When an RTOS switches threads the spans of the one end and those of the other
/// begin anew: one hart does one thing at a time.
class Spans : public CallListener {
 public:
  /// `now_ns` gives the virtual time in nanoseconds.
  Spans(const CallTracker& calls, SpanFilter filter, std::function<int64_t()> now_ns);

  void entered(const CallFrame& frame, size_t depth) override;
  void left(size_t depth) override;
  void replaced(const CallFrame& frame, size_t depth) override;
  /// Ends what is still open.
  void leave_all();

  /// One JSON object a line: {"t_ns":..,"ph":"B","name":".."} and {"t_ns":..,"ph":"E"}, nested and in order of time. Every B has its E.
  std::string jsonl() const;
  /// The same as a Chrome trace, for a boot without a report.
  std::string chrome_trace() const;
  bool is_full() const { return full_; }

 private:
  struct Event {
    int64_t t_ns;
    FunctionId function;
    bool begins;
  };
  struct Open {
    bool kept;
    size_t level;  ///< from the outside, or from the interrupt
  };
  bool wanted(const CallFrame& frame, size_t level) const;
  void add(FunctionId function, bool begins);
  void open(const CallFrame& frame, size_t level);

  const CallTracker& calls_;
  SpanFilter filter_;
  std::function<int64_t()> now_ns_;
  std::vector<Open> open_;
  std::vector<Event> events_;
  size_t begun_ = 0;
  bool full_ = false;
};

}  // namespace saksi::sim

#endif
