#include "judge/measure/timeline.h"

#include <algorithm>

#include "base/recording_format.h"

namespace saksi::judge {

namespace {

constexpr char kRecordButton[] = "record";
constexpr double kBounceS = 0.02;  ///< contacts bounce for 1 to 10 ms; nobody presses twice within 20
constexpr double kBlinkS = 0.6;    ///< longer than the dark half of an LED that blinks once a second
constexpr double kAnswerS = 10;    ///< from a press to its LED, while a device starts
constexpr double kDarkS = 2;       ///< longer than a recording LED blinks: a camera whose LED is dark for so long has ended the recording by itself

Moment moment_of(const Event& event) { return {static_cast<double>(event.t_ns) / 1e9, static_cast<double>(event.u_ns) / 1e9}; }

}  // namespace

Timeline::Timeline(const Recording& recording, const Claims& claims)
    : led_recording_(claims.led(recording::kClaimLedRecording)),
      led_fault_(claims.led(recording::kClaimLedFault)),
      led_ready_(claims.led(recording::kClaimLedReady)),
      end_s_(static_cast<double>(recording.end_ns()) / 1e9) {
  tells_releases_ = std::any_of(recording.events.begin(), recording.events.end(),
                                [](const Event& event) { return event.kind == recording::kEventRelease && event.name == kRecordButton; });
  for (const Event& event : recording.events) {
    if (event.kind == recording::kEventSupply) on_supply(event);
    if (event.kind == recording::kEventCard && event.action == recording::kCardPull) on_cut(moment_of(event).s, false);
    if (event.kind == recording::kEventPress && event.name == kRecordButton && is_press(event)) on_press(event);
    if (event.kind == recording::kEventRelease && event.name == kRecordButton) on_release(event);
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

/// A contact that closes again while it still bounces, or is closed already, is no press of its own.
bool Timeline::is_press(const Event& event) {
  const double s = moment_of(event).s;
  const bool is_bounce = last_edge_s_ && s - *last_edge_s_ < kBounceS;
  const bool was_held = is_held_ && tells_releases_;
  is_held_ = true;
  last_edge_s_ = s;
  return !is_bounce && !was_held;
}

void Timeline::on_release(const Event& event) {
  is_held_ = false;
  last_edge_s_ = moment_of(event).s;
}

/// A session whose recording LED was lit and has been dark for long, or while the device was ready for another: it restarted, or gave up.
void Timeline::end_if_dark(double s) {
  if (!open_ || is_lit(led_recording_) || lit_since_s_ < sessions_.back().press.s) return;
  if (s - last_dark_s_ < kDarkS && !is_lit(led_ready_)) return;
  sessions_.back().until_s = last_dark_s_;
  sessions_.back().cut_short = true;
  open_ = false;
}

/// The recording LED is lit, and no press of ours began that: the device went on by itself after a card came back.
bool Timeline::goes_on_by_itself() const {
  if (open_ || !is_lit(led_recording_) || sessions_.empty()) return false;
  return sessions_.back().cut_short || (sessions_.back().stop && lit_since_s_ > sessions_.back().stop->s);
}

/// The last session's press was answered by the fault LED, and never by the recording LED.
bool Timeline::was_refused() const {
  const double press_s = sessions_.back().press.s;
  const bool recorded = is_lit(led_recording_) || lit_since_s_ >= press_s;
  return !recorded && led_fault_ && first_lit(*led_fault_, press_s).has_value();
}

void Timeline::on_press(const Event& event) {
  const bool without_power = power_on_ && supply_mv_ == 0;
  if (without_power) return;
  end_if_dark(moment_of(event).s);
  if (goes_on_by_itself()) return;
  const bool stops = open_ && !was_refused();
  if (stops) {
    sessions_.back().stop = moment_of(event);
    open_ = false;
    return;
  }
  if (!sessions_.empty() && !sessions_.back().cut_short) sessions_.back().until_s = moment_of(event).s;
  sessions_.push_back({moment_of(event), std::nullopt, end_s_, false});
  open_ = true;
}

/// The ready LED went on between two instants.
bool Timeline::got_ready(double from_s, double to_s) const {
  return std::any_of(edges_.begin(), edges_.end(), [&](const LedEdge& edge) {
    return led_ready_ && edge.led == *led_ready_ && edge.on && edge.moment.s > from_s && edge.moment.s <= to_s;
  });
}

/// The last press was taken for a stop, but its recording had ended before, or never began since the device restarted just then: the LED that is lit
/// now answers it.
void Timeline::start_after_all(double lit_s) {
  if (open_ || sessions_.empty() || !sessions_.back().stop) return;
  const Moment start = sessions_.back().press, press = *sessions_.back().stop;
  if (lit_s - press.s > kAnswerS) return;
  const bool was_lit = lit_since_s_ >= start.s;
  const bool had_ended = was_lit && last_dark_s_ > lit_since_s_ && last_dark_s_ < press.s && lit_s - last_dark_s_ >= kBlinkS;
  const bool was_not_heard = !was_lit && got_ready(start.s, press.s);
  if (!had_ended && !was_not_heard) return;
  sessions_.back().stop.reset();
  sessions_.back().until_s = had_ended ? last_dark_s_ : press.s;
  sessions_.back().cut_short = true;
  sessions_.push_back({press, std::nullopt, end_s_, false});
  open_ = true;
}

void Timeline::on_led(const Event& event) {
  edges_.push_back({event.name, event.on, moment_of(event)});
  if (event.name != led_recording_) return;
  if (event.on) start_after_all(moment_of(event).s);
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

bool Timeline::is_cut_between(double from_s, double until_s) const {
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) { return cut.is_supply && cut.s >= from_s && cut.s <= until_s; });
}

std::vector<LitStretch> Timeline::lit_stretches(const std::string& led) const {
  std::vector<LitStretch> stretches;
  bool lit = false;
  for (const LedEdge& edge : edges_) {
    if (edge.led != led) continue;
    if (edge.on) {
      // Without power no LED is lit, whether or not anything was there to see it go dark.
      const bool goes_on = !stretches.empty() && (lit || edge.moment.s - stretches.back().until.s < kBlinkS) &&
                           !is_cut_between(lit ? stretches.back().from.s : stretches.back().until.s, edge.moment.s);
      if (!goes_on) stretches.push_back({edge.moment, {}});
      stretches.back().until = {end_s_, 0};
    } else if (lit) {
      stretches.back().until = edge.moment;
    }
    lit = edge.on;
  }
  for (LitStretch& stretch : stretches) {
    for (const Cut& cut : cuts_) {
      if (cut.is_supply && cut.s >= stretch.from.s && cut.s < stretch.until.s) stretch.until = {cut.s, 0};
    }
  }
  return stretches;
}

}  // namespace saksi::judge
