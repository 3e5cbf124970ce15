#ifndef SAKSI_HW_MODELS_BOARD_BOARD_SPEC_H_
#define SAKSI_HW_MODELS_BOARD_BOARD_SPEC_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw-models/rtl-build/rtl_source.h"

namespace saksi::hw {

/// A board file, read: which memories and blocks, where, on which interrupt and clock.
struct BoardSpec {
  static constexpr uint32_t kIrqMax = 95;  ///< sources of the PLIC

  struct Memory {
    std::string name;
    uint32_t address;
    uint32_t size;
  };
  struct Block {
    std::string name;
    std::string type;
    uint32_t address;
    uint32_t size = 0;             ///< of its registers' addresses, by its type; an `unpopulated` or `rtl` one says it
    uint32_t irq = 0;              ///< source of the PLIC, 0 for none
    uint64_t clock_hz = 0;         ///< 0: the type's default
    uint32_t reads_as = 0;         ///< every word of an `unpopulated` one
    std::string place;             ///< "file:line:column", for messages
    std::optional<RtlSource> rtl;  ///< of type `rtl`: a design of the user's
    uint32_t idle_uw = 1'000;      ///< what it draws
    uint32_t busy_uw = 60'000;
  };
  struct I2cTarget {
    std::string name;
    std::string type;
    uint8_t address;
    std::string place;
  };

  std::string name;
  std::string path;
  std::string compatible;  ///< of the device tree's root
  uint64_t cpu_clock_hz = 100'000'000;
  uint32_t cpi = 1;
  uint32_t reset_pc = 0x1000;
  std::vector<Memory> memories;
  std::vector<Block> blocks;
  std::vector<I2cTarget> i2c_devices;
  std::map<std::string, int> gpio_pins;  ///< by name, such as led_red

  const Memory& memory(const std::string& name) const;
  const Block* block_of_type(const std::string& type) const;
  bool has_i2c_device(const std::string& type) const;
  /// The clock of a block, or what its type has by default: 10 MHz for a clint, 3.6864 MHz for a uart, else 0.
  static uint64_t clock_of(const Block& block);
};

/// Reads a board file. Throws UsageError with file, line and column for a mistake in it: an unknown key or type, ranges that overlap, an
/// interrupt or a pin that is used twice.
BoardSpec load_board_spec(const std::string& path);

}  // namespace saksi::hw

#endif
