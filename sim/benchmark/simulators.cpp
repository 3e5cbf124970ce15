#include "sim/benchmark/simulators.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "sim/benchmark/machine_run.h"
#include "sim/benchmark/measured_process.h"

namespace saksi::sim {

namespace {

constexpr const char* kQemu = "qemu-system-riscv32";
constexpr int kStoppedByItself = 3;  ///< saksi_unicorn: the program did not come to its end
constexpr const char* kUnicornRunner = SAKSI_PROGRAMS_DIR "/saksi_unicorn";

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

SimulatorRun run_own(const std::string& elf, const std::string& board_path, hw::CpuEngine engine, double wall_limit_s) {
  BootRequest request;
  request.cpu_engine = engine;
  request.image_path = elf;
  request.board_path = board_path;
  const MachineRun machine = run_machine(request, wall_limit_s);
  SimulatorRun run;
  run.user_s = machine.user_s;
  run.console = machine.console;
  run.instructions = machine.instructions;
  run.wrong = machine.ended && !machine.passed;
  if (!machine.passed) run.problem = machine.problem;
  return run;
}

SimulatorRun run_peer(const std::vector<std::string>& command, double wall_limit_s) {
  const ProcessOutcome outcome = run_measured(command, wall_limit_s);
  SimulatorRun run;
  run.user_s = outcome.user_s;
  run.console = outcome.output;
  if (outcome.timed_out) {
    run.problem = fmt::format("not at its end after {:.0f} s of host time", wall_limit_s);
  } else if (outcome.exit_code != 0) {
    run.wrong = outcome.exit_code != kStoppedByItself;
    run.problem = fmt::format("ended with exit code {}", outcome.exit_code);
  }
  return run;
}

}  // namespace

std::string name_of(Simulator simulator) {
  switch (simulator) {
    case Simulator::kTranslated:
      return "translated";
    case Simulator::kInterpreted:
      return "interpreted";
    case Simulator::kQemuCounted:
      return "QEMU icount";
    case Simulator::kQemuPlain:
      return "QEMU plain";
    case Simulator::kUnicorn:
      return "Unicorn";
  }
  return "";
}

std::string missing_reason(Simulator simulator) {
  switch (simulator) {
    case Simulator::kQemuCounted:
    case Simulator::kQemuPlain:
      return on_path(kQemu) ? "" : fmt::format("{} is not installed; Debian's package qemu-system-misc has it", kQemu);
    case Simulator::kUnicorn:
      return access(kUnicornRunner, X_OK) == 0 ? ""
                                               : "Unicorn was not there when this was built; install Debian's libunicorn-dev, configure and build";
    case Simulator::kTranslated:
    case Simulator::kInterpreted:
      return "";
  }
  return "";
}

SimulatorRun run_on(Simulator simulator, const std::string& elf, const std::string& board_path, double wall_limit_s) {
  std::vector<std::string> qemu = {kQemu, "-M", "virt", "-bios", "none", "-nographic", "-kernel", elf};
  switch (simulator) {
    case Simulator::kTranslated:
      return run_own(elf, board_path, hw::CpuEngine::kTranslated, wall_limit_s);
    case Simulator::kInterpreted:
      return run_own(elf, board_path, hw::CpuEngine::kInterpreted, wall_limit_s);
    case Simulator::kUnicorn:
      return run_peer({kUnicornRunner, elf}, wall_limit_s);
    case Simulator::kQemuPlain:
      return run_peer(qemu, wall_limit_s);
    case Simulator::kQemuCounted:
      qemu.insert(qemu.end(), {"-icount", "shift=0,sleep=off"});
  }
  SimulatorRun run = run_peer(qemu, wall_limit_s);
  run.instructions = told(run.console, "instructions");  // its minstret counts instructions in this mode alone
  return run;
}

std::optional<uint64_t> told(const std::string& console, const std::string& word) {
  const size_t at = console.rfind(word + " ");
  if (at == std::string::npos) return std::nullopt;
  std::istringstream number(console.substr(at + word.size()));
  uint64_t value = 0;
  if (!(number >> value)) return std::nullopt;
  return value;
}

}  // namespace saksi::sim
