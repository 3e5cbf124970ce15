#include "sim/swarm/fault.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/seed_stream.h"

namespace saksi::sim {

namespace {

constexpr double kNsPerS = 1e9;
constexpr double kFirstS = 0.5;     ///< a camera that just starts is disturbed too
constexpr double kCalmS = 1;        ///< at the end
constexpr int kStallMsAWrite = 60;  ///< on average at most: a card that is slower is of no speed class, and a start takes 20 writes
constexpr double kRestS = 4;        ///< added, so that a camera that restarted late can do what the scenario asks

std::string seconds(double s) { return fmt::format("{:.6f}", s); }

/// Draws faults of one run.
class Draw {
 public:
  Draw(uint64_t seed, int index, const Scenario& scenario)
      : random_(seed, fmt::format("swarm/{}", index)), scenario_(scenario), end_s_(static_cast<double>(scenario.duration_ns) / kNsPerS - kCalmS) {}

  std::vector<Fault> all() {
    std::vector<std::string> kinds;
    for (const std::string& kind : fault_kinds()) {
      if (random_.below(3) == 0) kinds.push_back(kind);
    }
    if (kinds.empty()) kinds.push_back(fault_kinds()[random_.below(fault_kinds().size())]);
    std::vector<Fault> faults;
    for (const std::string& kind : kinds) {
      const uint64_t count = is_repeatable(kind) ? 1 + random_.below(2) : 1;
      for (uint64_t i = 0; i < count; ++i) faults.push_back(one(kind));
    }
    return faults;
  }

 private:
  static bool is_repeatable(const std::string& kind) {
    return kind == "cut" || kind == "dip" || kind == "pull" || kind == "bounce" || kind == "press";
  }
  double between(double low, double high) { return low + (high - low) * random_.uniform(); }
  int whole(int low, int high) { return low + static_cast<int>(random_.below(static_cast<uint64_t>(high - low + 1))); }
  double moment(double lasts_s = 0) { return between(kFirstS, std::max(kFirstS, end_s_ - lasts_s)); }

  Fault one(const std::string& kind) {
    if (kind == "cut") return cut();
    if (kind == "dip") return dip();
    if (kind == "pull") return pull();
    if (kind == "bounce") return bounce();
    if (kind == "press") return press();
    return of_the_device(kind);
  }

  Fault cut() {
    const double off_s = between(0.3, 2), at_s = moment(off_s);
    return {"cut",
            fmt::format("the supply is cut at {:.3f} s and back {:.3f} s later", at_s, off_s),
            {{{"at_s", seconds(at_s)}, {"supply", "cut"}}, {{"at_s", seconds(at_s + off_s)}, {"supply", "on"}}},
            {}};
  }

  Fault dip() {
    const int mv = whole(2300, 3500);
    const double for_ms = between(1, 400), at_s = moment(for_ms / 1000);
    return {"dip",
            fmt::format("the supply dips to {} mV for {:.1f} ms at {:.3f} s", mv, for_ms, at_s),
            {{{"at_s", seconds(at_s)}, {"supply_mv", std::to_string(mv)}, {"for_ms", fmt::format("{:.3f}", for_ms)}}},
            {}};
  }

  Fault pull() {
    const double out_s = between(0.3, 2), at_s = moment(out_s);
    return {"pull",
            fmt::format("the card is pulled at {:.3f} s and back {:.3f} s later", at_s, out_s),
            {{{"at_s", seconds(at_s)}, {"card", "pull"}}, {{"at_s", seconds(at_s + out_s)}, {"card", "insert"}}},
            {}};
  }

  /// Contacts before one of the scenario's own presses, or any time.
  Fault bounce() {
    std::vector<double> presses;
    for (const Action& action : scenario_.actions) {
      if (action.verb.kind == Verb::Kind::kPress && action.on_led.empty()) presses.push_back(static_cast<double>(action.at_ns) / kNsPerS);
    }
    double at_s = presses.empty() ? moment() : presses[random_.below(presses.size())];
    const int touches = whole(1, 5);
    std::vector<YamlKeys> actions;
    for (int i = 0; i < touches; ++i) {
      const double hold_ms = between(1, 4);
      at_s -= hold_ms / 1000 + between(0.0001, 0.003);
      actions.insert(actions.begin(), {{"at_s", seconds(at_s)}, {"press", "record"}, {"hold_ms", fmt::format("{:.3f}", hold_ms)}});
    }
    return {"bounce", fmt::format("the button touches {} times from {:.4f} s on before it is down", touches, at_s), std::move(actions), {}};
  }

  Fault press() {
    const double at_s = moment();
    const int hold_ms = whole(30, 1500);
    return {"press",
            fmt::format("the button is pressed at {:.3f} s for {} ms", at_s, hold_ms),
            {{{"at_s", seconds(at_s)}, {"press", "record"}, {"hold_ms", std::to_string(hold_ms)}}},
            {}};
  }

