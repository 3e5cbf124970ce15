#ifndef SAKSI_SIM_DEBUG_FAKE_TARGET_FOR_TEST_H_
#define SAKSI_SIM_DEBUG_FAKE_TARGET_FOR_TEST_H_

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/debug/gdb_target.h"
#include "sim/debug/monitor.h"
#include "sim/debug/target_description.h"

namespace saksi::sim {

/// A block with a plain register, an array, one with a field and one that cannot be read.
inline const regs::BlockInfo& fake_block() {
  using regs::Access;
  static constexpr regs::RegisterInfo kRegisters[] = {{"CTRL", 0x0, 32, 1, 4, Access::kReadWrite, 0},
                                                      {"LEVEL", 0x4, 8, 1, 1, Access::kReadOnly, 0},
                                                      {"KICK", 0x8, 32, 1, 4, Access::kWriteOnly, 0},
                                                      {"SLOT", 0x10, 32, 16, 4, Access::kReadWrite, 0}};
  static constexpr regs::FieldInfo kFields[] = {{"START", {0x0, 0, 1}}, {"MODE", {0x0, 4, 3}}};
  static constexpr regs::BlockInfo kBlock = {"fake", "A block for tests", kRegisters, 4, kFields, 2};
  return kBlock;
}

/// 4 KiB of memory at kMemory, all general and floating-point registers, two CSRs, and a board of one block that stores what is written.
class FakeTarget : public GdbTarget {
 public:
  static constexpr uint32_t kMemory = 0x80000000;
  static constexpr uint32_t kBlock = 0x10000000;

  FakeTarget() : memory(4096, '\0'), monitor_(monitor_target()) {}

  std::optional<uint64_t> read_register(uint32_t number) const override {
    if (number <= kGdbPc) return registers[number];
    if (number < kGdbFirstCsr) return floats[number - kGdbFirstFloat];
    const auto csr = csrs.find(number - kGdbFirstCsr);
    return csr != csrs.end() ? std::optional<uint64_t>(csr->second) : std::nullopt;
  }
  bool write_register(uint32_t number, uint64_t value) override {
    if (number < kGdbFirstCsr) {
      number <= kGdbPc ? registers[number] = static_cast<uint32_t>(value) : floats[number - kGdbFirstFloat] = value;
      return true;
    }
    const auto csr = csrs.find(number - kGdbFirstCsr);
    if (csr == csrs.end() || csr->first >= 0xC00) return false;
    csr->second = static_cast<uint32_t>(value);
    return true;
  }
  std::string read_memory(uint32_t address, size_t size) const override {
    const uint32_t offset = address - kMemory;
    return offset < memory.size() ? memory.substr(offset, size) : "";
  }
  bool write_memory(uint32_t address, const std::string& bytes) override {
    const uint32_t offset = address - kMemory;
    if (offset >= memory.size() || bytes.size() > memory.size() - offset) return false;
    memory.replace(offset, bytes.size(), bytes);
    return true;
  }
  bool set_stop_point(const GdbStopPoint& point, bool on) override {
    if (on) {
      stop_points.insert(point);
    } else {
      stop_points.erase(point);
    }
    return true;
  }
  std::string monitor(const std::string& command) override { return monitor_.run(command); }

  std::array<uint32_t, kGdbPc + 1> registers{};
  std::array<uint64_t, 32> floats{};
  std::map<uint32_t, uint32_t> csrs = {{0x300, 0x1800}, {0xC00, 42}};
  std::string memory;
  std::map<uint32_t, uint32_t> block;  ///< by address
  std::set<GdbStopPoint> stop_points;
  int resets = 0;

 private:
  MonitorTarget monitor_target() {
    MonitorTarget target;
    target.blocks = {{"fake", kBlock, 7, &fake_block()}};
    target.time = [] { return "now\n"; };
    target.read = [this](uint32_t address, uint32_t, uint32_t count, uint32_t stride) {
      std::vector<uint32_t> values;
      for (uint32_t i = 0; i < count; ++i) values.push_back(block[address + i * stride]);
      return values;
    };
    target.write = [this](uint32_t address, uint32_t, uint32_t value) {
      block[address] = value;
      return true;
    };
    target.trace = [](uint64_t count) { return "trace of " + std::to_string(count) + "\n"; };
    target.checkpoints = [] { return "none\n"; };
    target.reset = [this] {
      ++resets;
      return "reset\n";
    };
    return target;
  }
  Monitor monitor_;
};

}  // namespace saksi::sim

#endif
