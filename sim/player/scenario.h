#ifndef SAKSI_SIM_PLAYER_SCENARIO_H_
#define SAKSI_SIM_PLAYER_SCENARIO_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "sim/player/wave_trigger.h"

namespace saksi::sim {

/// One thing the bench does to the device.
struct Verb {
  enum class Kind { kPress, kRelease, kSupplyOn, kSupplyCut, kSupplyMv, kCardInsert, kCardPull };
  Kind kind = Kind::kPress;
  std::string button;  ///< of press and release
  int supply_mv = 0;   ///< of kSupplyMv
};

/// A verb and when: at a time, or a time after the device shows something for the first time from then on.
struct Action {
  Verb verb;
  int64_t at_ns = 0;        ///< on the scenario's time axis, jitter included (drawn from the seed)
  int64_t jitter_ns = 0;    ///< width of the range that at_ns was drawn from; 0: not drawn
  int64_t earliest_ns = 0;  ///< where that range begins; at_ns without a draw
  std::string on_led;       ///< "red" for `on: led_red`; empty for a timed action
  int64_t after_ns = 0;     ///< after the LED's edge
  int64_t hold_ns = 0;      ///< press: time until release; supply_mv with for_ms: time until the supply is as it was
};

/// Values that a scenario or a suite sets in place of the scenario file's `parameters`.
using Parameters = std::map<std::string, std::string>;

/// A scenario file, read. docs/formats/scenario.md describes the format.
struct Scenario {
  std::string name;
  std::string path;
  uint64_t seed = 1;
  std::string device_path;    ///< device file; empty: the default one
  std::string light_path;     ///< scene file
  int64_t light_from_ns = 0;  ///< the scene's own time when the scenario begins
  int64_t duration_ns = 0;
  std::vector<Action> actions;      ///< in file order
  std::optional<YamlNode> require;  ///< the list of requirement ids; always set
  std::string requirements_path;    ///< the file that has them
  int64_t hang_after_ns = 0;        ///< time without progress after which the firmware hangs; 0: not looked for
  WaveTrigger waves;                ///< around what --trace records
  std::optional<YamlNode> card;     ///< keys that replace those of the device file
  std::optional<YamlNode> rtc;
  std::optional<YamlNode> date;  ///< of the bench's clock at the scenario's start, as read_date() takes it
  std::optional<YamlNode> secure_element;
  std::optional<YamlNode> firmware_image;
  std::optional<YamlNode> settings;
  std::optional<YamlNode> claims;
};

/// Reads a scenario. `seed` replaces the file's. Throws UsageError with file, line and column for every mistake.
Scenario load_scenario(const std::string& path, const Parameters& parameters, std::optional<uint64_t> seed);

/// True if the file is a suite (has the key `suite`), false if it is a scenario.
bool is_suite(const std::string& path);

/// One entry of a suite, expanded: a scenario file, what to set in it, a seed and a name that is unique within the suite.
struct SuiteEntry {
  std::string name;
  std::string scenario_path;
  Parameters parameters;
  std::optional<uint64_t> seed;
};

/// A suite's `claim`: its runs are presses that are counted together (judge/claims), its scenarios the states of the device, which take turns.
struct SuiteClaim {
  std::string requirement;        ///< id of a requirement with a percentile
  std::string requirements_path;  ///< the file that has it
  uint64_t first_seed = 1;        ///< of the first press; each one more has the next seed
  std::optional<YamlNode> place;  ///< of the id, for messages; always set
};

/// The claim of a suite; nullopt if it has none. Throws UsageError.
std::optional<SuiteClaim> suite_claim(const std::string& path);

/// Reads and expands a suite: lists of values in `set` and ranges of `seeds` give one entry each, in order.
std::vector<SuiteEntry> load_suite(const std::string& path);

}  // namespace saksi::sim

#endif
