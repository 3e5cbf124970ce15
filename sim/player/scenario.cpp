#include "sim/player/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/seed_stream.h"
#include "sim/player/suite_search.h"

namespace saksi::sim {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kLongest = 48 * 3600 * kSecond;
constexpr int64_t kDefaultHold = 150 * kMillisecond;
constexpr int kSupplyMvMax = 6000;

std::string read_text(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw UsageError(path + ": is a folder, a scenario file was expected");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UsageError(path + ": cannot be read; check the path and its permissions");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Replaces ${name} by the parameter's value. A comment may contain anything, so only names that are declared are replaced here; the
/// YAML reader then complains at the right place about one that is left.
std::string substitute(std::string text, const Parameters& parameters) {
  for (const auto& [name, value] : parameters) {
    const std::string mark = "${" + name + "}";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) text.replace(at, mark.size(), value);
  }
  return text;
}

/// The parameters that a scenario declares, with their values, those in `set` replaced.
Parameters effective_parameters(const YamlNode& root, const Parameters& set) {
  Parameters result;
  if (root.has("parameters")) {
    const YamlNode declared = root.at("parameters");
    for (const std::string& name : declared.keys()) result[name] = declared.at(name).as_string();
  }
  std::vector<std::string> known;
  for (const auto& [name, value] : result) known.push_back(name);
  for (const auto& [name, value] : set) {
    const YamlNode place = root.has("parameters") ? root.at("parameters") : root;
    if (!result.count(name)) place.fail_unknown("the scenario has no parameter", name, known);
    result[name] = value;
  }
  return result;
}

const std::vector<std::string> kVerbKeys = {"press", "release", "supply", "supply_mv", "card"};

void read_verb(Action& action, const YamlNode& node) {
  std::vector<std::string> verbs;
  for (const std::string& key : node.keys()) {
    if (std::find(kVerbKeys.begin(), kVerbKeys.end(), key) != kVerbKeys.end()) verbs.push_back(key);
  }
  if (verbs.size() > 1) node.at(verbs[1]).fail(fmt::format("'{}' stands beside '{}'; an action has one of them", verbs[1], verbs[0]));
  if (verbs.empty()) node.fail("an action has exactly one of: press, release, supply, supply_mv, card");
  const std::string& verb = verbs[0];
  const YamlNode value = node.at(verb);
  if (verb == "press" || verb == "release") {
    action.verb.kind = verb == "press" ? Verb::Kind::kPress : Verb::Kind::kRelease;
    action.verb.button = value.as_word({"record"});
  } else if (verb == "supply") {
    action.verb.kind = value.as_word({"on", "cut"}) == "on" ? Verb::Kind::kSupplyOn : Verb::Kind::kSupplyCut;
  } else if (verb == "supply_mv") {
    action.verb.kind = Verb::Kind::kSupplyMv;
    action.verb.supply_mv = static_cast<int>(value.as_int(0, kSupplyMvMax));
  } else {
    action.verb.kind = value.as_word({"insert", "pull"}) == "insert" ? Verb::Kind::kCardInsert : Verb::Kind::kCardPull;
  }
}

/// Puts an action at the time of the last press before it in the list, whenever that was drawn to be.
void begin_at_press(Action& action, const YamlNode& place, const std::vector<Action>& before) {
  const auto press = std::find_if(before.rbegin(), before.rend(), [](const Action& a) { return a.verb.kind == Verb::Kind::kPress; });
  if (press == before.rend() || !press->on_led.empty()) place.fail("'on: press' needs a press with 'at_s' before it in the list");
  action.at_ns = press->at_ns;
  action.earliest_ns = press->earliest_ns;
  action.jitter_ns = press->jitter_ns;
}

/// `before`: the actions that stand before it in the list.
Action read_action(const YamlNode& node, SeedStream& jitter, int64_t duration_ns, const std::vector<Action>& before) {
  node.allow_keys({"at_s", "jitter_s", "on", "after_ms", "press", "release", "supply", "supply_mv", "card", "hold_ms", "for_ms"});
  Action action;
  read_verb(action, node);
  if (node.has("at_s") == node.has("on")) node.fail("an action has either 'at_s' (a time) or 'on' (what the device shows)");
  if (node.has("at_s")) {
    action.at_ns = action.earliest_ns = node.at("at_s").as_ns(kSecond, 0, duration_ns);
    if (node.has("jitter_s")) {
      action.jitter_ns = node.at("jitter_s").as_ns(kSecond, 1, duration_ns);
      action.at_ns += static_cast<int64_t>(jitter.below(static_cast<uint64_t>(action.jitter_ns)));
      if (action.at_ns > duration_ns) node.at("jitter_s").fail("at_s plus jitter_s goes beyond duration_s");
    }
    if (node.has("after_ms")) node.at("after_ms").fail("'after_ms' belongs to 'on', not to 'at_s'");
  } else {
    const std::string seen = node.at("on").as_word({"led_red", "led_green", "led_amber", "press"});
    if (seen == "press") {
      begin_at_press(action, node.at("on"), before);
    } else {
      action.on_led = seen.substr(4);
    }
    if (node.has("after_ms")) action.after_ns = node.at("after_ms").as_ns(kMillisecond, 0, duration_ns);
    if (node.has("jitter_s")) node.at("jitter_s").fail("'jitter_s' belongs to 'at_s', not to 'on'");
    if (action.on_led.empty()) {
      action.at_ns += action.after_ns;
      action.earliest_ns += action.after_ns;
      if (action.at_ns > duration_ns) node.fail("the press plus after_ms goes beyond duration_s");
    }
  }
  if (node.has("hold_ms")) {
    if (action.verb.kind != Verb::Kind::kPress) node.at("hold_ms").fail("'hold_ms' belongs to 'press'");
    action.hold_ns = node.at("hold_ms").as_ns(kMillisecond, kMillisecond, duration_ns);
  } else if (action.verb.kind == Verb::Kind::kPress) {
    action.hold_ns = kDefaultHold;
  }
  if (node.has("for_ms")) {
    if (action.verb.kind != Verb::Kind::kSupplyMv) node.at("for_ms").fail("'for_ms' belongs to 'supply_mv'");
    action.hold_ns = node.at("for_ms").as_ns(kMillisecond, 1, duration_ns);
  }
  return action;
}

std::string check_name(const YamlNode& node) {
  const std::string name = node.as_string();
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
  if (!good) node.fail(fmt::format("'{}' is not a name: letters, digits, '-' and '_' were expected", name));
  return name;
}

/// The requirement file that holds for a scenario: its own key, or the standing one beside the scenarios.
std::string requirements_of(const YamlNode& root, const std::string& path) {
  if (root.has("requirements")) return root.at("requirements").path();
  const auto folder = std::filesystem::path(path).parent_path().parent_path();
  return (folder / "requirements" / "first-light.yaml").lexically_normal().string();
}

}  // namespace

