#include "sim/player/player.h"

#include <algorithm>

namespace saksi::sim {

namespace {
constexpr int64_t kProgressStep = 100'000'000;
}

Player::Player(const Scenario& scenario, Device& device, recording::EventLog& events, std::string recording_dir)
    : scenario_(scenario), device_(device), events_(events), recording_dir_(std::move(recording_dir)) {
  supply_now_.kind = Verb::Kind::kSupplyCut;
  for (const Action& action : scenario.actions) {
    if (action.on_led.empty()) {
      plan(action.at_ns, action.verb, action.hold_ns);
    } else {
      waiting_.push_back(action);
    }
  }
}

void Player::plan(int64_t at_ns, const Verb& verb, int64_t hold_ns) {
  const Due due{at_ns, planned_++, verb, hold_ns};
  const auto later = [](const Due& a, const Due& b) { return std::pair(a.at_ns, a.order) > std::pair(b.at_ns, b.order); };
  due_.insert(std::upper_bound(due_.begin(), due_.end(), due, later), due);
}

void Player::play() {
  int64_t wanted = pause();
  while (!device_.ended()) {
    const int64_t next_action = due_.empty() ? scenario_.duration_ns : std::min(due_.back().at_ns, scenario_.duration_ns);
    const int64_t step = std::min({next_action, (device_.now_ns() / kProgressStep + 1) * kProgressStep, wanted});
    device_.run_until(step);
    if (progress_) progress_(device_.now_ns());
    wanted = pause();
    while (!due_.empty() && due_.back().at_ns <= device_.now_ns()) {
      const Due due = due_.back();
      due_.pop_back();
      act(due);
    }
    if (device_.now_ns() >= scenario_.duration_ns) break;
  }
  events_.end(device_.now_ns());
  if (device_.has_card()) device_.read_card(recording_dir_ + "/" + recording::kCardFile);
}

int64_t Player::pause() {
  if (!pause_) return INT64_MAX;
  return std::max(device_.now_ns() + 1, pause_(device_.now_ns(), device_.ended() || device_.now_ns() >= scenario_.duration_ns));
}

void Player::tell(const std::string& word, const std::string& text) {
  if (event_) event_(word, text, device_.now_ns());
}

void Player::act(const Due& due) {
  const Verb& verb = due.verb;
  switch (verb.kind) {
    case Verb::Kind::kPress:
    case Verb::Kind::kRelease: {
      const bool pressed = verb.kind == Verb::Kind::kPress;
      tell(pressed ? "press" : "release");
      if (pressed) {
        events_.press(device_.now_ns(), verb.button);
      } else {
        events_.release(device_.now_ns(), verb.button);
      }
      device_.set_button(verb.button, pressed);
      if (due.hold_ns > 0) {
        Verb release = verb;
        release.kind = Verb::Kind::kRelease;
        plan(device_.now_ns() + due.hold_ns, release, 0);
      }
      break;
    }
    case Verb::Kind::kSupplyOn:
    case Verb::Kind::kSupplyCut:
    case Verb::Kind::kSupplyMv:
      supply(due);
      break;
    case Verb::Kind::kCardInsert:
      tell("card-insert");
      events_.card_insert(device_.now_ns());
      device_.insert_card();
      break;
    case Verb::Kind::kCardPull:
      tell("card-pull");
      events_.card_pull(device_.now_ns());
      device_.pull_card();
      save_card_after_cut();
      break;
  }
}

void Player::supply(const Due& due) {
  if (due.hold_ns > 0) plan(device_.now_ns() + due.hold_ns, supply_now_, 0);
  supply_now_ = due.verb;
  switch (due.verb.kind) {
    case Verb::Kind::kSupplyOn:
      tell("supply-on");
      events_.supply(device_.now_ns(), device_.cell_mv());
      device_.supply_on();
      break;
    case Verb::Kind::kSupplyMv:
      tell("supply-mv");
      events_.supply(device_.now_ns(), due.verb.supply_mv);
      device_.supply_mv(due.verb.supply_mv);
      if (due.verb.supply_mv == 0) save_card_after_cut();
      break;
    default:
      tell("supply-cut");
      events_.supply(device_.now_ns(), 0);
      device_.supply_cut();
      save_card_after_cut();
  }
}

void Player::save_card_after_cut() {
  if (!device_.has_card() || !leaves_images_) return;
  device_.read_card(recording_dir_ + "/" + recording::card_snapshot_file(++card_images_));
}

void Player::on_led(int64_t t_ns, const std::string& led, bool lit, int64_t u_ns) {
  events_.led(t_ns, led, lit, u_ns);
  if (!lit) return;
  if (event_) event_("led-" + led, "", t_ns);
  // A triggered action fires once, on the first edge that comes.
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->on_led != led) {
      ++it;
      continue;
    }
    plan(t_ns + it->after_ns, it->verb, it->hold_ns);
    it = waiting_.erase(it);
  }
}

void Player::on_rail(int64_t t_ns, const std::string& rail, int mv, int64_t ua) {
  events_.rail(t_ns, rail, mv, ua);
}

void Player::on_console(int64_t t_ns, const std::string& line) {
  console_ += recording::console_line(t_ns, line);
  if (event_) event_("console", line, t_ns);
}

}  // namespace saksi::sim
