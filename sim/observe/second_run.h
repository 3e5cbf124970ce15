#ifndef SAKSI_SIM_OBSERVE_SECOND_RUN_H_
#define SAKSI_SIM_OBSERVE_SECOND_RUN_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace saksi::sim {

/// What a second run is asked for.
struct TraceRequest {
  uint64_t position = 0;  ///< CpuDebug::position() where the trace ends
  uint64_t length = 0;    ///< instructions, at least 1
  /// What was typed: (how often input had been asked for before, characters).
  std::vector<std::pair<uint64_t, std::string>> typed;
};

/// Gets an instruction trace for the end of a run without slowing the run down: since a run is deterministic, the same run is made once more, in
/// another process, with the trace on for its last instructions only.
///
/// fork() must be called before anything is simulated. It makes a process that waits, and costs nothing but that; when the first process has
/// seen the end, and knows its position, trace() sends the other one on its way and gives what it finds.
class SecondRun {
 public:
  SecondRun() = default;
  ~SecondRun();
  SecondRun(const SecondRun&) = delete;
  SecondRun& operator=(const SecondRun&) = delete;

  /// Nothing in the first process. In the second process it returns when there is a request, with standard output and error closed; that
  /// process must then do what the first one did up to the position, and answer() there. Without a request the second process never returns
  /// from here: it ends.
  std::optional<TraceRequest> fork();

  /// First process: lets the second run be made, and returns its answer; a sentence in brackets if it gave none.
  std::string trace(const TraceRequest& request);

  /// In another fork of the first process: lets go of the second one, which is not its own.
  void forget();

  /// Second process: hands the answer over and ends the process.
  [[noreturn]] void answer(const std::string& text);

 private:
  pid_t other_ = -1;
  int to_other_ = -1;
  int from_other_ = -1;
  int answer_ = -1;
};

}  // namespace saksi::sim

#endif
