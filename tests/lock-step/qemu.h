#ifndef SAKSI_TESTS_LOCK_STEP_QEMU_H_
#define SAKSI_TESTS_LOCK_STEP_QEMU_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saksi::test {

/// What QEMU says of its hart. Its registers are those before the instruction at pc.
struct HartState {
  uint32_t pc = 0;
  std::array<uint32_t, 32> x{};
};

/// Likewise, from QEMU's log, which has the main control and status registers too.
struct LoggedState : HartState {
  uint32_t mstatus = 0, mie = 0, mtvec = 0, mepc = 0, mcause = 0, mtval = 0, mscratch = 0;
};

/// `qemu-system-riscv32 -M virt` as a child process, halted at first, controlled over its gdb stub (standard input and output). It executes
/// one instruction at a time, and while it runs it tells the state before each one (-d cpu; read from a pipe).
/// Every call throws std::runtime_error when QEMU is missing, ends, or does not answer as the protocol wants.
class Qemu {
 public:
  Qemu();
  ~Qemu();
  Qemu(const Qemu&) = delete;
  Qemu& operator=(const Qemu&) = delete;

  HartState state();
  void set_state(const HartState& state);
  std::vector<uint8_t> read_memory(uint32_t address, size_t size);
  void write_memory(uint32_t address, const std::vector<uint8_t>& data);

  /// Executes one instruction, a trap that it takes included.
  void step();
  /// Runs up to the instruction at `pc` and tells `see` the state before each one on the way. False from `see` gives up
  /// at once; this QEMU is then of no more use.
  void run_to(uint32_t pc, const std::function<bool(const LoggedState&)>& see);

 private:
  void start();
  std::string request(std::string_view text);
  void send(std::string_view text);
  std::string receive();
  bool take_packet(std::string* packet);
  /// Waits for more from the stub or the log.
  void pump();
  bool read_some(int from, std::string* to);
  std::optional<LoggedState> next_logged();

  pid_t pid_ = -1;
  int stub_ = -1;
  int log_ = -1;
  std::string stub_text_;
  std::string log_text_;
  size_t log_at_ = 0;  ///< of what has not been read from log_text_
};

}  // namespace saksi::test

#endif
