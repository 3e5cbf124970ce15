#include "sim/benchmark/cpu_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "hw-models/board/board_spec.h"
#include "hw-models/cpu/elf_loader.h"
#include "sim/benchmark/simulators.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kWallLimit = 120;

/// A program of this project, and what is wanted of it against QEMU with counted instructions; 0: nothing.
struct Kernel {
  const char* file;
  const char* title;
  bool timed;      ///< driven by interrupts: how much it executes depends on the simulator's time, so each counts for itself
  uint64_t calls;  ///< environment calls, which do not retire (Privileged Architecture 20211203, 3.3.1), but which QEMU counts
  double translated_min;
  double interpreted_min;
};

constexpr Kernel kKernels[] = {
    {"coremark_like", "CoreMark-like", false, 0, 1.5, 0.35},
    {"coremark_like_user", "CoreMark-like in user mode", false, 1, 1.5, 0.35},
    {"sha256", "SHA-256", false, 0, 0.8, 0},
    {"memory_copy_1mib", "memcpy, buffers 1 MiB apart", false, 0, 1.0, 0},
    {"memory_copy_other", "memcpy, another distance", false, 0, 1.0, 0},
    {"uart_poll", "UART status poll", false, 0, 0, 0},
    {"timer_10us", "timer every 10 us", true, 0, 1.0, 0},
    {"timer_1000", "timer every 1000 instructions", true, 0, 1.0, 0},
};
constexpr double kUartReadsMin = 20e6;  ///< per second
constexpr double kCollapseMin = 0.8;    ///< of the speed with other buffers
constexpr double kIdleHourMax = 2.0;    ///< seconds

std::string program_path(const std::string& name, bool brief) {
  return fmt::format("{}/benchmark/{}{}.elf", SAKSI_PROGRAMS_DIR, name, brief ? "-short" : "");
}

/// What is run, and its row.
struct Work {
  CpuRow row;
  const Kernel* kernel = nullptr;  ///< none for a foreign program
  std::string path;
};

class Benchmark {
 public:
  explicit Benchmark(const CpuBenchmarkOptions& options) : options_(options) {
    for (const Simulator simulator : kSimulators) {
      const std::string reason = missing_reason(simulator);
      if (reason.empty()) {
        simulators_.push_back(simulator);
      } else if (std::find(result_.notes.begin(), result_.notes.end(), reason) == result_.notes.end()) {
        result_.notes.push_back(reason);
      }
    }
  }