Scenario load_scenario(const std::string& path, const Parameters& parameters, std::optional<uint64_t> seed) {
  const std::string text = read_text(path);
  const YamlNode declared = YamlNode::parse(text, path);
  const YamlNode root = YamlNode::parse(substitute(text, effective_parameters(declared, parameters)), path);
  root.allow_keys({"name", "seed", "device", "light", "light_from_s", "duration_s", "date", "parameters", "actions", "require", "requirements", "card", "rtc",
                   "secure_element", "firmware_image", "settings", "claims", "firmware", "trace"});

  Scenario scenario;
  scenario.path = path;
  scenario.name = check_name(root.at("name"));
  scenario.seed = seed ? *seed : static_cast<uint64_t>(root.get_int("seed", 1, 0, INT64_MAX));
  if (root.has("device")) scenario.device_path = root.at("device").path();
  scenario.light_path = root.at("light").path();
  if (root.has("light_from_s")) scenario.light_from_ns = root.at("light_from_s").as_ns(kSecond, 0, kLongest);
  scenario.duration_ns = root.at("duration_s").as_ns(kSecond, kMillisecond, kLongest);
  SeedStream jitter(scenario.seed, "player");
  for (const YamlNode& node : root.at("actions").items()) {
    scenario.actions.push_back(read_action(node, jitter, scenario.duration_ns, scenario.actions));
  }
  scenario.require = root.at("require");
  scenario.requirements_path = requirements_of(root, path);
  if (root.has("firmware")) {
    const YamlNode firmware = root.at("firmware");
    firmware.allow_keys({"hang_after_s"});
    scenario.hang_after_ns = firmware.at("hang_after_s").as_ns(kSecond, kMillisecond, kLongest);
  }
  if (root.has("trace")) scenario.waves = read_wave_trigger(root.at("trace"));
  if (root.has("card")) scenario.card = root.at("card");
  if (root.has("date")) scenario.date = root.at("date");
  if (root.has("rtc")) scenario.rtc = root.at("rtc");
  if (root.has("secure_element")) scenario.secure_element = root.at("secure_element");
  if (root.has("firmware_image")) scenario.firmware_image = root.at("firmware_image");
  if (root.has("settings")) scenario.settings = root.at("settings");
  if (root.has("claims")) scenario.claims = root.at("claims");
  return scenario;
}

