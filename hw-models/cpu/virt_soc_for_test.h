#ifndef SAKSI_HW_MODELS_CPU_VIRT_SOC_FOR_TEST_H_
#define SAKSI_HW_MODELS_CPU_VIRT_SOC_FOR_TEST_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "hw-models/cpu/cpu.h"
#include "hw-models/cpu/elf_loader.h"
#include "hw-models/cpu/machine_for_test.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/clint.h"
#include "hw-models/soc/finisher.h"
#include "hw-models/soc/plic.h"
#include "hw-models/soc/ram.h"
#include "hw-models/soc/rom.h"
#include "hw-models/soc/uart.h"

namespace saksi::hw {

/// A CPU with the blocks that bare programs use, at QEMU virt's addresses, for tests. Build it inside a SystemcTest.
struct VirtSoc {
  static constexpr uint32_t kRamBase = 0x80000000;
  static constexpr uint32_t kRamSize = 4 << 20;
  static constexpr uint32_t kFinisher = 0x00100000;
  static constexpr uint32_t kClint = 0x02000000;
  static constexpr uint32_t kPlic = 0x0C000000;
  static constexpr uint32_t kUart = 0x10000000;
  static constexpr uint32_t kUartIrq = 10;

  explicit VirtSoc(const CpuConfig& config = config_under_test()) : cpu("cpu", config) {
    cpu.bus.bind(bus.target);
    bus.map(0x1000, 0x1000, rom.target);
    bus.map(kRamBase, kRamSize, ram.target);
    bus.map(kFinisher, 0x1000, finisher);
    bus.map(kClint, 0x10000, clint);
    bus.map(kPlic, 0x600000, plic);
    bus.map(kUart, 0x100, uart);
    cpu.set_register_lookup([this](uint32_t address) { return bus.registers_at(address); });
    clint.on_timer_deadline([this](sc_core::sc_time when) { cpu.set_timer_deadline(when); });
    clint.software_irq.connect([this](bool level) { cpu.set_software_irq(level); });
    plic.irq.connect([this](bool level) { cpu.set_external_irq(level); });
    plic.connect(kUartIrq, uart.irq);
    cpu.set_time_source([this](sc_core::sc_time when) { return clint.mtime(when); });
    uart.on_output([this](char character, sc_core::sc_time) { console += character; });
    finisher.on_finish([this](uint16_t status, uint16_t code) {
      finish_status = status;
      finish_code = code;
      cpu.power_off();
      sc_core::sc_stop();
    });
  }

  static CpuConfig config_under_test() {
    CpuConfig config;
    config.engine = kEngineUnderTest;
    return config;
  }
  static MemoryRange ram_range() { return {kRamBase, kRamSize}; }

  void load(const std::vector<uint8_t>& code) {
    std::memcpy(ram.direct(), code.data(), code.size());
  }
  void load(const Program& program) {
    place(program, ram_range(), ram.direct());
    rom.set_entry(program.entry);
  }

  uint32_t word(uint32_t address) const {
    uint32_t value = 0;
    std::memcpy(&value, ram.direct() + (address - kRamBase), sizeof value);
    return value;
  }

  Bus bus{"bus"};
  Rom rom{"rom", RomConfig{}};
  Ram ram{"ram", RamConfig{kRamSize}};
  Finisher finisher{"finisher", FinisherConfig{}};
  Clint clint{"clint", ClintConfig{}};
  Plic plic{"plic", PlicConfig{}};
  Uart uart{"uart", UartConfig{}};
  Cpu cpu;
  std::string console;
  uint16_t finish_status = 0;
  uint16_t finish_code = 0;
};

}  // namespace saksi::hw

#endif
