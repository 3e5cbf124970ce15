#ifndef SAKSI_JUDGE_STATISTICS_ORDER_STATISTICS_H_
#define SAKSI_JUDGE_STATISTICS_ORDER_STATISTICS_H_

namespace saksi::judge {

/// What a number of independent trials says about a share, whatever the distribution: order statistics and the binomial law. Shares and confidences
/// are between 0 and 1. Nothing here knows of cameras. H. A. David, Order Statistics, 7.1; C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404.

/// The largest number of trials that is worked with.
constexpr int kTrialsMost = 100'000;

/// P(X <= k) of a binomial X of n trials with chance p each; 0 for k < 0, 1 for k >= n.
double chance_of_at_most(int k, int n, double p);

/// The least number of trials n such that "at most `late` of n exceed X" shows with the confidence that the `share` quantile is at most X:
/// P(X <= late) <= 1 - confidence for a chance of 1 - share. 59 for 0.95, 0.95 and 0. Throws std::invalid_argument if it would exceed kTrialsMost.
int trials_needed(double share, double confidence, int late);

/// The most late ones of n trials that still show it; -1 if n is too small even for none.
int late_allowed(double share, double confidence, int n);

/// The fewest late ones of n trials that show with the confidence that more than 1 - share are late; n + 1 if no number does.
int late_shown(double share, double confidence, int n);

/// One-sided Clopper-Pearson bounds of the chance behind k of n.
double upper_bound(int k, int n, double confidence);
double lower_bound(int k, int n, double confidence);

/// The upper bound of the chance of a failure after n trials without one: 1 - (1 - confidence)^(1/n).
double zero_failure_bound(int n, double confidence);

}  // namespace saksi::judge

#endif
