#include "sim/player/wave_trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/error.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kDistanceMax = 1000 * kMillisecond;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kLongest = 48 * 3600 * kSecond;
constexpr int kNthMax = 1'000'000'000;

std::string known_words() {
  std::string words;
  for (const std::string& word : event_words()) words += word + ", ";
  return words;
}

bool is_event(const std::string& word) { return std::find(event_words().begin(), event_words().end(), word) != event_words().end(); }

void read_around(const YamlNode& node, WaveTrigger& trigger) {
  trigger.place = node.place();
  if (node.is_map()) {
    node.allow_keys({"irq", "console", "at_s"});
    if (node.keys().size() != 1) node.fail("exactly one of irq, console and at_s was expected");
    const std::string key = node.keys()[0];
    trigger.around = key == "at_s" ? "time" : key;
    if (key == "at_s") {
      trigger.at_ns = node.at(key).as_ns(kSecond, 0, kLongest);
    } else {
      trigger.detail = node.at(key).as_string();
      if (trigger.detail.empty()) node.at(key).fail(key == "irq" ? "the name of a block was expected" : "a pattern of a console line was expected");
    }
    return;
  }
  trigger.around = node.as_string();
  if (is_event(trigger.around)) return;
  std::vector<std::string> known = event_words();
  known.insert(known.end(), {"{irq: BLOCK}", "{console: PATTERN}", "{at_s: TIME}"});
  node.fail_unknown("there is no event", trigger.around, known);
}

/// "FROM:TO" in milliseconds; false if the text is not of that form.
bool read_range(const std::string& text, WaveTrigger& trigger) {
  double from_ms = 0;
  double to_ms = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%lf:%lf%n", &from_ms, &to_ms, &used) != 2 || static_cast<size_t>(used) != text.size()) return false;
  constexpr double kLongestMs = 48.0 * 3600 * 1000;
  if (!(from_ms >= 0) || !(to_ms > from_ms) || !(to_ms <= kLongestMs))
    throw UsageError(fmt::format("--trace={}: 0 <= FROM_MS < TO_MS was expected", text));
  trigger.around = "time";
  trigger.nth = 1;
  trigger.at_ns = std::llround(from_ms * kMillisecond);
  trigger.before_ns = 0;
  trigger.after_ns = std::llround(to_ms * kMillisecond) - trigger.at_ns;
  if (trigger.after_ns > 2 * kDistanceMax) throw UsageError(fmt::format("--trace={}: at most 2000 ms can be recorded", text));
  return true;
}

}  // namespace

const std::vector<std::string>& event_words() {
  static const std::vector<std::string> kWords = {"press",       "release",   "supply-on", "supply-mv", "supply-cut",
                                                  "card-insert", "card-pull", "led-red",   "led-green", "led-amber",
                                                  "frame",       "picture",   "watchdog",  "lost",      "end"};
  return kWords;
}

std::string WaveTrigger::name() const {
  if (around == "irq") return "irq of " + detail;
  if (around == "console") return "console line '" + detail + "'";
  if (around == "time") return fmt::format("time {:.6f} s", static_cast<double>(at_ns) * 1e-9);
  return around;
}

WaveTrigger read_wave_trigger(const YamlNode& node) {
  node.allow_keys({"around", "nth", "before_ms", "after_ms", "signals"});
  WaveTrigger trigger;
  read_around(node.at("around"), trigger);
  trigger.nth = static_cast<int>(node.get_int("nth", 1, 1, kNthMax));
  if (node.has("before_ms")) trigger.before_ns = node.at("before_ms").as_ns(kMillisecond, 0, kDistanceMax);
  if (node.has("after_ms")) trigger.after_ns = node.at("after_ms").as_ns(kMillisecond, 0, kDistanceMax);
  if (trigger.before_ns + trigger.after_ns == 0) node.fail("before_ms and after_ms are both 0: nothing would be recorded");
  if (node.has("signals")) {
    for (const YamlNode& item : node.at("signals").items()) trigger.signals.push_back(item.as_string());
  }
  return trigger;
}

WaveTrigger wave_trigger_option(const std::string& text, const WaveTrigger& scenario) {
  WaveTrigger trigger = scenario;
  if (text == "scenario") return trigger;
  trigger.place = "--trace=" + text;
  if (read_range(text, trigger)) return trigger;
  trigger.nth = 1;
  const size_t colon = text.find(':');
  trigger.around = text.substr(0, colon);
  trigger.detail = colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool has_detail = trigger.around == "irq" || trigger.around == "console";
  if (has_detail ? !trigger.detail.empty() : colon == std::string::npos && is_event(trigger.around)) return trigger;
  throw UsageError(fmt::format("--trace={}: FROM_MS:TO_MS or an event was expected; events: {}irq:BLOCK, console:PATTERN", text, known_words()));
}

std::optional<int64_t> known_time(const WaveTrigger& trigger, const Scenario& scenario) {
  if (trigger.around == "time") return trigger.at_ns;
  static const std::map<std::string, Verb::Kind> kVerbs = {
      {"press", Verb::Kind::kPress}, {"card-insert", Verb::Kind::kCardInsert}, {"card-pull", Verb::Kind::kCardPull}};
  const auto verb = kVerbs.find(trigger.around);
  if (verb == kVerbs.end()) return std::nullopt;
  std::vector<int64_t> times;
  for (const Action& action : scenario.actions) {
    if (action.verb.kind != verb->second) continue;
    if (!action.on_led.empty()) return std::nullopt;  // it may come before any of the others
    times.push_back(action.at_ns);
  }
  std::sort(times.begin(), times.end());
  const auto wanted = static_cast<size_t>(trigger.nth) - 1;
  if (wanted >= times.size() || times[wanted] >= scenario.duration_ns) return std::nullopt;
  return times[wanted];
}

}  // namespace saksi::sim
