#include "hw-models/soc/goldfish_rtc.h"

#include "regs/goldfish_rtc_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::goldfish_rtc;
constexpr uint64_t kPsPerNs = 1000;

uint32_t low(uint64_t value) { return static_cast<uint32_t>(value); }
uint32_t high(uint64_t value) { return static_cast<uint32_t>(value >> 32); }
uint64_t joined(uint32_t high_word, uint32_t low_word) { return uint64_t{high_word} << 32 | low_word; }

}  // namespace

GoldfishRtc::GoldfishRtc(sc_core::sc_module_name name, const GoldfishRtcConfig& config)
    : RegBlock(name, r::kRegisters), offset_ns_(config.start_s * 1'000'000'000), alarm_event_("alarm_event") {
  regs.on_read(r::kTimeLow, [this] {
    const uint64_t time = time_ns();
    regs.set(r::kTimeHigh, high(time));
    return low(time);
  });
  regs.on_write(r::kTimeLow, [this](uint32_t value) { set_time_ns(joined(high(time_ns()), value)); });
  regs.on_write(r::kTimeHigh, [this](uint32_t value) { set_time_ns(joined(value, low(time_ns()))); });
  regs.on_write(r::kAlarmLow, [this](uint32_t) { arm(); });
  regs.on_write(r::kIrqEnabled, [this](uint32_t) { update_irq(); });
  regs.on_write(r::kClearAlarm, [this](uint32_t) { disarm(); });
  regs.on_write(r::kClearInterrupt, [this](uint32_t) {
    pending_ = false;
    update_irq();
  });

  SC_HAS_PROCESS(GoldfishRtc);
  SC_METHOD(alarm_method);
  sensitive << alarm_event_;
  dont_initialize();
}

void GoldfishRtc::reset() {
  RegBlock::reset();
  alarm_event_.cancel();
  pending_ = false;
}

uint64_t GoldfishRtc::time_ns() const { return now().value() / kPsPerNs + offset_ns_; }

void GoldfishRtc::set_time_ns(uint64_t value) {
  offset_ns_ += value - time_ns();
  if (regs.field(r::kAlarmStatusArmed) != 0) arm();
}

void GoldfishRtc::arm() {
  alarm_event_.cancel();
  const uint64_t alarm = joined(regs.value(r::kAlarmHigh), regs.value(r::kAlarmLow));
  const uint64_t time = time_ns();
  if (alarm <= time) {
    alarm_method();
    return;
  }
  regs.set_field(r::kAlarmStatusArmed, 1);
  constexpr uint64_t kFarNs = UINT64_MAX / kPsPerNs / 2;  // beyond the reach of the simulation's time
  const uint64_t now_ns = now().value() / kPsPerNs;
  if (alarm - time < kFarNs) notify_at(alarm_event_, sc_core::sc_time::from_value((now_ns + (alarm - time)) * kPsPerNs));
}

void GoldfishRtc::disarm() {
  alarm_event_.cancel();
  regs.set_field(r::kAlarmStatusArmed, 0);
}

void GoldfishRtc::alarm_method() {
  regs.set_field(r::kAlarmStatusArmed, 0);
  pending_ = true;
  update_irq();
}

void GoldfishRtc::update_irq() { irq.set(pending_ && regs.field(r::kIrqEnabledAlarm) != 0); }

}  // namespace saksi::hw
