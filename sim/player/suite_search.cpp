#include "sim/player/suite_search.h"

namespace saksi::sim {

std::optional<SuiteSearch> suite_search(const std::string& path) {
  constexpr int64_t kLongestMs = 3'600'000;
  constexpr int kNeighboursMost = 100;
  const YamlNode root = YamlNode::load(path);
  if (!root.has("search")) return std::nullopt;
  const YamlNode node = root.at("search");
  if (root.has("claim")) node.fail("'search' stands beside 'claim'; a suite has one of them");
  node.allow_keys({"parameter", "from_ms", "to_ms", "step_ms", "neighbours", "requirement", "requirements"});
  SuiteSearch search;
  search.parameter = node.at("parameter").as_string();
  search.from_ms = node.get_int("from_ms", 0, 0, kLongestMs);
  search.to_ms = node.at("to_ms").as_int(search.from_ms + 1, kLongestMs);
  search.step_ms = node.at("step_ms").as_int(1, search.to_ms - search.from_ms);
  if ((search.to_ms - search.from_ms) % search.step_ms != 0) node.at("step_ms").fail("to_ms is not a whole number of steps behind from_ms");
  search.neighbours = static_cast<int>(node.get_int("neighbours", search.neighbours, 0, kNeighboursMost));
  search.place = node.at("requirement");
  search.requirement = search.place->as_string();
  search.requirements_path = node.at("requirements").path();
  return search;
}

}  // namespace saksi::sim