  CpuBenchmarkResult run() {
    list_work();
    const Kernel empty{"empty", "nothing", false, 0, 0, 0};
    Work nothing{{empty.title, 0, true, {}}, &empty, program_path(empty.file, false)};
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      for (const Simulator simulator : simulators_) measure(nothing, simulator, repeat);
    }
    for (const auto& [simulator, figure] : nothing.row.figures) start_s_[simulator] = figure.seconds;
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      for (Work& work : work_) {
        for (const Simulator simulator : simulators_) measure(work, simulator, repeat);
      }
    }
    for (Work& work : work_) close(work);
    if (!options_.only_elves) measure_idle();
    return result_;
  }

 private:
  void list_work() {
    if (!options_.only_elves) {
      for (const Kernel& kernel : kKernels) work_.push_back({{kernel.title, 0, true, {}}, &kernel, program_path(kernel.file, options_.quick)});
    }
    for (const std::string& elf : options_.elves) work_.push_back({{std::filesystem::path(elf).filename().string(), 0, true, {}}, nullptr, elf});
    const hw::BoardSpec::Memory ram = hw::load_board_spec(options_.board_path).memory("dram");
    for (const Work& work : work_) {
      if (work.kernel && !std::filesystem::exists(work.path)) throw UsageError(work.path + ": is not there; ./saksi build makes it");
      hw::load_program(work.path, {ram.address, ram.size});  // what cannot be loaded is refused before anything is measured
    }
    if (work_.empty()) throw UsageError("--only-elf: there is nothing to measure; name programs with --elf");
  }

  /// Unicorn is slow and for orientation only: one run of a tenth of the work.
  std::string path_for(const Work& work, Simulator simulator) const {
    return simulator == Simulator::kUnicorn && work.kernel && work.kernel->file != std::string("empty") ? program_path(work.kernel->file, true)
                                                                                                        : work.path;
  }

  /// Interrupts of a timer on the host's clock come as they like, and Unicorn has none.
  static bool suits(const Work& work, Simulator simulator) {
    return !(work.kernel && work.kernel->timed) || is_own(simulator) || simulator == Simulator::kQemuCounted;
  }

  void measure(Work& work, Simulator simulator, int repeat) {
    if (!suits(work, simulator)) return;
    CpuFigure& best = work.row.figures[simulator];
    if (!best.problem.empty() || (simulator == Simulator::kUnicorn && repeat > 0 && work.path != program_path("empty", false))) return;
    if (options_.progress) options_.progress(fmt::format("{} of {}: {}, {}", repeat + 1, options_.repeats, work.row.title, name_of(simulator)));
    const SimulatorRun run = run_on(simulator, path_for(work, simulator), options_.board_path, kWallLimit);
    if (!run.problem.empty()) {
      best.problem = run.problem;
      best.wrong = run.wrong;
      return;
    }
    const double seconds = std::max(0.0, run.user_s - start_s_[simulator]);
    if (repeat > 0 && best.seconds <= seconds) return;
    best.seconds = seconds;
    best.instructions = work.kernel ? told(run.console, "instructions").value_or(0) : run.instructions.value_or(0);
    if (work.kernel && simulator != Simulator::kUnicorn) work.row.rounds = told(run.console, "rounds").value_or(0);
    if (work.kernel && is_own(simulator)) work.row.protection = told(run.console, "pmpcfg0").value_or(0) != 0;
  }

  static bool is_own(Simulator simulator) { return simulator == Simulator::kTranslated || simulator == Simulator::kInterpreted; }

  /// This project's machine with the engine that users get.
  Simulator own() const { return simulators_.front(); }

  /// Peers that do not count are given the count of the own machine: the program is the same.
  void close(Work& work) {
    CpuRow& row = work.row;
    const CpuFigure reference = row.figures[own()];
    for (auto& [simulator, figure] : row.figures) {
      if (figure.wrong) result_.all_right = false;
      if (is_own(simulator) || !figure.problem.empty()) continue;
      const bool counts = simulator == Simulator::kQemuCounted && work.kernel;
      if (counts && !work.kernel->timed && reference.problem.empty() && figure.instructions != reference.instructions + work.kernel->calls) {
        result_.notes.push_back(fmt::format("{}: {} instructions here, {} in QEMU", row.title, reference.instructions, figure.instructions));
        result_.all_right = false;
      }
      if (counts) continue;
      figure.instructions = reference.instructions;
      if (simulator == Simulator::kUnicorn && work.kernel) figure.instructions = reference.instructions / (options_.quick ? 1 : 10);
    }
    if (!row.protection) {
      result_.notes.push_back(row.title + ": physical memory protection is not in force");
      result_.all_right = false;
    }
    if (!options_.quick) add_bars(work);
    result_.rows.push_back(row);
  }

  void add_bars(const Work& work) {
    if (!work.kernel) return;
    const CpuRow& row = work.row;
    const auto mips = [&row](Simulator simulator) {
      const auto figure = row.figures.find(simulator);
      return figure == row.figures.end() ? 0 : figure->second.mips();
    };
    const double qemu = mips(Simulator::kQemuCounted);
    const std::pair<Simulator, double> wanted[] = {{Simulator::kTranslated, work.kernel->translated_min},
                                                   {Simulator::kInterpreted, work.kernel->interpreted_min}};
    for (const auto& [simulator, least] : wanted) {
      if (least <= 0 || qemu <= 0 || !row.figures.count(simulator)) continue;
      result_.bars.push_back({fmt::format("{}: {} against QEMU icount", row.title, name_of(simulator)), mips(simulator) / qemu, least, false});
    }
    const std::string file = work.kernel->file;
    const CpuFigure& figure = row.figures.at(own());
    if (file == "uart_poll" && figure.seconds > 0) {
      result_.bars.push_back(
          {row.title + ": million reads a second", static_cast<double>(row.rounds) / figure.seconds / 1e6, kUartReadsMin / 1e6, false});
    }
    if (file == "memory_copy_1mib") near_mips_ = figure.mips();
    if (file == "memory_copy_other" && figure.mips() > 0) {
      result_.bars.push_back({"memcpy: buffers 1 MiB apart against another distance", near_mips_ / figure.mips(), kCollapseMin, false});
    }
  }

  void measure_idle() {
    const Kernel idle{"idle", options_.quick ? "idle, 10 s with a 1 kHz timer" : "idle, an hour with a 1 kHz timer", true, 0, 0, 0};
    Work work{{idle.title, 0, true, {}}, &idle, program_path(idle.file, options_.quick)};
    measure(work, own(), 0);
    const CpuFigure figure = work.row.figures[own()];
    close(work);
    if (!options_.quick) {
      result_.bars.push_back({"idle, an hour with a 1 kHz timer: seconds", figure.problem.empty() ? figure.seconds : kWallLimit, kIdleHourMax, true});
    }
  }

  const CpuBenchmarkOptions& options_;
  CpuBenchmarkResult result_;
  std::vector<Simulator> simulators_;
  std::vector<Work> work_;
  std::map<Simulator, double> start_s_;  ///< of a program that does nothing
  double near_mips_ = 0;
};

