#ifndef SAKSI_SIM_OBSERVE_PROBES_H_
#define SAKSI_SIM_OBSERVE_PROBES_H_

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "hw-models/board/board.h"
#include "hw-models/cpu/execution_observer.h"
#include "sim/observe/coverage.h"
#include "sim/observe/elf_layout.h"
#include "sim/observe/guest_check.h"
#include "sim/observe/profile.h"
#include "sim/observe/spans.h"

namespace saksi::sim {

/// What is asked of the firmware's execution. Nothing asked costs nothing.
struct ProbeOptions {
  std::string coverage_path;           ///< LCOV tracefile; empty: none
  std::string profile_path;            ///< collapsed stacks; empty: none
  std::string spans_path;              ///< function spans; empty: none
  bool spans_as_chrome_trace = false;  ///< else lines of JSON, for the report to put into timeline.json
  SpanFilter span_filter;
  std::set<GuestFault> checks;
  int trace_length = 0;     ///< instructions to show before the end; 0: kTraceLength, and only if the firmware is lost
  double hang_after_s = 0;  ///< simulated time without progress after which the firmware hangs; 0: not looked for

  bool observes() const { return !coverage_path.empty() || !profile_path.empty() || !spans_path.empty() || !checks.empty(); }
};

/// Instructions shown when the firmware is lost, unless told otherwise.
constexpr int kTraceLength = 32;

/// The program that runs, and the file it came from.
struct ProbedProgram {
  std::string path;
  const hw::Program* program;
  hw::MemoryRange ram;
  std::string test_name;    ///< TN of the coverage
  std::string project_dir;  ///< where relative names of source files are looked for
};

/// All probes of one run behind the CPU's one observer. None changes what the guest sees.
class Probes : private hw::ExecutionObserver {
 public:
  /// Attaches what is asked for to the board's CPU, which must outlive this, before time passes.
  Probes(const ProbeOptions& options, const ProbedProgram& program, hw::Board& board);
  ~Probes() override;

  /// Detaches and writes the files. Throws InfraError. Called once, at the end of the run.
  void finish();
  /// After finish(): what the user should read, a line each: faults of the guest with their stacks, what could not be checked.
  const std::string& messages() const { return messages_; }
  /// Nothing unless checks were asked for.
  const GuestCheck* guest_check() const { return check_.get(); }
  const SourceLines& lines();
  const hw::SymbolTable& symbols() const { return layout_.symbols; }

 private:
  void executed(const hw::ExecutedRun& run) override;
  void interrupted(uint32_t pc, uint32_t handler) override;
  bool wants_accesses() const override;
  void accesses(uint32_t pc, uint32_t address, uint32_t size, bool is_store) override;

  ProbeOptions options_;
  ProbedProgram program_;
  hw::Board& board_;
  hw::CpuDebug& cpu_;
  ElfLayout layout_;
  RunTable table_;
  CallTracker calls_;
  std::unique_ptr<Profile> profile_;
  std::unique_ptr<Spans> spans_;
  std::unique_ptr<GuestCheck> check_;
  std::unique_ptr<SourceLines> lines_;
  bool tracks_calls_;
  std::string messages_;
};

}  // namespace saksi::sim

#endif
