#include "judge/statistics/order_statistics.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace saksi::judge {

namespace {

// Halvings of an interval of length 1 until nothing is left of it in a double.
constexpr int kHalvings = 60;

// 0.95 is no binary fraction, and its complement is a little more than 0.05: a plan that just reaches the confidence must not fail for that.
constexpr double kGrain = 1e-12;

/// The place between 0 and 1 at which a falling function passes `level`.
template <typename Function>
double where_falls_to(double level, const Function& function) {
  double low = 0, high = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (function(middle) > level ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double chance_of_at_most(int k, int n, double p) {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  // Term by term in logarithms: the first one underflows where n is large.
  const double ratio = std::log(p) - std::log1p(-p);
  double log_term = n * std::log1p(-p);
  double sum = std::exp(log_term);
  for (int i = 1; i <= k; ++i) {
    log_term += std::log(static_cast<double>(n - i + 1) / i) + ratio;
    sum += std::exp(log_term);
  }
  return std::min(sum, 1.0);
}

int trials_needed(double share, double confidence, int late) {
  const auto shows = [&](int n) { return chance_of_at_most(late, n, 1 - share) <= 1 - confidence + kGrain; };
  if (!shows(kTrialsMost)) throw std::invalid_argument("no number of trials that can be made shows this");
  int low = late, high = kTrialsMost;  // the chance falls with n
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (shows(middle) ? high : low) = middle;
  }
  return high;
}

int late_allowed(double share, double confidence, int n) {
  int late = -1;
  while (late + 1 < n && chance_of_at_most(late + 1, n, 1 - share) <= 1 - confidence + kGrain) ++late;
  return late;
}

int late_shown(double share, double confidence, int n) {
  int late = 0;
  while (late <= n && 1 - chance_of_at_most(late - 1, n, 1 - share) > 1 - confidence + kGrain) ++late;
  return late;
}

double upper_bound(int k, int n, double confidence) {
  if (k >= n) return 1;
  return where_falls_to(1 - confidence, [&](double p) { return chance_of_at_most(k, n, p); });
}

double lower_bound(int k, int n, double confidence) {
  if (k <= 0) return 0;
  return where_falls_to(confidence, [&](double p) { return chance_of_at_most(k - 1, n, p); });
}

double zero_failure_bound(int n, double confidence) { return n <= 0 ? 1 : 1 - std::pow(1 - confidence, 1.0 / n); }

}  // namespace saksi::judge
