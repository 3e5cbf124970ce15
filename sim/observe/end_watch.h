#ifndef SAKSI_SIM_OBSERVE_END_WATCH_H_
#define SAKSI_SIM_OBSERVE_END_WATCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>

#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/elf_loader.h"

namespace saksi::sim {

/// A firmware that will not get on any more.
struct FirmwareEnd {
  std::string why;  ///< in a sentence
  int64_t t_ns = 0;
  uint64_t position = 0;  ///< CpuDebug::position() there
};

/// Notices when the firmware is lost, at no cost while it is not:
/// - it traps and has no handler: the first instruction of the handler traps as well (mtvec is 0, or points to where no code is), which then
///   repeats for ever;
/// - it hangs: for `hang_after_ns` it makes no progress. Progress is a write to a register of any block but the interrupt controller and the
///   timer (so console output and LEDs count, a tick that only sets the next one does not), and the end of a sleep in WFI. A CPU that is off or
///   sleeps with an interrupt enabled does not hang. Looked at every eighth of the time.
/// To be made before time passes. `lost` is called once, in the kernel's thread, at the first of these.
class EndWatch : public sc_core::sc_module {
 public:
  /// hang_after_ns 0: hangs are not looked for.
  EndWatch(sc_core::sc_module_name name, hw::CpuDebug& cpu, const hw::SymbolTable& symbols, int64_t hang_after_ns,
           std::function<void(const FirmwareEnd&)> lost);
  ~EndWatch() override;

 private:
  void look();
  void lost_trap(const hw::LostTrap& trap);
  void end(const std::string& why);

  hw::CpuDebug& cpu_;
  const hw::SymbolTable& symbols_;
  int64_t hang_after_ns_;
  std::function<void(const FirmwareEnd&)> lost_;
  bool ended_ = false;
  uint64_t progress_ = 0;
  int64_t since_ns_ = 0;  ///< time of the last progress that was seen
  sc_core::sc_event look_event_;
};

}  // namespace saksi::sim

#endif
