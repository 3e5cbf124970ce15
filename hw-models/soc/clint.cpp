#include "hw-models/soc/clint.h"

#include <numeric>

#include "regs/clint_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::clint;
constexpr uint64_t kPsPerSecond = 1'000'000'000'000;

/// value * numerator / denominator, rounded down after adding `round`.
uint64_t scale(uint64_t value, uint64_t numerator, uint64_t denominator, uint64_t round) {
  if (numerator == 1) return (value + round) / denominator;
  return static_cast<uint64_t>((static_cast<unsigned __int128>(value) * numerator + round) / denominator);
}

}  // namespace

Clint::Clint(sc_core::sc_module_name name, const ClintConfig& config)
    : RegBlock(name, r::kRegisters),
      ticks_(config.clock_hz / std::gcd(config.clock_hz, kPsPerSecond)),
      ps_(kPsPerSecond / std::gcd(config.clock_hz, kPsPerSecond)),
      timer_deadline_(sc_core::sc_max_time()) {
  regs.on_write(r::kMsip, [this](uint32_t value) {
    regs.set(r::kMsip, value & r::kMsipMsip.mask());
    software_irq.set((value & r::kMsipMsip.mask()) != 0);
  });
  regs.on_quiet_write(r::kMtimecmpLo, [this](uint32_t) { update_timer(); });
  regs.on_quiet_write(r::kMtimecmpHi, [this](uint32_t) { update_timer(); });
  regs.on_quiet_read(r::kMtimeLo, [this] { return static_cast<uint32_t>(mtime(now())); });
  regs.on_quiet_read(r::kMtimeHi, [this] { return static_cast<uint32_t>(mtime(now()) >> 32); });
  regs.on_quiet_write(r::kMtimeLo, [this](uint32_t value) { write_mtime((mtime(now()) >> 32 << 32) | value); });
  regs.on_quiet_write(r::kMtimeHi, [this](uint32_t value) { write_mtime((mtime(now()) & 0xFFFFFFFFu) | uint64_t{value} << 32); });
}

void Clint::reset() {
  RegBlock::reset();
  epoch_ = sc_core::sc_time_stamp();
  ticks_at_epoch_ = 0;
  software_irq.set(false);
  update_timer();
}

uint64_t Clint::mtime(sc_core::sc_time when) const {
  return ticks_at_epoch_ + scale((when - epoch_).value(), ticks_, ps_, 0);
}

void Clint::write_mtime(uint64_t value) {
  epoch_ = now();
  ticks_at_epoch_ = value;
  update_timer();
}

uint64_t Clint::mtimecmp() const { return uint64_t{regs.value(r::kMtimecmpHi)} << 32 | regs.value(r::kMtimecmpLo); }

/// Works out from when on mtime >= mtimecmp. That is taken to last until one of the two is written: nothing waits for mtime to wrap around.
void Clint::update_timer() {
  constexpr uint64_t kFarPs = uint64_t{1} << 62;
  const uint64_t compare = mtimecmp();
  const uint64_t ticks = compare > ticks_at_epoch_ ? compare - ticks_at_epoch_ : 0;
  timer_deadline_ = sc_core::sc_max_time();
  if (ticks < kFarPs / ps_ * ticks_) timer_deadline_ = epoch_ + sc_core::sc_time::from_value(scale(ticks, ps_, ticks_, ticks_ - 1));
  if (on_timer_deadline_) on_timer_deadline_(timer_deadline_);
}

}  // namespace saksi::hw
