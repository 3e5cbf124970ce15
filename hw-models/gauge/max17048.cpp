#include "hw-models/gauge/max17048.h"

#include <algorithm>

#include "base/seed_stream.h"
#include "hw-models/power/cell.h"
#include "regs/max17048_regs.hpp"

namespace saksi::hw {

namespace {

namespace r = regs::max17048;
using sc_core::sc_time;

constexpr uint32_t kResetCommand = 0x5400;
constexpr int64_t kVoltageStepPv = 78'125'000;  ///< picovolts
constexpr int64_t kPpmPerPercent = 10'000;
constexpr uint32_t kAlertStepMv = 20;
/// A step of CRATE: 0.208 % an hour, in 1e-9 of a charge an hour.
constexpr int64_t kRateStepPpb = 2'080'000;

sc_time update_period() { return {250, sc_core::SC_MS}; }
sc_time rate_period() { return {10, sc_core::SC_SEC}; }

}  // namespace

Max17048::Max17048(sc_core::sc_module_name name, const Max17048Config& config, const Rail& rail)
    : sc_core::sc_module(name), rail_(rail), regs_(r::kRegisters) {
  SeedStream chance(config.seed, "max17048");
  error_uv_ = static_cast<int64_t>(chance.below(2 * kErrorUv + 1)) - kErrorUv;
}

void Max17048::power_on() {
  if (!powered_) reset(sc_core::sc_time_stamp());
  powered_ = true;
}

void Max17048::power_off() { powered_ = false; }

void Max17048::reset(sc_time now) {
  regs_.reset();
  address_ = 0;
  has_measured_ = false;
  measure(now);
}

void Max17048::measure_if_due(sc_time now) {
  if (!has_measured_ || now >= measured_ + update_period()) measure(now);
}

void Max17048::measure(sc_time now) {
  const int64_t terminal_uv = std::max<int64_t>(0, static_cast<int64_t>(rail_.mv()) * 1000 + error_uv_);
  const int64_t charge_ppm = Cell::charge_ppm_at(rail_.open_uv() + error_uv_);
  const uint32_t percent_before = regs_.field(r::kSocPercent);
  regs_.set(r::kVcell, static_cast<uint32_t>(std::min<int64_t>(0xFFFF, terminal_uv * 1'000'000 / kVoltageStepPv)));
  regs_.set(r::kSoc, static_cast<uint32_t>(charge_ppm * 256 / kPpmPerPercent));
  take_rate(charge_ppm, now);
  alert(has_measured_ ? percent_before : 100, regs_.field(r::kSocPercent), static_cast<uint32_t>(terminal_uv / 1000));
  measured_ = now;
  has_measured_ = true;
}

void Max17048::take_rate(int64_t charge_ppm, sc_time now) {
  if (has_measured_ && now < rate_from_ + rate_period()) return;
  if (has_measured_) {
    constexpr int64_t kHour_ms = 3'600'000;
    const auto passed_ms = static_cast<int64_t>((now - rate_from_).to_seconds() * 1000);
    const int64_t steps = (charge_ppm - rate_from_ppm_) * 1000 * kHour_ms / passed_ms / kRateStepPpb;
    regs_.set(r::kCrate, static_cast<uint32_t>(std::clamp<int64_t>(steps, INT16_MIN, INT16_MAX)) & 0xFFFF);
  }
  rate_from_ = now;
  rate_from_ppm_ = charge_ppm;
}

void Max17048::alert(uint32_t percent_before, uint32_t percent, uint32_t mv) {
  const uint32_t threshold = 32 - regs_.field(r::kConfigAthd);
  const auto raise = [this](regs::Field what) {
    regs_.set_field(what, 1);
    regs_.set_field(r::kConfigAlrt, 1);
  };
  if (percent < threshold && percent_before >= threshold) raise(r::kStatusHd);
  if (has_measured_ && regs_.field(r::kConfigAlsc) != 0 && percent != percent_before) raise(r::kStatusSc);
  if (mv < regs_.field(r::kValrtMin) * kAlertStepMv) raise(r::kStatusVl);
  if (mv > regs_.field(r::kValrtMax) * kAlertStepMv) raise(r::kStatusVh);
}

bool Max17048::write(const uint8_t* data, size_t size, sc_time now) {
  if (!powered_) return false;
  if (size == 0) return true;
  measure_if_due(now);
  address_ = data[0];
  // A register is taken when its second byte has come.
  for (size_t i = 1; i + 1 < size; i += 2, address_ = static_cast<uint8_t>(address_ + 2)) {
    const uint32_t value = static_cast<uint32_t>(data[i]) << 8 | data[i + 1];
    const uint32_t at = address_ & ~1u;
    if (at == r::kCmd) {
      if (value == kResetCommand) reset(now);
      continue;
    }
    regs_.write(at, 2, value);
    if (at == r::kMode && r::kModeQuickStart.get(value) != 0) measure(now);
  }
  return true;
}

bool Max17048::read(uint8_t* data, size_t size, sc_time now) {
  if (!powered_) return false;
  measure_if_due(now);
  for (size_t i = 0; i < size; ++i, ++address_) {
    const uint32_t value = regs_.read(address_ & ~1u, 2);
    data[i] = static_cast<uint8_t>(address_ % 2 == 0 ? value >> 8 : value);
  }
  return true;
}

}  // namespace saksi::hw
