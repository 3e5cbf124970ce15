#ifndef SAKSI_SIM_DEBUG_MONITOR_H_
#define SAKSI_SIM_DEBUG_MONITOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw-models/board/block_view.h"

namespace saksi::sim {

/// What `monitor` commands need of the halted run.
struct MonitorTarget {
  std::vector<hw::BlockView> blocks;
  std::function<std::string()> time;
  /// The values that the guest would read now, one for each element of a register; nothing disturbed. Empty: it cannot be read.
  std::function<std::vector<uint32_t>(uint32_t address, uint32_t size, uint32_t count, uint32_t stride)> read;
  std::function<bool(uint32_t address, uint32_t size, uint32_t value)> write;
  std::function<std::string(uint64_t count)> trace;
  std::function<std::string()> checkpoints;
  /// Starts again from the first instruction, from the next answer on; the text to answer with.
  std::function<std::string()> reset;
};

/// GDB's `monitor` commands: text in, text out. Anything that it does not know gives a message that says what there is.
class Monitor {
 public:
  explicit Monitor(MonitorTarget target) : target_(std::move(target)) {}
  std::string run(const std::string& line);

 private:
  struct Place {
    const hw::BlockView* block;
    const regs::RegisterInfo* info;
    uint32_t index;
  };
  std::string blocks() const;
  std::string block_registers(const std::string& name) const;
  std::string one_register(const std::string& name, const std::string& value) const;
  std::string trace(const std::string& count) const;
  std::string register_line(const Place& place, uint32_t value) const;
  std::optional<Place> find(const std::string& name, std::string* problem) const;
  const hw::BlockView* find_block(const std::string& name) const;
  std::string block_names() const;

  MonitorTarget target_;
};

}  // namespace saksi::sim

#endif
