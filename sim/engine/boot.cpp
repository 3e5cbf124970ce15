#include "sim/engine/boot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <systemc>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "hw-models/board/board.h"
#include "sim/debug/debugger.h"
#include "sim/engine/board_rtl_progress.h"
#include "sim/engine/run.h"
#include "sim/observe/cpu_trace.h"
#include "sim/observe/end_watch.h"

namespace saksi::sim {

namespace {

constexpr int64_t kStepNs = 10'000'000;  ///< how often input is asked for
constexpr int64_t kForeverNs = INT64_MAX;
/// Nothing is typed before the image has slept for the first time, or has had this long to set up its serial port: that empties the FIFO.
constexpr int64_t kSetUpNs = 500'000'000;
constexpr size_t kBacklogMax = 1 << 16;  ///< typed characters that wait for the image; more are not asked for

/// Pauses the kernel: at the end of a step, and when the image has ended.
class StepClock : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(StepClock);
  explicit StepClock(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    SC_METHOD(pause);
    sensitive << event_;
    dont_initialize();
  }
  void run(int64_t ns) {
    event_.notify(sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS));
    sc_core::sc_start();
  }
  void end_now() { event_.notify(sc_core::SC_ZERO_TIME); }

 private:
  void pause() { sc_core::sc_pause(); }
  sc_core::sc_event event_;
};

int64_t kernel_ns() { return static_cast<int64_t>(sc_core::sc_time_stamp().value() / 1000); }

BootResult finished(uint16_t status, uint16_t code) {
  constexpr uint16_t kPass = 0x5555;
  constexpr uint16_t kFail = 0x3333;
  if (status == kPass) return {ExitCode::kPass, "", "", ""};
  if (status == kFail) return {ExitCode::kFail, fmt::format("the image ended with failure {}", code), "", ""};
  return {ExitCode::kFail, "the image asked for a reset", "", ""};
}

uint64_t csr_pair(const hw::CpuDebug& cpu, uint32_t low, uint32_t high) {
  return uint64_t{cpu.csr(high).value_or(0)} << 32 | cpu.csr(low).value_or(0);
}

BootCounts counts_of(const hw::CpuDebug& cpu) {
  return {cpu.instructions(), csr_pair(cpu, 0xB02, 0xB82), csr_pair(cpu, 0xB00, 0xB80), csr_pair(cpu, 0xC01, 0xC81)};
}

std::string memory_digest(const hw::CpuDebug& cpu, const hw::BoardSpec::Memory& memory) {
  std::vector<uint8_t> bytes(memory.size);
  cpu.read_memory(memory.address, bytes.data(), bytes.size());
  return hex(sha256(bytes.data(), bytes.size()));
}

BootResult told_to_host(uint32_t value) {
  if (value == 1) return {ExitCode::kPass, "", "", ""};
  return {ExitCode::kFail, fmt::format("tohost: {} (test {})", value, value >> 1), "", ""};
}

BootResult not_ended(double max_time_s) {
  return {ExitCode::kInconclusive, fmt::format("the image had not ended after {} simulated seconds", max_time_s), "", ""};
}

hw::BoardConfig bare_board(hw::CpuEngine engine) {
  hw::BoardConfig config;
  config.card_present = false;
  config.cpu_engine = engine;
  return config;
}

/// Hands on to the board what is typed, once the image is set up for it.
class Typist {
 public:
  explicit Typist(const BootRun::Input& input) : input_(input) {}

  /// Asks once; false when the user has left. `timeline`, if any, knows what was typed when this stretch of time was run through before.
  bool type(hw::Board& board, int64_t last_output_ns, Timeline* timeline) {
    const bool idle = board.cpu_sleeping() && last_output_ns < kernel_ns() - kStepNs;
    set_up_ = set_up_ || board.cpu_sleeping() || kernel_ns() >= kSetUpNs;
    const size_t backlog = waiting_.size() + board.uart_backlog();
    const size_t room = kBacklogMax - std::min(backlog, kBacklogMax);
    const std::optional<std::string> typed = timeline ? timeline->typed(kernel_ns(), [&] { return input_(idle, room); }) : input_(idle, room);
    if (!typed) return false;
    waiting_ += *typed;
    if (set_up_ && !waiting_.empty()) board.uart_receive(std::exchange(waiting_, {}));
    return true;
  }

 private:
  const BootRun::Input& input_;
  bool set_up_ = false;
  std::string waiting_;  ///< typed before the image was set up
};

void check_signature(const BootRequest& request, const hw::Program& program) {
  if (request.signature_path.empty() || program.signature) return;
  throw UsageError(request.image_path + ": --signature needs the symbols begin_signature and end_signature, as in the RISC-V architecture tests; "
                                        "link with them, or leave the option out");
}

void write_signature(const hw::CpuDebug& cpu, const hw::MemoryRange& signature, const std::string& path) {
  std::string text;
  for (uint64_t offset = 0; offset + 4 <= signature.size; offset += 4) {
    uint32_t word = 0;
    cpu.read_memory(static_cast<uint32_t>(signature.base + offset), &word, sizeof word);
    text += fmt::format("{:08x}\n", word);
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
  if (!file || std::fputs(text.c_str(), file.get()) < 0 || std::fflush(file.get()) != 0) {
    throw UsageError(path + ": the signature cannot be written: " + std::strerror(errno));
  }
}

}  // namespace

