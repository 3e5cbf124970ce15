#ifndef SAKSI_SIM_ENGINE_RUN_H_
#define SAKSI_SIM_ENGINE_RUN_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "hw-models/board/board_rtl.h"
#include "sim/device/device_file.h"
#include "sim/engine/run_request.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

struct DebugPort;

/// A request whose files have all been read and found good.
struct PreparedRun {
  RunRequest request;
  Scenario scenario;
  DeviceSpec device;
  std::string device_path;
  std::vector<hw::BoardRtl> rtl;     ///< circuits that the board file brings
  std::string size_table;            ///< of encoder "sizes", else empty
  std::string clip_path;             ///< the file that is really used, empty if the scene needs none
  std::optional<WaveTrigger> waves;  ///< if waves are to be recorded
  std::string verdict_requirements;  ///< requirement entries for the manifest, JSON text
};

/// Reads and checks all files that a run needs: scenario, device, board, scene, clip, firmware, requirements. Throws UsageError. Writes nothing
/// into the out folder.
PreparedRun check_run(const RunRequest& request);

/// The same, and the out folder too, which is made. Nothing has been simulated then.
PreparedRun prepare_run(const RunRequest& request);

struct RunResult {
  ExitCode code = ExitCode::kInfraError;
  std::string digest;
  std::string notes;  ///< what the firmware's probes have to say, and what became of waves: lines for standard error
};

/// Records, judges, checks the judge against the truth and writes the reports, all into request.out_dir. To be called once in a process,
/// since SystemC has one kernel; see run_jobs(). `progress` gets the simulated seconds reached and the seconds to do.
/// With `debug`, the device waits for a debugger before the first instruction. Where waves are recorded the run waits for them at its end, and
/// `wave_progress` gets the simulated milliseconds recorded and to record.
RunResult run(const PreparedRun& prepared, const std::function<void(double, double)>& progress, DebugPort* debug = nullptr,
              const std::function<void(double, double)>& wave_progress = nullptr);

/// The ELF that the device of a run executes.
std::string firmware_of(const PreparedRun& prepared);

/// The firmware that the build made, beside the running program; empty if there is none.
std::string default_firmware_path();
/// The boot ROM's program that the build made. Throws UsageError if there is none.
std::string boot_rom_path();
/// The folder with scenarios/, boards/ and so on: of the source tree that this program was built from.
std::string project_dir();
/// Absolute path of the running program.
std::string program_path();

}  // namespace saksi::sim

#endif
