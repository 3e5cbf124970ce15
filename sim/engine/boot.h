#ifndef SAKSI_SIM_ENGINE_BOOT_H_
#define SAKSI_SIM_ENGINE_BOOT_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/exit_code.h"
#include "hw-models/board/board.h"
#include "hw-models/board/board_spec.h"
#include "hw-models/cpu/elf_loader.h"
#include "sim/observe/probes.h"
#include "sim/observe/second_run.h"

namespace saksi::sim {

struct DebugPort;

struct BootRequest {
  std::string image_path;
  std::string board_path;
  double max_time_s = 0;  ///< simulated; 0: no bound
  hw::CpuEngine cpu_engine = hw::CpuEngine::kTranslated;
  bool digest_memory = false;  ///< fill BootResult::memory_sha256
  /// Where to write the image's signature (hw::Program) at the end; empty: nowhere. The form that the RISC-V architecture tests compare: a
  /// word a line, eight hexadecimal digits, ascending addresses. Without a signature in the image a UsageError when the BootRun is made.
  std::string signature_path{};
  ProbeOptions probes;
  bool second_run = true;  ///< make a second process that can give a trace of the end; not with a debugger, which changes the run
};

/// The hart's counters where a run ended.
struct BootCounts {
  uint64_t instructions = 0;  ///< retired since power-on
  uint64_t minstret = 0;
  uint64_t mcycle = 0;
  uint64_t time = 0;  ///< the time CSR
};

struct BootResult {
  ExitCode code = ExitCode::kInconclusive;
  std::string message;  ///< why it ended, empty for a pass
  std::string trace;    ///< the last instructions, if they were asked for or the firmware is lost
  std::string guest{};  ///< what the probes have to say: faults of the guest
  BootCounts counts{};
  std::string memory_sha256{};  ///< of all RAM at the end, hexadecimal; if it was asked for
};

/// How a run ends: what it gave, and where in the program that was.
struct BootEnd {
  BootResult result;
  uint64_t position = 0;  ///< CpuDebug::position()
  bool lost = false;      ///< the firmware will not get on any more
};

/// A bare image on a board, without scenario, light or card. Reads and checks its files when made (UsageError). Once in a process.
class BootRun {
 public:
  explicit BootRun(const BootRequest& request);

  /// Runs to the end of the image (test finisher, `tohost`), to max_time_s, or until the firmware is lost (see EndWatch). `output` gets what it
  /// prints; `input` is asked now and then for what is typed, and told whether the guest is idle and how many more characters are of use; it
  /// ends the run by giving nothing.
  using Input = std::function<std::optional<std::string>(bool idle, size_t room)>;
  /// With `debug`, it waits for a debugger before the first instruction, and no second run is made.
  BootResult run(const std::function<void(char)>& output, const Input& input, DebugPort* debug = nullptr);

 private:
  BootEnd simulate(const std::function<void(char)>& output, const Input& input, const std::optional<TraceRequest>& wanted, DebugPort* debug);
  void add_findings(BootResult& result, const hw::CpuDebug& cpu, Probes& probes) const;

  SecondRun second_;
  BootRequest request_;
  hw::BoardSpec spec_;
  hw::MemoryRange ram_;
  hw::Program program_;
};

}  // namespace saksi::sim

#endif
