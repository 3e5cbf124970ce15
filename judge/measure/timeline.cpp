#include "judge/measure/timeline.h"

#include "base/recording_format.h"

namespace saksi::judge {

namespace {

constexpr char kRecordButton[] = "record";

Moment moment_of(const Event& event) { return {static_cast<double>(event.t_ns) / 1e9, static_cast<double>(event.u_ns) / 1e9}; }

}  // namespace

Timeline::Timeline(const Recording& recording, const Claims& claims)
    : led_recording_(claims.led(recording::kClaimLedRecording)),
      led_fault_(claims.led(recording::kClaimLedFault)),
      end_s_(static_cast<double>(recording.end_ns()) / 1e9) {
  for (const Event& event : recording.events) {
    if (event.kind == recording::kEventSupply) on_supply(event);
    if (event.kind == recording::kEventCard && event.action == recording::kCardPull) on_cut(moment_of(event).s, false);
    if (event.kind == recording::kEventPress && event.name == kRecordButton) on_press(event);
    if (event.kind == recording::kEventLed) on_led(event);
  }
}

void Timeline::on_supply(const Event& event) {
  if (supply_mv_ == 0 && event.mv > 0 && !power_on_) power_on_ = moment_of(event);
  if (supply_mv_ > 0 && event.mv == 0) on_cut(moment_of(event).s, true);
  supply_mv_ = event.mv;
}

void Timeline::on_cut(double s, bool is_supply) {
  cuts_.push_back({s, static_cast<int>(cuts_.size()) + 1, is_supply, is_lit(led_recording_), last_dark_s_, lit_since_s_});
  if (open_) {
    sessions_.back().until_s = s;
    sessions_.back().cut_short = true;
  }
  open_ = false;
}

void Timeline::on_press(const Event& event) {
  const bool without_power = power_on_ && supply_mv_ == 0;
  if (without_power) return;
  const bool stops = open_ && (is_lit(led_recording_) || !is_lit(led_fault_));
  if (stops) {
    sessions_.back().stop = moment_of(event);
    open_ = false;
    return;
  }
  if (!sessions_.empty() && !sessions_.back().cut_short) sessions_.back().until_s = moment_of(event).s;
  sessions_.push_back({moment_of(event), std::nullopt, end_s_, false});
  open_ = true;
}

void Timeline::on_led(const Event& event) {
  edges_.push_back({event.name, event.on, moment_of(event)});
  if (event.name != led_recording_) return;
  (event.on ? lit_since_s_ : last_dark_s_) = moment_of(event).s;
}

bool Timeline::is_lit(const std::optional<std::string>& led) const {
  for (auto edge = edges_.rbegin(); edge != edges_.rend(); ++edge) {
    if (led && edge->led == *led) return edge->on;
  }
  return false;
}

std::optional<Moment> Timeline::first_lit(const std::string& led, double from_s) const {
  bool lit = false;
  for (const LedEdge& edge : edges_) {
    if (edge.led != led) continue;
    if (edge.moment.s > from_s && lit) return Moment{from_s, 0};
    if (edge.moment.s > from_s && edge.on) return edge.moment;
    lit = edge.on;
  }
  return lit ? std::optional<Moment>({from_s, 0}) : std::nullopt;
}

}  // namespace saksi::judge
