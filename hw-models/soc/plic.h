#ifndef SAKSI_HW_MODELS_SOC_PLIC_H_
#define SAKSI_HW_MODELS_SOC_PLIC_H_

#include <array>
#include <cstdint>
#include <functional>
#include <utility>

#include "hw-models/base/reg_block.h"
#include "regs/plic_regs.hpp"

namespace saksi::hw {

struct PlicConfig {};

/// SiFive PLIC with two contexts (hart 0 in M and in S mode), after the RISC-V PLIC specification 1.0. Sources are level triggered: a high
/// level makes a source pending, and it stays pending until claimed even if the level drops; between claim and completion it cannot become
/// pending again. A claim ignores the threshold, as specified. `irq` is mip.MEIP.
class Plic : public RegBlock {
 public:
  static constexpr uint32_t kSources = regs::plic::kPriorityCount;  ///< source 0 does not exist

  Plic(sc_core::sc_module_name name, const PlicConfig& config);

  /// Level of a source's wire, 1 <= source < kSources.
  void set_source(uint32_t source, bool level);
  /// Wires a block's irq to a source.
  void connect(uint32_t source, IrqLine& line);
  /// Tells `observer` of every change of a source's wire from now on.
  void on_source(std::function<void(uint32_t source, bool level)> observer) { observer_ = std::move(observer); }
  /// mip.SEIP. A hart without S mode leaves it unconnected; the context's registers work all the same.
  IrqLine supervisor_irq;

  void reset() override;

 private:
  /// The registers of one context, and its wire.
  struct Context {
    uint32_t enable, threshold, claim;
    IrqLine* irq;
  };

  void attach(const Context& context);
  uint32_t best_source(const Context& context, uint32_t above_priority) const;
  uint32_t claim(const Context& context);
  void complete(const Context& context, uint32_t source);
  void latch(uint32_t source);
  void relatch();
  void update_irq();
  void set_pending(uint32_t source, bool pending);

  std::array<Context, 2> contexts_;
  std::function<void(uint32_t, bool)> observer_;
  std::array<bool, kSources> level_{};
  std::array<bool, kSources> in_service_{};
  sc_core::sc_event relatch_event_;
};

}  // namespace saksi::hw

#endif
