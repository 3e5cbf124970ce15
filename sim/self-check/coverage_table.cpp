#include "sim/self-check/coverage_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

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

/// The smallest value that is not below a share of all; 0 of none.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<size_t>(place, 1) - 1];
}

/// A count: it states no uncertainty.
bool is_exact(const CoverageRow& row) { return row.id == "frames_dropped" || row.id == "frames_repeated" || row.widest == 0; }

}  // namespace

void CoverageTable::add(const nlohmann::ordered_json& check) {
  for (const auto& one : check.at("measurements")) {
    samples_[one.at("id").get<std::string>()].push_back(
        {std::abs(one.at("error").get<double>()), one.at("uncertainty").get<double>(), one.at("covered").get<bool>()});
  }
}

std::vector<CoverageRow> CoverageTable::rows() const {
  std::vector<CoverageRow> rows;
  for (const auto& [id, all] : samples_) {
    std::vector<Sample> samples;
    std::copy_if(all.begin(), all.end(), std::back_inserter(samples), [](const Sample& s) { return s.uncertainty > 0 || !s.covered; });
    const bool is_exact = std::none_of(all.begin(), all.end(), [](const Sample& s) { return s.uncertainty > 0; });
    if (is_exact) samples = all;
    CoverageRow row;
    row.id = id;
    row.runs = samples.size();
    row.exact = all.size() - samples.size();
    std::vector<double> errors, widths, own;
    for (const Sample& sample : samples) {
      row.covered += sample.covered ? 1 : 0;
      row.mean_half_width += sample.uncertainty / static_cast<double>(samples.size());
      widths.push_back(sample.uncertainty);
      errors.push_back(sample.error);
      if (sample.uncertainty > 0) own.push_back(sample.error / sample.uncertainty);
    }
    constexpr double kShare = 0.95, kHalf = 0.5;
    row.half_width = quantile(widths, kHalf);
    row.widest = quantile(widths, 1);
    row.error95 = quantile(errors, kShare);
    row.own_error95 = quantile(own, kShare);
    wilson(row);
    rows.push_back(row);
  }
  return rows;
}

bool keeps_bars(const CoverageRow& row) {
  if (is_exact(row)) return row.covered == row.runs;
  return row.high >= CoverageTable::kLeastShare && row.low <= CoverageTable::kMostShare && row.width_ratio() <= CoverageTable::kMostRatio &&
         row.own_ratio() <= CoverageTable::kMostRatio;
}

std::string text_of(const std::vector<CoverageRow>& rows) {
  std::string text = fmt::format("{:<16} {:>5} {:>9} {:>17} {:>11} {:>11} {:>11} {:>6} {:>6} {:>7}\n", "measurement", "runs", "covered",
                                 "95 % interval", "half-width", "widest", "95 % |err|", "ratio", "own", "widest");
  for (const CoverageRow& row : rows) {
    const double widest_ratio = row.error95 > 0 ? row.widest / row.error95 : 0;
    text += fmt::format("{:<16} {:>5} {:>7.2f} % {:>6.2f} to {:>6.2f} % {:>11.6f} {:>11.6f} {:>11.6f} {:>6.2f} {:>6.2f} {:>7.1f}{}{}\n", row.id,
                        row.runs, 100 * row.share(), 100 * row.low, 100 * row.high, row.half_width, row.widest, row.error95, row.width_ratio(),
                        row.own_ratio(), widest_ratio, row.exact > 0 ? fmt::format("  {} exact beside", row.exact) : "",
                        is_exact(row) && keeps_bars(row) ? "  exact"
                        : keeps_bars(row)                ? ""
                                                         : "  off");
  }
  return text + fmt::format("bars: covered {:.0f} to {:.0f} %; half-width at most {} times 95 % |err|, of the median one (ratio) and of each "
                            "against its own error (own); the widest is shown only\n",
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
                    {"exact", row.exact},
                    {"median_half_width", row.half_width},
                    {"mean_half_width", row.mean_half_width},
                    {"widest_half_width", row.widest},
                    {"error_p95", row.error95},
                    {"ratio", row.width_ratio()},
                    {"own_ratio", row.own_ratio()},
                    {"keeps_bars", keeps_bars(row)}});
  }
  return json;
}

}  // namespace saksi::sim
