#include "sim/self-check/coverage_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace saksi::sim {

namespace {

/// Wilson (1927): the 95 % interval of a share that was seen in n trials.
void wilson(CoverageRow& row) {
  constexpr double kZ = 1.959963984540054;
  const double n = static_cast<double>(row.runs), share = row.share(), z2 = kZ * kZ;
  const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  row.low = std::max(0.0, middle - half);
  row.high = std::min(1.0, middle + half);
}

/// A count: it states no uncertainty.
bool is_exact(const CoverageRow& row) { return row.id == "frames_dropped" || row.id == "frames_repeated" || row.half_width == 0; }

}  // namespace

void CoverageTable::add(const nlohmann::ordered_json& check) {
  for (const auto& one : check.at("measurements")) {
    samples_[one.at("id").get<std::string>()].push_back(
        {std::abs(one.at("error").get<double>()), one.at("uncertainty").get<double>(), one.at("covered").get<bool>()});
  }
}

std::vector<CoverageRow> CoverageTable::rows() const {
  std::vector<CoverageRow> rows;
  for (const auto& [id, samples] : samples_) {
    CoverageRow row;
    row.id = id;
    row.runs = samples.size();
    std::vector<double> errors;
    for (const Sample& sample : samples) {
      row.covered += sample.covered ? 1 : 0;
      row.half_width += sample.uncertainty / static_cast<double>(samples.size());
      row.widest = std::max(row.widest, sample.uncertainty);
      errors.push_back(sample.error);
    }
    std::sort(errors.begin(), errors.end());
    constexpr double kShare = 0.95;
    const auto place = static_cast<size_t>(std::ceil(kShare * static_cast<double>(errors.size())));
    row.error95 = errors[place - 1];
    wilson(row);
    rows.push_back(row);
  }
  return rows;
}

bool keeps_bars(const CoverageRow& row) {
  if (is_exact(row)) return row.covered == row.runs;
  return row.high >= CoverageTable::kLeastShare && row.low <= CoverageTable::kMostShare && row.width_ratio() <= CoverageTable::kMostRatio;
}

std::string text_of(const std::vector<CoverageRow>& rows) {
  std::string text = fmt::format("{:<20} {:>6} {:>9} {:>17} {:>12} {:>12} {:>12} {:>7}\n", "measurement", "runs", "covered", "95 % interval",
                                 "half-width", "widest", "95 % |error|", "ratio");
  for (const CoverageRow& row : rows) {
    text += fmt::format("{:<20} {:>6} {:>7.2f} % {:>6.2f} to {:>6.2f} % {:>12.6f} {:>12.6f} {:>12.6f} {:>7.2f}{}\n", row.id, row.runs,
                        100 * row.share(), 100 * row.low, 100 * row.high, row.half_width, row.widest, row.error95, row.width_ratio(),
                        is_exact(row) && keeps_bars(row) ? "  exact"
                        : keeps_bars(row)                ? ""
                                                         : "  off");
  }
  return text + fmt::format("bars: covered {:.0f} to {:.0f} %, ratio of mean half-width to 95 % |error| at most {}\n",
                            100 * CoverageTable::kLeastShare, 100 * CoverageTable::kMostShare, CoverageTable::kMostRatio);
}

nlohmann::ordered_json json_of(const std::vector<CoverageRow>& rows) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const CoverageRow& row : rows) {
    json.push_back({{"id", row.id},
                    {"runs", row.runs},
                    {"covered", row.covered},
                    {"share", row.share()},
                    {"share_low", row.low},
                    {"share_high", row.high},
                    {"mean_half_width", row.half_width},
                    {"widest_half_width", row.widest},
                    {"error_p95", row.error95},
                    {"ratio", row.width_ratio()},
                    {"keeps_bars", keeps_bars(row)}});
  }
  return json;
}

}  // namespace saksi::sim
