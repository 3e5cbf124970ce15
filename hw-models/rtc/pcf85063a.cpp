#include "hw-models/rtc/pcf85063a.h"

#include <algorithm>
#include <cmath>

#include "hw-models/rtc/calendar.h"
#include "regs/pcf85063a_regs.hpp"

namespace saksi::hw {

namespace {

namespace r = regs::pcf85063a;
using sc_core::sc_time;

constexpr uint8_t kResetCommand = 0x58;
constexpr uint32_t kLastRegister = r::kTimerMode;
constexpr int64_t kBillion = 1'000'000'000;
/// Ticks of fraction_: a picosecond at a rate of a billion parts in a billion.
constexpr __int128 kSecondTicks = static_cast<__int128>(1'000'000'000'000) * kBillion;

uint32_t to_bcd(int value) { return static_cast<uint32_t>(value / 10 << 4 | value % 10); }

int from_bcd(uint32_t bcd, int lowest, int highest) {
  return std::clamp(static_cast<int>((bcd >> 4) * 10 + std::min(bcd & 0xF, 9u)), lowest, highest);
}

}  // namespace

Pcf85063a::Pcf85063a(sc_core::sc_module_name name, const Pcf85063aConfig& config)
    : sc_core::sc_module(name), config_(config), regs_(r::kRegisters), seconds_(config.date_s) {
  regs_.set_field(r::kSecondsOs, 0);
  if (config_.backup == Pcf85063aConfig::Backup::kFlat) lose_time();
  if (config_.stopped == Pcf85063aConfig::Stopped::kOscillator) regs_.set_field(r::kSecondsOs, 1);
  if (config_.stopped == Pcf85063aConfig::Stopped::kCounter) regs_.set_field(r::kControl1Stop, 1);
  show_time();
}

void Pcf85063a::power_on() {
  if (!powered_ && config_.backup != Pcf85063aConfig::Backup::kOn) counted_ = std::max(counted_, sc_core::sc_time_stamp());
  powered_ = true;
}

void Pcf85063a::power_off() {
  if (!powered_) return;
  advance(sc_core::sc_time_stamp());
  powered_ = false;
  address_ = 0;
  if (config_.backup != Pcf85063aConfig::Backup::kOn) lose_time();
}

/// What the part shows when it gets power for the first time.
void Pcf85063a::lose_time() {
  regs_.reset();
  seconds_ = kCalendarFirst_s;
  fraction_ = 0;
  weekday_shift_ = 0;
  show_time();
}

bool Pcf85063a::counts() const { return regs_.field(r::kControl1Stop) == 0 && config_.stopped != Pcf85063aConfig::Stopped::kOscillator; }

/// Seconds of the clock in a billion of seconds.
int64_t Pcf85063a::rate_ppb() const {
  constexpr int64_t kStepPpb = 4'340, kFineStepPpb = 4'069;
  const int64_t raw = regs_.field(r::kOffsetValue);
  const int64_t steps = raw >= 64 ? raw - 128 : raw;
  const int64_t correction = steps * (regs_.field(r::kOffsetMode) != 0 ? kFineStepPpb : kStepPpb);
  return kBillion + static_cast<int64_t>(std::llround(config_.drift_ppm * 1000)) - correction;
}

void Pcf85063a::advance(sc_time now) {
  const auto passed_ps = static_cast<__int128>(now.value()) - static_cast<__int128>(counted_.value());
  counted_ = now;
  if (!counts() || passed_ps <= 0) return;
  const __int128 ticks = static_cast<__int128>(fraction_) + passed_ps * rate_ppb();
  const auto whole_s = static_cast<int64_t>(ticks / kSecondTicks);
  fraction_ = ticks % kSecondTicks;
  if (whole_s == 0) return;
  check_alarm(seconds_, seconds_ + whole_s);
  seconds_ += whole_s;
  if (seconds_ >= kCalendarEnd_s) seconds_ = kCalendarFirst_s + (seconds_ - kCalendarEnd_s) % (kCalendarEnd_s - kCalendarFirst_s);
  show_time();
}

void Pcf85063a::show_time() {
  const CalendarTime time = to_calendar(seconds_);
  regs_.set_field(r::kSecondsBcd, to_bcd(time.second));
  regs_.set(r::kMinutes, to_bcd(time.minute));
  regs_.set(r::kHours, to_bcd(time.hour));
  regs_.set(r::kDays, to_bcd(time.day));
  regs_.set(r::kMonths, to_bcd(time.month));
  regs_.set(r::kYears, to_bcd(time.year - 2000));
  regs_.set(r::kWeekdays, static_cast<uint32_t>((weekday_of(seconds_) + weekday_shift_) % 7));
}

void Pcf85063a::take_time() {
  CalendarTime time;
  time.second = from_bcd(regs_.field(r::kSecondsBcd), 0, 59);
  time.minute = from_bcd(regs_.field(r::kMinutesBcd), 0, 59);
  time.hour = from_bcd(regs_.field(r::kHoursBcd), 0, 23);
  time.day = from_bcd(regs_.field(r::kDaysBcd), 1, 31);
  time.month = from_bcd(regs_.field(r::kMonthsBcd), 1, 12);
  time.year = 2000 + from_bcd(regs_.field(r::kYearsBcd), 0, 99);
  seconds_ = to_seconds(time);
  weekday_shift_ = (static_cast<int64_t>(regs_.field(r::kWeekdaysDay)) - weekday_of(seconds_) + 7) % 7;
}

/// Sets the alarm's flag if its registers match a second behind `from_s`, up to `to_s`. Of a longer time the last month counts.
void Pcf85063a::check_alarm(int64_t from_s, int64_t to_s) {
  const regs::Field disabled[] = {r::kSecondAlarmDisable, r::kMinuteAlarmDisable, r::kHourAlarmDisable, r::kDayAlarmDisable, r::kWeekdayAlarmDisable};
  if (std::all_of(std::begin(disabled), std::end(disabled), [this](regs::Field field) { return regs_.field(field) != 0; })) return;
  constexpr int64_t kMonth_s = 31 * 86'400;
  const auto matches = [this](regs::Field disable, uint32_t wanted, uint32_t shown) { return regs_.field(disable) != 0 || wanted == shown; };
  for (int64_t second = std::max(from_s + 1, to_s - kMonth_s); second <= to_s; ++second) {
    const CalendarTime time = to_calendar(std::min(second, kCalendarEnd_s - 1));
    const auto weekday = static_cast<uint32_t>((weekday_of(second) + weekday_shift_) % 7);
    if (matches(r::kSecondAlarmDisable, regs_.field(r::kSecondAlarmBcd), to_bcd(time.second)) &&
        matches(r::kMinuteAlarmDisable, regs_.field(r::kMinuteAlarmBcd), to_bcd(time.minute)) &&
        matches(r::kHourAlarmDisable, regs_.field(r::kHourAlarmBcd), to_bcd(time.hour)) &&
        matches(r::kDayAlarmDisable, regs_.field(r::kDayAlarmBcd), to_bcd(time.day)) &&
        matches(r::kWeekdayAlarmDisable, regs_.field(r::kWeekdayAlarmDay), weekday)) {
      regs_.set_field(r::kControl2Af, 1);
      return;
    }
  }
}

void Pcf85063a::software_reset() {
  lose_time();
  if (config_.stopped == Pcf85063aConfig::Stopped::kOscillator) regs_.set_field(r::kSecondsOs, 1);
}

bool Pcf85063a::write(const uint8_t* data, size_t size, sc_time now) {
  if (!powered_) return false;
  if (size == 0) return true;
  advance(now);
  address_ = data[0];
  bool sets_time = false;
  for (size_t i = 1; i < size; ++i) {
    sets_time = sets_time || (address_ >= r::kSeconds && address_ <= r::kYears);
    write_register(address_, data[i], now);
    address_ = address_ >= kLastRegister ? 0 : address_ + 1;
  }
  if (sets_time) {
    take_time();
    show_time();
  }
  return true;
}

void Pcf85063a::write_register(uint32_t address, uint8_t value, sc_time now) {
  if (address > kLastRegister) return;
  if (address == r::kControl1 && value == kResetCommand) return software_reset();
  const bool stood = regs_.field(r::kControl1Stop) != 0;
  if (address == r::kControl2) value = static_cast<uint8_t>(value & ~(r::kControl2Af.put(1) & ~regs_.value(r::kControl2)));
  regs_.write(address, 1, value);
  // A quartz that does not swing keeps OS set.
  if (config_.stopped == Pcf85063aConfig::Stopped::kOscillator) regs_.set_field(r::kSecondsOs, 1);
  if (stood && regs_.field(r::kControl1Stop) == 0) {
    fraction_ = 0;
    counted_ = now;
  }
}

bool Pcf85063a::read(uint8_t* data, size_t size, sc_time now) {
  if (!powered_) return false;
  advance(now);
  for (size_t i = 0; i < size; ++i) {
    data[i] = static_cast<uint8_t>(address_ <= kLastRegister ? regs_.value(address_) : 0);
    address_ = address_ >= kLastRegister ? 0 : address_ + 1;
  }
  return true;
}

}  // namespace saksi::hw
