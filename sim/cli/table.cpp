#include "sim/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kColumns = 5;
using Row = std::array<std::string, kColumns>;

const Json* find_measurement(const Json& verdicts, const std::string& id) {
  for (const Json& measurement : verdicts.at("measurements")) {
    if (measurement.at("id") == id) return &measurement;
  }
  return nullptr;
}

std::string number(const Json& value) {
  if (value.is_number_integer()) return value.dump();
  return value.is_number() ? fmt::format("{:.4g}", value.get<double>()) : value.dump();
}

std::string limit_text(const Json& limit) {
  std::string text;
  for (const auto& [key, sign] : std::array<std::pair<const char*, const char*>, 3>{{{"max", "<="}, {"min", ">="}, {"equal", "="}}}) {
    if (limit.contains(key)) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", sign, number(limit.at(key)));
  }
  if (limit.contains("unit") && limit.at("unit").is_string()) text += " " + limit.at("unit").get<std::string>();
  return text;
}

Row row_of(const Json& verdicts, const Json& requirement) {
  Row row{requirement.at("id").get<std::string>(), "-", "-", "", requirement.at("verdict").get<std::string>()};
  if (requirement.contains("limit")) row[3] = limit_text(requirement.at("limit"));
  const Json* measurement = find_measurement(verdicts, requirement.value("measurement", ""));
  if (measurement && measurement->contains("value") && !measurement->at("value").is_null()) {
    row[1] = number(measurement->at("value")) + " " + measurement->value("unit", "");
    if (measurement->contains("uncertainty")) row[2] = number(measurement->at("uncertainty"));
  }
  return row;
}

}  // namespace

/// What was found wrong with a clip or with the card's volume, a line each.
static std::string problem_lines(const std::string& name, const Json& judged) {
  std::string text;
  for (const Json& problem : judged.value("problems", Json::array())) {
    text += fmt::format("  {}: {}\n", name, problem.is_string() ? problem.get<std::string>() : problem.value("text", ""));
  }
  return text;
}

std::string requirement_table(const Json& verdicts) {
  std::vector<Row> rows = {{"requirement", "measured", "+-", "limit", "verdict"}};
  for (const Json& requirement : verdicts.at("requirements")) rows.push_back(row_of(verdicts, requirement));
  std::array<size_t, kColumns> width{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < kColumns; ++i) line += fmt::format(" {:<{}} ", row[i], width[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  for (const Json& requirement : verdicts.at("requirements")) {
    if (requirement.value("verdict", "") == "pass" || !requirement.contains("reason")) continue;
    text += fmt::format("  {}: {}\n", requirement.at("id").get<std::string>(), requirement.at("reason").get<std::string>());
  }
  for (const Json& entry : verdicts.value("not_judged", Json::array())) {
    text += fmt::format("  {}: not judged: {}\n", entry.value("id", ""), entry.value("reason", ""));
  }
  text += problem_lines("card", verdicts.value("card", Json::object()));
  for (const Json& clip : verdicts.at("evidence")) text += problem_lines(clip.value("file", ""), clip);
  return text;
}

}  // namespace saksi::sim
