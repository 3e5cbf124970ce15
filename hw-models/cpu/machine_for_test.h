#ifndef SAKSI_HW_MODELS_CPU_MACHINE_FOR_TEST_H_
#define SAKSI_HW_MODELS_CPU_MACHINE_FOR_TEST_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

#include "hw-models/cpu/assembler.h"
#include "hw-models/cpu/hart.h"

namespace saksi::hw {

/// The tests are built once for each engine (CMakeLists.txt).
#ifdef SAKSI_TEST_TRANSLATED
constexpr CpuEngine kEngineUnderTest = CpuEngine::kTranslated;
#else
constexpr CpuEngine kEngineUnderTest = CpuEngine::kInterpreted;
#endif

/// A hart with a little RAM and a bus that answers at one device address, for tests without a kernel.
class Machine : public BusPort {
 public:
  static constexpr uint32_t kRam = 0x80000000;
  static constexpr uint32_t kRamSize = 0x10000;
  static constexpr uint32_t kData = kRam + 0x8000;
  static constexpr uint32_t kDevice = 0x10000000;  ///< 16 bytes
  static constexpr uint32_t kRomBase = 0x1000;

  struct Access {
    uint32_t address, size, value;
    uint64_t step;
    bool is_store;
  };

  explicit Machine(CpuEngine engine = kEngineUnderTest) : ram(kRamSize), rom(256), cpu(*this, 1) {
    cpu.set_ram(kRam, kRamSize, ram.data());
    cpu.set_engine(engine);
    cpu.reset(kRam);
  }

  void load(const std::vector<uint8_t>& code, uint32_t address = kRam) {
    std::copy(code.begin(), code.end(), ram.begin() + (address - kRam));
    cpu.flush_code();
  }
  /// Runs one instruction, placed at the start of RAM.
  void run_one(uint32_t instruction) {
    std::memcpy(ram.data(), &instruction, 4);
    cpu.flush_code();
    cpu.set_pc(kRam);
    cpu.run(cpu.steps() + 1);
  }
  uint32_t word(uint32_t address) const {
    uint32_t value = 0;
    std::memcpy(&value, ram.data() + (address - kRam), 4);
    return value;
  }
  void set_word(uint32_t address, uint32_t value) { std::memcpy(ram.data() + (address - kRam), &value, 4); }

  bool load_from_bus(uint32_t address, uint32_t size, uint32_t* value) override {
    if (address - kDevice >= 16) return false;
    *value = device_value;
    accesses.push_back({address, size, *value, cpu.steps(), false});
    if (on_access) on_access();
    return true;
  }
  bool store_to_bus(uint32_t address, uint32_t size, uint32_t value) override {
    if (address - kDevice >= 16) return false;
    accesses.push_back({address, size, value, cpu.steps(), true});
    if (on_access) on_access();
    return true;
  }
  std::optional<CodeRegion> code_region(uint32_t address) override {
    if (address - kRomBase >= rom.size()) return std::nullopt;
    return CodeRegion{kRomBase, rom.size(), rom.data()};
  }
  std::optional<uint64_t> time_now() override { return time; }

  std::vector<uint8_t> ram;
  std::vector<uint8_t> rom;
  Hart cpu;
  std::vector<Access> accesses;
  uint32_t device_value = 0;
  std::function<void()> on_access;
  std::optional<uint64_t> time;
};

}  // namespace saksi::hw

#endif
