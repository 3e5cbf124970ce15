#ifndef SAKSI_JUDGE_CLAIMS_DURABLE_SEARCH_H_
#define SAKSI_JUDGE_CLAIMS_DURABLE_SEARCH_H_

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "judge/verdict/requirement.h"

namespace saksi::judge {

constexpr char kSearchSchema[] = "saksi-search/1";

/// Where cuts may be made: at from_ms, step_ms later, and so on up to to_ms, counted from what a measurement counts from.
struct SearchPlan {
  int64_t from_ms = 0;
  int64_t to_ms = 0;    ///< from_ms plus a whole number of steps
  int64_t step_ms = 1;
  int neighbours = 2;  ///< further cuts on each side of what was found, one step apart, since a later cut may lose what an earlier one kept
};

/// What one cut left, as press_to_durable or led_to_durable say it of its recording.
struct CutLeft {
  enum class Kind { kKept, kLost, kUndecided };
  Kind kind = Kind::kUndecided;
  double after_s = 0;   ///< kKept, kLost: time of the cut
  double bench_u = 0;   ///< its standard uncertainty
  std::string digest;   ///< of the recording
  std::string reason;   ///< kUndecided: why
};

/// Of the measurement in a verdicts.json.
CutLeft left_by(const nlohmann::ordered_json& verdicts, const std::string& measurement);

/// Finds, for one press, the first cut from which on all that were tried keep a frame: by bisection, and then by the neighbours of what was found.
class DurableSearch {
 public:
  explicit DurableSearch(const SearchPlan& plan) : plan_(plan) {}

  /// The cut to make next, in ms; nullopt when the search is over.
  std::optional<int64_t> next() const;
  void add(int64_t at_ms, const CutLeft& left);

  const std::map<int64_t, CutLeft>& cuts() const { return cuts_; }
  /// The latest cut that is not known to have kept a frame, and the earliest behind it.
  std::optional<int64_t> last_not_kept() const;
  std::optional<int64_t> first_kept() const;
  /// False: a cut kept a frame, and a later one did not.
  bool is_monotone() const;

 private:
  SearchPlan plan_;
  std::map<int64_t, CutLeft> cuts_;
};

/// One press: the run's name and what was found.
struct SearchedPress {
  std::string name;
  DurableSearch search;
};

/// What goes into search.json (docs/formats/search.md). The measurement is that of the worst press: it lies between the latest cut that lost and the
/// earliest that kept, in the middle, with half of that as its uncertainty.
nlohmann::ordered_json judge_search(const Requirement& requirement, const SearchPlan& plan, const std::vector<SearchedPress>& presses);

}  // namespace saksi::judge

#endif