std::string key_of(Simulator simulator) {
  std::string key = name_of(simulator);
  std::replace(key.begin(), key.end(), ' ', '_');
  std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return key;
}

}  // namespace

CpuBenchmarkResult run_cpu_benchmark(const CpuBenchmarkOptions& options) { return Benchmark(options).run(); }

std::string text_of(const CpuBenchmarkResult& result) {
  std::string text = fmt::format("{:<34} {:>10}", "CPU: MIPS", "M instr.");
  for (const Simulator simulator : kSimulators) text += fmt::format(" {:>12}", name_of(simulator));
  text += fmt::format(" {:>12}\n", "first/icount");
  std::set<std::string> problems;
  for (const CpuRow& row : result.rows) {
    const CpuFigure& own = row.figures.begin()->second;
    text += fmt::format("{:<34} {:>10.1f}", row.title, static_cast<double>(own.instructions) / 1e6);
    for (const Simulator simulator : kSimulators) {
      const auto figure = row.figures.find(simulator);
      const bool there = figure != row.figures.end() && figure->second.mips() > 0;
      text += there ? fmt::format(" {:>12.0f}", figure->second.mips()) : fmt::format(" {:>12}", "-");
      if (figure != row.figures.end() && !figure->second.problem.empty()) {
        problems.insert(fmt::format("{}, {}: {}", row.title, name_of(simulator), figure->second.problem));
      }
    }
    const auto qemu = row.figures.find(Simulator::kQemuCounted);
    const bool both = qemu != row.figures.end() && qemu->second.mips() > 0 && own.mips() > 0;
    text += both ? fmt::format(" {:>12.2f}\n", own.mips() / qemu->second.mips()) : fmt::format(" {:>12}\n", "-");
  }
  for (const std::string& problem : problems) text += "  " + problem + "\n";
  if (!result.bars.empty()) text += fmt::format("\n{:<66} {:>9} {:>12}\n", "bar", "measured", "wanted");
  for (const CpuBar& bar : result.bars) {
    text +=
        fmt::format("{:<66} {:>9.2f} {:>9} {:.2f}  {}\n", bar.what, bar.measured, bar.at_most ? "<=" : ">=", bar.wanted, bar.met() ? "ok" : "short");
  }
  for (const std::string& note : result.notes) text += "note: " + note + "\n";
  return text;
}

Json json_of(const CpuBenchmarkResult& result) {
  Json json = {{"rows", Json::array()}, {"bars", Json::array()}, {"notes", result.notes}, {"all_right", result.all_right}};
  for (const CpuRow& row : result.rows) {
    Json figures = Json::object();
    for (const auto& [simulator, figure] : row.figures) {
      Json one = {{"mips", figure.mips()}, {"instructions", figure.instructions}, {"user_s", figure.seconds}};
      if (!figure.problem.empty()) one = {{"problem", figure.problem}};
      figures[key_of(simulator)] = one;
    }
    json["rows"].push_back({{"name", row.title}, {"rounds", row.rounds}, {"figures", figures}});
  }
  for (const CpuBar& bar : result.bars) {
    json["bars"].push_back({{"name", bar.what}, {"measured", bar.measured}, {bar.at_most ? "at_most" : "at_least", bar.wanted}, {"met", bar.met()}});
  }
  return json;
}

}  // namespace saksi::sim
