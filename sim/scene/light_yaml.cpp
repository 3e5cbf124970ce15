#include "sim/scene/light_yaml.h"

#include <utility>

namespace saksi::sim {

namespace {

constexpr double kLeastLux = 0.001, kMostLux = 200'000.0, kWarmest = 1667.0, kColdest = 25'000.0;

std::vector<LightStep> read_changes(const YamlNode& node) {
  constexpr int64_t kSecond = 1'000'000'000, kLongest = 100'000 * kSecond;
  std::vector<LightStep> steps;
  for (const YamlNode& item : node.items()) {
    item.allow_keys({"at_s", "lux", "over_s", "colour_temperature_k"});
    LightStep step;
    step.at_ns = item.at("at_s").as_ns(kSecond, 0, kLongest);
    step.lux = item.at("lux").as_number(kLeastLux, kMostLux);
    if (item.has("over_s")) step.over_ns = item.at("over_s").as_ns(kSecond, 0, kLongest);
    if (item.has("colour_temperature_k")) step.kelvin = item.at("colour_temperature_k").as_number(kWarmest, kColdest);
    const bool is_early = !steps.empty() && step.at_ns < steps.back().at_ns + steps.back().over_ns;
    if (is_early) item.at("at_s").fail("this change begins before the one above it has ended; they must come one after the other");
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

LightConfig read_light(const YamlNode& node, LightConfig otherwise) {
  LightConfig light = std::move(otherwise);
  light.lux = node.get_number("lux", light.lux, kLeastLux, kMostLux);
  if (node.has("colour_temperature_k")) light.kelvin = node.at("colour_temperature_k").as_number(kWarmest, kColdest);
  if (node.has("light_changes")) light.changes = read_changes(node.at("light_changes"));
  if (node.has("flicker")) {
    const YamlNode flicker = node.at("flicker");
    flicker.allow_keys({"depth", "mains_hz"});
    light.flicker.depth = flicker.at("depth").as_number(0.0, 1.0);
    light.flicker.mains_hz = flicker.get_number("mains_hz", light.flicker.mains_hz, 45.0, 65.0);
  }
  return light;
}

}  // namespace saksi::sim
