#include "sim/sweep/case_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr double kNsPerS = 1e9;
constexpr double kRecoverS = 6;

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

std::string what_is_done(const Action& action) {
  const Verb& verb = action.verb;
  switch (verb.kind) {
    case Verb::Kind::kPress:
      return fmt::format("press: {}, hold_ms: {}", verb.button, action.hold_ns / 1'000'000);
    case Verb::Kind::kRelease:
      return "release: " + verb.button;
    case Verb::Kind::kSupplyOn:
      return "supply: on";
    case Verb::Kind::kSupplyCut:
      return "supply: cut";
    case Verb::Kind::kSupplyMv:
      return fmt::format("supply_mv: {}", verb.supply_mv) +
             (action.hold_ns > 0 ? fmt::format(", for_ms: {:.6f}", static_cast<double>(action.hold_ns) / 1e6) : "");
    case Verb::Kind::kCardInsert:
      return "card: insert";
    case Verb::Kind::kCardPull:
      return "card: pull";
  }
  return "";
}

std::string when(const Action& action) {
  if (action.on_led.empty()) return fmt::format("at_s: {:.9f}", static_cast<double>(action.at_ns) / kNsPerS);
  return fmt::format("on: led_{}, after_ms: {:.6f}", action.on_led, static_cast<double>(action.after_ns) / 1e6);
}

std::string beginning(const PreparedRun& uncut, const std::string& name, const std::string& card_image, double duration_s) {
  return fmt::format("name: {}\nseed: {}\ndevice: \"{}\"\nlight: \"{}\"\nduration_s: {:.9f}\ncard: {{image: \"{}\"}}\nrequirements: \"{}\"\n", name,
                     uncut.scenario.seed, absolute(uncut.device_path), absolute(uncut.scenario.light_path), duration_s, absolute(card_image),
                     absolute(project_dir() + "/scenarios/requirements/first-light.yaml"));
}

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

}  // namespace

void write_before_scenario(const PreparedRun& uncut, const std::string& base_image, double cut_s, const std::string& dir) {
  constexpr double kAfterS = 0.05;
  std::string text = "# Up to the power cut of this case, on the card that the sweep's run began with.\n" +
                     beginning(uncut, uncut.scenario.name + "-before-cut", base_image, cut_s + kAfterS) + "actions:\n";
  for (const Action& action : uncut.scenario.actions) {
    if (action.on_led.empty() && static_cast<double>(action.at_ns) / kNsPerS >= cut_s) continue;
    text += fmt::format("  - {{{}, {}}}\n", when(action), what_is_done(action));
  }
  text += fmt::format("  - {{at_s: {:.9f}, supply: cut}}\nrequire: [ready-in-time]\n", cut_s);
  write(dir + "/before.yaml", text);
}

void write_recover_scenario(const PreparedRun& uncut, const std::string& card_image, const std::string& dir) {
  write(dir + "/recover.yaml", "# The start after the power cut of this case, with the card as the cut left it.\n" +
                                   beginning(uncut, uncut.scenario.name + "-recover", card_image, kRecoverS) +
                                   "actions:\n  - {at_s: 0.1, supply: on}\nrequire: [ready-in-time]\n");
}

}  // namespace saksi::sim
