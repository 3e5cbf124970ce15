#ifndef SAKSI_SIM_OBSERVE_PAPER_CPU_FOR_TEST_H_
#define SAKSI_SIM_OBSERVE_PAPER_CPU_FOR_TEST_H_

#include <array>
#include <cstring>
#include <map>

#include "hw-models/cpu/cpu_debug.h"

namespace saksi::sim {

/// A CPU that executes nothing: a test says what it has executed, and what its registers then hold.
class PaperCpu : public hw::CpuDebug {
 public:
  std::array<uint32_t, 32> regs{};
  std::map<uint32_t, uint32_t> code;  ///< instructions by address
  uint32_t mcause = 0;

  uint32_t pc() const override { return 0; }
  void set_pc(uint32_t) override {}
  uint32_t reg(unsigned number) const override { return regs[number]; }
  void set_reg(unsigned number, uint32_t value) override { regs[number] = value; }
  uint64_t float_reg(unsigned) const override { return 0; }
  void set_float_reg(unsigned, uint64_t) override {}
  std::optional<uint32_t> csr(uint32_t) const override { return mcause; }
  bool set_csr(uint32_t, uint32_t) override { return false; }
  bool read_memory(uint32_t address, void* data, size_t size) const override {
    const auto found = code.find(address);
    if (found == code.end()) return false;
    std::memcpy(data, &found->second, size);
    return true;
  }
  bool write_memory(uint32_t, const void*, size_t) override { return false; }
  std::vector<uint32_t> call_stack(size_t) const override { return {}; }
  uint64_t instructions() const override { return 0; }
  uint64_t local_time_ps() const override { return 0; }
  uint64_t progress() const override { return 0; }
  bool idle() const override { return false; }
  void set_lost_trap_listener(std::function<void(const hw::LostTrap&)>) override {}
  void set_halt_listener(std::function<void(const hw::Halt&)>) override {}
  void request_halt() override {}
  uint64_t position() const override { return 0; }
  void halt_at(uint64_t) override {}
  void set_breakpoint(uint32_t, bool) override {}
  void set_watchpoint(uint32_t, uint32_t, hw::WatchKind, bool) override {}
  void set_observer(hw::ExecutionObserver*) override {}
  void set_trace_length(size_t) override {}
  std::vector<hw::TraceEntry> trace() const override { return {}; }
};

}  // namespace saksi::sim

#endif
