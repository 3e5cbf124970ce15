#include "hw-models/soc/plic.h"

namespace saksi::hw {
namespace {

namespace r = regs::plic;
constexpr uint32_t kPriorityMask = 7;

}  // namespace

Plic::Plic(sc_core::sc_module_name name, const PlicConfig& /*config*/)
    : RegBlock(name, r::kRegisters),
      contexts_{{{r::kEnable, r::kThreshold, r::kClaim, &irq}, {r::kEnableS, r::kThresholdS, r::kClaimS, &supervisor_irq}}},
      relatch_event_("relatch_event") {
  regs.on_write_indexed(r::kPriority, [this](uint32_t source, uint32_t value) {
    regs.set(r::kPriority, source == 0 ? 0 : value & kPriorityMask, source);
    update_irq();
  });
  for (const Context& context : contexts_) attach(context);

  SC_HAS_PROCESS(Plic);
  SC_METHOD(relatch);
  sensitive << relatch_event_;
  dont_initialize();
}

void Plic::attach(const Context& context) {
  regs.on_write_indexed(context.enable, [this, &context](uint32_t word, uint32_t value) {
    regs.set(context.enable, word == 0 ? value & ~1u : value, word);
    update_irq();
  });
  regs.on_write(context.threshold, [this, &context](uint32_t value) {
    regs.set(context.threshold, value & kPriorityMask);
    update_irq();
  });
  regs.on_read(context.claim, [this, &context] { return claim(context); });
  regs.on_write(context.claim, [this, &context](uint32_t source) { complete(context, source); });
}

void Plic::reset() {
  RegBlock::reset();
  supervisor_irq.set(false);
  in_service_.fill(false);
  // The other blocks are being reset at this very moment, in no particular order: what is high afterwards becomes pending.
  relatch_event_.notify(sc_core::SC_ZERO_TIME);
}

void Plic::relatch() {
  for (uint32_t source = 1; source < kSources; ++source) latch(source);
  update_irq();
}

void Plic::set_source(uint32_t source, bool level) {
  sc_assert(source > 0 && source < kSources);
  if (observer_ && level != level_[source]) observer_(source, level);
  level_[source] = level;
  latch(source);
  update_irq();
}

void Plic::connect(uint32_t source, IrqLine& line) {
  line.connect([this, source](bool level) { set_source(source, level); });
}

/// The gateway: forwards a high level unless the last one has not been completed.
void Plic::latch(uint32_t source) {
  if (level_[source] && !in_service_[source]) set_pending(source, true);
}

void Plic::set_pending(uint32_t source, bool pending) {
  const uint32_t mask = 1u << (source % 32);
  const uint32_t word = regs.value(r::kPending, source / 32);
  regs.set(r::kPending, pending ? word | mask : word & ~mask, source / 32);
}

/// The pending and enabled source of the highest priority above a bound, the lowest number among equals; 0 if there is none.
uint32_t Plic::best_source(const Context& context, uint32_t above_priority) const {
  uint32_t best = 0;
  for (uint32_t word = 0; word < r::kPendingCount; ++word) {
    uint32_t candidates = regs.value(r::kPending, word) & regs.value(context.enable, word);
    for (; candidates != 0; candidates &= candidates - 1) {
      const uint32_t source = 32 * word + static_cast<uint32_t>(__builtin_ctz(candidates));
      const uint32_t priority = regs.value(r::kPriority, source);
      if (priority <= above_priority) continue;
      best = source;
      above_priority = priority;
    }
  }
  return best;
}

uint32_t Plic::claim(const Context& context) {
  const uint32_t source = best_source(context, 0);
  if (source == 0) return 0;
  set_pending(source, false);
  in_service_[source] = true;
  update_irq();
  return source;
}

void Plic::complete(const Context& context, uint32_t source) {
  const bool enabled = source < kSources && (regs.value(context.enable, source / 32) >> (source % 32) & 1) != 0;
  if (source == 0 || !enabled) return;
  in_service_[source] = false;
  latch(source);
  update_irq();
}

void Plic::update_irq() {
  for (const Context& context : contexts_) context.irq->set(best_source(context, regs.value(context.threshold)) != 0);
}

}  // namespace saksi::hw