bool is_suite(const std::string& path) { return YamlNode::parse(read_text(path), path).has("suite"); }

namespace {

/// Adds one value to every combination so far; a list of values multiplies them.
std::vector<Parameters> expand(const YamlNode& set) {
  std::vector<Parameters> combinations = {{}};
  for (const std::string& name : set.keys()) {
    const YamlNode value = set.at(name);
    std::vector<std::string> values;
    if (value.is_list()) {
      for (const YamlNode& item : value.items()) values.push_back(item.as_string());
    } else {
      values.push_back(value.as_string());
    }
    std::vector<Parameters> grown;
    for (const Parameters& base : combinations) {
      for (const std::string& one : values) {
        grown.push_back(base);
        grown.back()[name] = one;
      }
    }
    combinations = std::move(grown);
  }
  return combinations;
}

std::vector<std::optional<uint64_t>> seeds_of(const YamlNode& entry) {
  if (!entry.has("seeds")) return {std::nullopt};
  const YamlNode range = entry.at("seeds");
  range.allow_keys({"from", "to"});
  const int64_t from = range.at("from").as_int(0, INT64_MAX);
  const int64_t to = range.at("to").as_int(from, from + 100'000);
  std::vector<std::optional<uint64_t>> seeds;
  for (int64_t seed = from; seed <= to; ++seed) seeds.push_back(static_cast<uint64_t>(seed));
  return seeds;
}

}  // namespace

std::optional<SuiteClaim> suite_claim(const std::string& path) {
  const YamlNode root = YamlNode::load(path);
  if (!root.has("claim")) return std::nullopt;
  const YamlNode node = root.at("claim");
  node.allow_keys({"requirement", "requirements", "first_seed"});
  SuiteClaim claim;
  claim.place = node.at("requirement");
  claim.requirement = claim.place->as_string();
  claim.requirements_path = node.at("requirements").path();
  claim.first_seed = static_cast<uint64_t>(node.get_int("first_seed", 1, 0, INT64_MAX));
  return claim;
}

std::vector<SuiteEntry> load_suite(const std::string& path) {
  const YamlNode root = YamlNode::load(path);
  root.allow_keys({"suite", "claim", "search", "scenarios"});
  suite_claim(path);  // for its mistakes
  suite_search(path);
  check_name(root.at("suite"));
  std::vector<SuiteEntry> entries;
  std::map<std::string, int> names;
  for (const YamlNode& node : root.at("scenarios").items()) {
    node.allow_keys({"scenario", "name", "set", "seeds"});
    if (node.has("seeds") && root.has("claim")) node.at("seeds").fail("the presses of a claim get their seeds from 'first_seed' on");
    const std::string scenario_path = node.at("scenario").path();
    const std::string base = node.has("name") ? check_name(node.at("name")) : std::filesystem::path(scenario_path).stem().string();
    const std::vector<Parameters> combinations = node.has("set") ? expand(node.at("set")) : std::vector<Parameters>{{}};
    for (const Parameters& parameters : combinations) {
      for (const std::optional<uint64_t>& seed : seeds_of(node)) {
        std::string name = base;
        const bool is_plain_state = root.has("claim") && combinations.size() == 1;
        for (const auto& [key, value] : is_plain_state ? Parameters() : parameters) name += fmt::format("-{}-{}", key, value);
        if (seed) name += fmt::format("-seed-{}", *seed);
        if (names[name]++) node.fail(fmt::format("'{}' stands twice in the suite; give one of them another 'name'", name));
        entries.push_back(SuiteEntry{name, scenario_path, parameters, seed});
      }
    }
  }
  if (entries.empty()) root.at("scenarios").fail("a suite needs at least one scenario");
  return entries;
}

}  // namespace saksi::sim