  Fault of_the_device(const std::string& kind) {
    if (kind == "stall") {
      const int writes = whole(1, 200), ms = whole(20, std::min(1500, kStallMsAWrite * writes));
      return {kind,
              fmt::format("after each {} write commands the card is busy for {} ms", writes, ms),
              {},
              {{"card", {{"stall_ms", std::to_string(ms)}, {"stall_after_writes", std::to_string(writes)}}}}};
    }
    if (kind == "slow") return {kind, "the card is as slow as its class allows", {}, {{"card", {{"profile", "bad-but-legal"}}}}};
    if (kind == "small") {
      const int mib = whole(8, 60);  // enough to begin with
      return {kind, fmt::format("the card has {} MiB left", mib), {}, {{"card", {{"free_mib", std::to_string(mib)}}}}};
    }
    if (kind == "clock") return clock_fault();
    if (kind == "reorder") {
      const int sectors = whole(2, 512), hold_ms = whole(1, 100);
      return {kind,
              fmt::format("the card writes up to {} sectors in an order of its own, within {} ms", sectors, hold_ms),
              {},
              {{"card.faults", {{"cache", fmt::format("{{sectors: {}, hold_ms: {}, fence: true}}", sectors, hold_ms)}}}}};
    }
    if (kind == "crc") {
      const bool is_data = random_.below(2) == 0;
      const int number = is_data ? whole(1, 6000) : whole(1, 600), count = whole(1, 3);
      return {kind,
              fmt::format("{} {} from number {} on arrive spoilt", count, is_data ? "data blocks" : "commands to the card", number),
              {},
              {{"card.faults", {{is_data ? "data_crc" : "command_crc", fmt::format("{{first: {}, count: {}}}", number, count)}}}}};
    }
    const int celsius = whole(50, 90);
    return {kind, fmt::format("the image sensor is {} degrees hot", celsius), {}, {{"sensor", {{"temperature_c", std::to_string(celsius)}}}}};
  }

  Fault clock_fault() {
    const char* const faults[][3] = {{"backup", "off", "the clock has no cell of its own"},
                                     {"backup", "flat", "the clock's cell is empty and its time is lost"},
                                     {"stopped", "oscillator", "the clock's quartz stands"},
                                     {"stopped", "counter", "the clock is held"}};
    const uint64_t which = random_.below(5);
    if (which < 4) return {"clock", faults[which][2], {}, {{"rtc", {{faults[which][0], faults[which][1]}}}}};
    const int ppm = whole(-500, 500);
    return {"clock", fmt::format("the clock is {} ppm too fast", ppm), {}, {{"rtc", {{"drift_ppm", std::to_string(ppm)}}}}};
  }

  SeedStream random_;
  const Scenario& scenario_;
  double end_s_;
};

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

/// Makes a path that a file gives relative to itself good from anywhere.
void make_absolute(YAML::Node node, const std::string& key, const std::string& file) {
  if (!node[key] || node[key].as<std::string>() == "default") return;
  const std::filesystem::path path = node[key].as<std::string>();
  if (path.is_relative()) node[key] = absolute((std::filesystem::path(file).parent_path() / path).string());
}

void write(const YAML::Node& node, const std::string& comment, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  out << comment << node << "\n";
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

}  // namespace

const std::vector<std::string>& fault_kinds() {
  static const std::vector<std::string> kinds = {"cut",    "dip",   "pull", "stall", "slow",    "small",
                                                 "bounce", "press", "heat", "clock", "reorder", "crc"};
  return kinds;
}

std::vector<Fault> draw_faults(uint64_t seed, int index, const Scenario& scenario) { return Draw(seed, index, scenario).all(); }

std::string write_faulted_scenario(const PreparedRun& run, const std::vector<Fault>& faults, const std::string& dir) {
  std::filesystem::create_directories(dir);
  std::string comment = fmt::format("# {} with faults of a swarm:\n", run.scenario.name);
  for (const Fault& fault : faults) comment += "# - " + fault.text + "\n";

  YAML::Node device = YAML::LoadFile(run.device_path);
  for (const char* key : {"board", "firmware"}) make_absolute(device, key, run.device_path);
  YAML::Node scenario = YAML::LoadFile(run.scenario.path);
  scenario["name"] = run.scenario.name;
  scenario["duration_s"] = static_cast<double>(run.scenario.duration_ns) / kNsPerS + kRestS;
  scenario["seed"] = run.scenario.seed;
  scenario["light"] = absolute(run.scenario.light_path);
  scenario["requirements"] = absolute(run.scenario.requirements_path);
  scenario["device"] = absolute(dir + "/device.yaml");
  for (const auto& [name, value] : run.request.parameters) scenario["parameters"][name] = value;
  for (const char* key : {"image", "formatted_over"}) {
    if (device["card"]) make_absolute(device["card"], key, run.device_path);
    if (scenario["card"]) make_absolute(scenario["card"], key, run.scenario.path);
  }
  for (const Fault& fault : faults) {
    for (const YamlKeys& action : fault.actions) {
      YAML::Node line;
      line.SetStyle(YAML::EmitterStyle::Flow);
      for (const auto& [key, value] : action) line[key] = value;
      scenario["actions"].push_back(line);
    }
    // A scenario's own keys stand above those of the device.
    for (const auto& [section, keys] : fault.keys) {
      const size_t dot = section.find('.');
      const std::string top = section.substr(0, dot);
      YAML::Node into = (scenario[top] ? scenario : device)[top];
      for (const auto& [key, value] : keys) (dot == std::string::npos ? into : into[section.substr(dot + 1)])[key] = YAML::Load(value);
    }
  }
  write(device, comment, dir + "/device.yaml");
  write(scenario, comment, dir + "/scenario.yaml");
  return dir + "/scenario.yaml";
}

}  // namespace saksi::sim