BootRun::BootRun(const BootRequest& request)
    : request_(request),
      spec_(hw::load_board_spec(request.board_path)),
      ram_{spec_.memory("dram").address, spec_.memory("dram").size},
      program_(hw::load_program(request.image_path, ram_)) {
  check_signature(request_, program_);
  build_board_rtl(spec_);
}

BootResult BootRun::run(const std::function<void(char)>& output, const Input& input, DebugPort* debug) {
  TraceRequest request;
  if (debug) request_.second_run = false;
  std::optional<TraceRequest> wanted;
  if (request_.second_run) wanted = second_.fork();
  if (wanted) {  // this is the second process: the same again, with what was typed then
    uint64_t asked = 0;
    size_t next = 0;
    request_.probes = ProbeOptions{};
    request_.signature_path.clear();
    simulate([](char) {},
             [&](bool, size_t) -> std::optional<std::string> {
               const bool due = next < wanted->typed.size() && wanted->typed[next].first == asked++;
               return due ? wanted->typed[next++].second : "";
             },
             wanted, nullptr);
    second_.answer("");
  }
  uint64_t asked = 0;
  const BootEnd end = simulate(output,
                               [&](bool idle, size_t room) {
                                 const std::optional<std::string> typed = input(idle, room);
                                 if (typed && !typed->empty()) request.typed.emplace_back(asked, *typed);
                                 ++asked;
                                 return typed;
                               },
                               std::nullopt, debug);
  BootResult result = end.result;
  if (request_.second_run && (end.lost || request_.probes.trace_length > 0) && end.position > 0) {
    request.position = end.position;
    request.length = static_cast<uint64_t>(request_.probes.trace_length > 0 ? request_.probes.trace_length : kTraceLength);
    result.trace = second_.trace(request);
  }
  return result;
}

/// What is known when the run is over, besides how it ended.
void BootRun::add_findings(BootResult& result, const hw::CpuDebug& cpu, Probes& probes) const {
  result.counts = counts_of(cpu);
  if (!request_.signature_path.empty()) write_signature(cpu, *program_.signature, request_.signature_path);
  if (request_.digest_memory) result.memory_sha256 = memory_digest(cpu, spec_.memory("dram"));
  probes.finish();
  result.guest = probes.messages();
  if (probes.guest_check() && !probes.guest_check()->faults().empty()) result.code = worse(result.code, ExitCode::kFail);
}

BootEnd BootRun::simulate(const std::function<void(char)>& output, const Input& input, const std::optional<TraceRequest>& wanted,
                          DebugPort* debug) {
  std::optional<BootResult> ended;
  Timeline* timeline = nullptr;  // with a debugger, which may run the same stretch more than once
  std::optional<uint64_t> lost_at;
  StepClock clock("step_clock");
  hw::BoardObservers observers;
  int64_t last_output_ns = 0;
  Typist typist(input);
  observers.uart = [&](char c, int64_t t_ns) {
    last_output_ns = t_ns;
    if (!timeline || timeline->print()) output(c);
  };
  observers.finish = [&](uint16_t status, uint16_t code) {
    ended = finished(status, code);
    clock.end_now();
  };
  hw::Board board(spec_, bare_board(request_.cpu_engine), program_, nullptr, std::move(observers));
  if (program_.tohost) {
    board.watch_stores(*program_.tohost, 8, [&](uint32_t address, uint32_t value) {
      if (address != *program_.tohost || value == 0 || ended) return;
      ended = told_to_host(value);
      clock.end_now();
    });
  }
  const std::string name = std::filesystem::path(request_.image_path).stem().string();
  Probes probes(request_.probes, {request_.image_path, &program_, ram_, name, project_dir()}, board);
  EndWatch watch("end_watch", board.cpu(), probes.symbols(), static_cast<int64_t>(request_.probes.hang_after_s * 1e9), [&](const FirmwareEnd& end) {
    if (ended) return;
    ended = BootResult{ExitCode::kFail, end.why, "", ""};
    lost_at = end.position;
    clock.end_now();
  });
  const auto answer = [&] { second_.answer(trace_text(board.cpu().trace(), probes.symbols(), &probes.lines())); };
  if (wanted) trace_up_to(board.cpu(), *wanted, answer);
  std::optional<Debugger> debugger;
  if (debug) timeline = &debugger.emplace(*debug, board, program_.symbols).timeline();
  board.power_on();
  const int64_t limit_ns = request_.max_time_s > 0 ? static_cast<int64_t>(request_.max_time_s * 1e9) : kForeverNs;
  while (!ended && kernel_ns() < limit_ns) {
    clock.run(std::min(kStepNs, limit_ns - kernel_ns()));
    if (ended) break;
    if (!typist.type(board, last_output_ns, timeline)) ended = BootResult{ExitCode::kInconclusive, "left by the user", "", ""};
  }
  if (wanted && board.cpu().position() == wanted->position) answer();  // the last instruction ended the run: there is none to halt before
  if (ended) board.uart_drain();
  BootResult result = ended.value_or(not_ended(request_.max_time_s));
  add_findings(result, board.cpu(), probes);
  return {result, lost_at.value_or(board.cpu().position()), lost_at.has_value()};
}

}  // namespace saksi::sim
