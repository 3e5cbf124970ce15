#ifndef SAKSI_SIM_PLAYER_WAVE_TRIGGER_H_
#define SAKSI_SIM_PLAYER_WAVE_TRIGGER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"

namespace saksi::sim {

/// Around what, and of what, waves are recorded: the key `trace` of a scenario, or the value of --trace.
struct WaveTrigger {
  /// An event: a word of event_words(); "irq" or "console", with `detail`; "time", with at_ns.
  std::string around = "press";
  std::string detail;  ///< the block whose irq rises; pattern of a whole console line (matches_glob())
  std::string place;   ///< "file:line:column" or the option, for messages
  int64_t at_ns = 0;   ///< of "time"
  int nth = 1;         ///< which of these events
  int64_t before_ns = 5'000'000;
  int64_t after_ns = 5'000'000;
  std::vector<std::string> signals;  ///< patterns of names; none: all

  /// For messages: "press", "irq of h264".
  std::string name() const;
};

/// Events without a detail: what the bench does, what the device shows, and what only simulation sees.
const std::vector<std::string>& event_words();

/// Reads the key `trace`. Throws UsageError.
WaveTrigger read_wave_trigger(const YamlNode& node);

/// What --trace=TEXT says: "scenario", what the scenario says; in place of that FROM_MS:TO_MS, or EVENT, irq:BLOCK or console:PATTERN with the
/// scenario's distances.
WaveTrigger wave_trigger_option(const std::string& text, const WaveTrigger& scenario);

struct Scenario;

/// When the event will come in a scenario, where that is certain beforehand: a time, or what the bench does at a set time.
std::optional<int64_t> known_time(const WaveTrigger& trigger, const Scenario& scenario);

}  // namespace saksi::sim

#endif
