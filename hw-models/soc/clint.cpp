#include "hw-models/soc/clint.h"

#include "regs/clint_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::clint;
constexpr uint64_t kPsPerSecond = 1'000'000'000'000;

uint64_t scale(uint64_t value, uint64_t numerator, uint64_t denominator, uint64_t round) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(value) * numerator + round) / denominator);
}

}  // namespace

Clint::Clint(sc_core::sc_module_name name, const ClintConfig& config)
    : RegBlock(name, r::kRegisters), clock_hz_(config.clock_hz), timer_event_("timer_event") {
  regs.on_write(r::kMsip, [this](uint32_t value) {
    regs.set(r::kMsip, value & r::kMsipMsip.mask());
    software_irq.set((value & r::kMsipMsip.mask()) != 0);
  });
  regs.on_write(r::kMtimecmpLo, [this](uint32_t) { update_timer(); });
  regs.on_write(r::kMtimecmpHi, [this](uint32_t) { update_timer(); });
  regs.on_read(r::kMtimeLo, [this] { return static_cast<uint32_t>(mtime(now())); });
  regs.on_read(r::kMtimeHi, [this] { return static_cast<uint32_t>(mtime(now()) >> 32); });
  regs.on_write(r::kMtimeLo, [this](uint32_t value) { write_mtime((mtime(now()) >> 32 << 32) | value); });
  regs.on_write(r::kMtimeHi, [this](uint32_t value) { write_mtime((mtime(now()) & 0xFFFFFFFFu) | uint64_t{value} << 32); });

  SC_HAS_PROCESS(Clint);
  SC_METHOD(update_timer);
  sensitive << timer_event_;
  dont_initialize();
}

void Clint::reset() {
  RegBlock::reset();
  timer_event_.cancel();
  epoch_ = sc_core::sc_time_stamp();
  ticks_at_epoch_ = 0;
  timer_irq.set(false);
  software_irq.set(false);
}

uint64_t Clint::mtime(sc_core::sc_time when) const {
  return ticks_at_epoch_ + scale((when - epoch_).value(), clock_hz_, kPsPerSecond, 0);
}

void Clint::write_mtime(uint64_t value) {
  epoch_ = now();
  ticks_at_epoch_ = value;
  update_timer();
}

uint64_t Clint::mtimecmp() const { return uint64_t{regs.value(r::kMtimecmpHi)} << 32 | regs.value(r::kMtimecmpLo); }

/// Sets the interrupt as it is now, and the event for when that changes. A compare value that lies further off than the simulation's time
/// reaches has none.
void Clint::update_timer() {
  timer_event_.cancel();
  const uint64_t time = mtime(now());
  const uint64_t compare = mtimecmp();
  timer_irq.set(time >= compare);
  if (time >= compare) return;
  const uint64_t ticks_after_epoch = compare - ticks_at_epoch_;
  constexpr uint64_t kFar = uint64_t{1} << 63;
  if (ticks_after_epoch >= kFar / kPsPerSecond * clock_hz_) return;
  const uint64_t ps = scale(ticks_after_epoch, kPsPerSecond, clock_hz_, clock_hz_ - 1);
  notify_at(timer_event_, epoch_ + sc_core::sc_time::from_value(ps));
}

}  // namespace saksi::hw
