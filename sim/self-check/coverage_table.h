#ifndef SAKSI_SIM_SELF_CHECK_COVERAGE_TABLE_H_
#define SAKSI_SIM_SELF_CHECK_COVERAGE_TABLE_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::sim {

/// How a measurement did over many runs: how often the truth lay inside the stated 95 % interval, and whether the interval is wider than it need be.
struct CoverageRow {
  std::string id;
  size_t runs = 0;   ///< that gave a value with an uncertainty; all of them if none states any
  size_t exact = 0;  ///< that stated none and were right, beside `runs`: they say nothing of intervals
  size_t covered = 0;
  double low = 0, high = 0;  ///< 95 % interval of the share that is covered (Wilson score)
  double half_width = 0;     ///< median of the stated ones, in the measurement's unit
  double mean_half_width = 0;
  double widest = 0;
  double error95 = 0;       ///< 95th percentile of the absolute errors
  double own_error95 = 0;   ///< 95th percentile of the absolute errors, each over the half-width that was stated with it

  double share() const { return runs > 0 ? static_cast<double>(covered) / static_cast<double>(runs) : 0; }
  /// Median half-width over the 95th percentile of the error; 0 if nothing errs.
  double width_ratio() const { return error95 > 0 ? half_width / error95 : 0; }
  /// How many times wider intervals are than their own errors need: 1 if they are right; 0 if nothing errs.
  double own_ratio() const { return own_error95 > 0 ? 1 / own_error95 : 0; }
};

/// Collects what self_check() says of runs.
class CoverageTable {
 public:
  /// The bars: the truth lies inside in this share of the runs, and the half-width is at most this many times the error's 95th percentile.
  ///
  /// Runs differ in what can be known (a bright scene at 30 frames/s, a dark one at 10), so "the half-width" is read in two ways, and both must keep
  /// the bar: the typical one, the median, against the errors of all runs; and each run's own against its own error. The widest is shown and not
  /// judged: a run in which little can be known should say so, and against the errors of the others any honest half-width is large.
  static constexpr double kLeastShare = 0.93, kMostShare = 0.97, kMostRatio = 1.3;

  /// `check` as self_check() gives it.
  void add(const nlohmann::ordered_json& check);
  /// One for each measurement, in alphabetical order.
  std::vector<CoverageRow> rows() const;

 private:
  struct Sample {
    double error, uncertainty;
    bool covered;
  };
  std::map<std::string, std::vector<Sample>> samples_;
};

/// Whether a row keeps both bars, as far as its runs can tell: the interval of its share meets [0.93, 0.97]. A measurement that is exact keeps them.
bool keeps_bars(const CoverageRow& row);

/// For a terminal.
std::string text_of(const std::vector<CoverageRow>& rows);
nlohmann::ordered_json json_of(const std::vector<CoverageRow>& rows);

}  // namespace saksi::sim

#endif
