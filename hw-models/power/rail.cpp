#include "hw-models/power/rail.h"

#include <algorithm>

namespace saksi::hw {

using sc_core::sc_time;

namespace {

/// Largest integer whose square is at most `value`.
int64_t square_root(int64_t value) {
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 31; bit > 0; bit >>= 1) {
    const int64_t candidate = root + bit;
    if (candidate <= value / candidate) root = candidate;
  }
  return root;
}

constexpr int64_t kPicosecondsPerMicrosecond = 1'000'000;

}  // namespace

Rail::Rail(sc_core::sc_module_name name, const RailConfig& config) : sc_module(name), config_(config) {
  SC_HAS_PROCESS(Rail);
  SC_METHOD(power_method);
  sensitive << power_event_;
  dont_initialize();
  SC_METHOD(refresh_method);
  sensitive << refresh_event_;
  dont_initialize();
}

void Rail::connect(PowerSource& source) {
  integrate();
  if (source_) source_->connect(nullptr);
  source_ = &source;
  source_->connect([this] { update(true); });
  update(true);
}

void Rail::add(Load& load) {
  loads_.push_back(&load);
  load.connect([this] { update(false); });
  update(false);
}

sc_time Rail::now() const { return std::max(clock_ ? clock_() : sc_core::sc_time_stamp(), integrated_until_); }

uint64_t Rail::load_uw() const {
  uint64_t sum = config_.quiescent_uw;
  if (!good_) return sum;
  for (const Load* load : loads_) sum += load->uw();
  return sum;
}

void Rail::integrate() {
  const sc_time until = now();
  const auto ps = static_cast<__int128>((until - integrated_until_).value());
  integrated_until_ = until;
  charge_ps_ua_ += ps * ua_;
  energy_ps_uw_ += ps * uw_;
  const __int128 charge_fc = charge_ps_ua_ / 1000;
  if (source_) source_->drew_fc(static_cast<int64_t>(charge_fc - reported_fc_));
  reported_fc_ = charge_fc;
}

/// Works out voltage and current for constant power behind a resistance: V = (E + sqrt(E^2 - 4 R P)) / 2.
void Rail::solve() {
  const int64_t open_uv = source_ ? source_->open_uv() : 0;
  uint32_t mv = 0;
  uint32_t ua = 0;
  uw_ = 0;
  if (open_uv > 0) {
    uw_ = load_uw();
    const int64_t squared = open_uv * open_uv - 4 * source_->resistance_uohm() * static_cast<int64_t>(uw_);
    // More than the source can give: the voltage collapses to half, where it gives most.
    const int64_t uv = squared < 0 ? open_uv / 2 : (open_uv + square_root(squared)) / 2;
    mv = static_cast<uint32_t>(uv / 1000);
    ua = static_cast<uint32_t>(static_cast<int64_t>(uw_) * 1'000'000 / uv);
  }
  if (mv == mv_ && ua == ua_) return;
  mv_ = mv;
  ua_ = ua;
  for (const Observer& observer : observers_) observer(mv_, ua_, integrated_until_);
}

void Rail::update(bool direct) {
  integrate();
  solve();
  if (direct) {
    settle_power();
  } else if (good_ && mv_ < config_.brown_out_mv) {
    const sc_time kernel = sc_core::sc_time_stamp();
    power_event_.cancel();
    power_event_.notify(integrated_until_ > kernel ? integrated_until_ - kernel : sc_core::SC_ZERO_TIME);
  }
  if (source_ && mv_ > 0 && source_->refresh() > sc_core::SC_ZERO_TIME) {
    refresh_event_.notify(integrated_until_ + source_->refresh() - sc_core::sc_time_stamp());
  }
}

void Rail::settle_power() {
  if (good_ && mv_ < config_.brown_out_mv) {
    good_ = false;
    restart_at_ = integrated_until_ + sc_time::from_value(config_.restart_delay_us * static_cast<uint64_t>(kPicosecondsPerMicrosecond));
    if (power_bad_) power_bad_(integrated_until_);
    integrate();
    solve();
  }
  if (good_ || mv_ < config_.brown_out_mv + config_.hysteresis_mv) return;
  const sc_time kernel = sc_core::sc_time_stamp();
  if (kernel < restart_at_) {
    power_event_.cancel();
    power_event_.notify(restart_at_ - kernel);
    return;
  }
  good_ = true;
  if (power_good_) power_good_(integrated_until_);
  integrate();
  solve();
}

void Rail::power_method() { update(true); }

void Rail::refresh_method() { update(true); }

uint64_t Rail::energy_uj() {
  integrate();
  return static_cast<uint64_t>(energy_ps_uw_ / 1'000'000'000'000);
}

uint64_t Rail::charge_uc() {
  integrate();
  return static_cast<uint64_t>(charge_ps_ua_ / 1'000'000'000'000);
}

}  // namespace saksi::hw
