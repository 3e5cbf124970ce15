#include "sim/benchmark/emva1288.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr double kQuantisation = 1.0 / 12;  ///< variance of rounding to whole numbers, DN^2
constexpr double kQuantisedDark = 0.24;     ///< below this dark variance quantisation dominates
constexpr double kTransferUpTo = 0.7;       ///< of the saturation: what the lines are fitted to
constexpr double kLinearFrom = 0.05, kLinearTo = 0.95;
constexpr size_t kStepsMin = 20;

/// The line y = offset + slope * x of least squares.
struct Line {
  double offset = 0;
  double slope = 0;
};
Line fit(const std::vector<double>& x, const std::vector<double>& y, const std::vector<double>& weight) {
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    w += weight[i];
    wx += weight[i] * x[i];
    wy += weight[i] * y[i];
    wxx += weight[i] * x[i] * x[i];
    wxy += weight[i] * x[i] * y[i];
  }
  Line line;
  line.slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  line.offset = (wy - line.slope * wx) / w;
  return line;
}

/// The slope of the line through the origin.
double slope_through_zero(const std::vector<double>& x, const std::vector<double>& y) {
  double xx = 0, xy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xx += x[i] * x[i];
    xy += x[i] * y[i];
  }
  return xy / xx;
}

/// The last step before the variance falls for good: saturation.
size_t saturated_step(const std::vector<TransferStep>& steps) {
  const auto highest =
      std::max_element(steps.begin(), steps.end(), [](const TransferStep& a, const TransferStep& b) { return a.light.variance < b.light.variance; });
  if (steps.size() < kStepsMin || highest + 1 == steps.end())
    throw InfraError("photon transfer: the series is too short or does not reach saturation");
  return static_cast<size_t>(highest - steps.begin());
}

/// Mean relative deviation from the line with relative errors made least.
double linearity_error(const std::vector<TransferStep>& steps, double photons_at_saturation) {
  std::vector<double> x, y, weight;
  for (const TransferStep& step : steps) {
    const double part = step.photons / photons_at_saturation;
    if (part < kLinearFrom || part > kLinearTo) continue;
    x.push_back(step.photons);
    y.push_back(step.light.mean - step.dark.mean);
    weight.push_back(1 / (y.back() * y.back()));
  }
  const Line line = fit(x, y, weight);
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += std::abs(y[i] / (line.offset + line.slope * x[i]) - 1);
  return x.empty() ? 0 : sum / static_cast<double>(x.size());
}

}  // namespace

TemporalFigures temporal_of(const RawPlane& a, const RawPlane& b) {
  double sum_a = 0, sum_b = 0, squares = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    sum_a += a[i];
    sum_b += b[i];
    squares += difference * difference;
  }
  const double n = static_cast<double>(a.size());
  const double drift = (sum_a - sum_b) / n;
  return {(sum_a + sum_b) / (2 * n), (squares / n - drift * drift) / 2};
}

void PlaneStack::add(const RawPlane& plane) {
  sum_.resize(plane.size());
  squares_.resize(plane.size());
  for (size_t i = 0; i < plane.size(); ++i) {
    sum_[i] += plane[i];
    squares_[i] += static_cast<double>(plane[i]) * plane[i];
  }
  ++planes_;
}

double PlaneStack::mean() const {
  double sum = 0;
  for (const double one : sum_) sum += one;
  return sum / (static_cast<double>(sum_.size()) * planes_);
}

double PlaneStack::spatial_variance() const {
  const double mean_of_all = mean(), l = planes_;
  double spatial = 0, temporal = 0;
  for (size_t i = 0; i < sum_.size(); ++i) {
    const double mean_here = sum_[i] / l;
    spatial += (mean_here - mean_of_all) * (mean_here - mean_of_all);
    temporal += (squares_[i] - l * mean_here * mean_here) / (l - 1);
  }
  const double n = static_cast<double>(sum_.size());
  return spatial / (n - 1) - temporal / n / l;
}

EmvaFigures evaluate_transfer(const std::vector<TransferStep>& steps) {
  const TransferStep& full = steps[saturated_step(steps)];
  std::vector<double> photons, means, variances, times, darks;
  for (const TransferStep& step : steps) {
    times.push_back(step.exposure_s);
    darks.push_back(step.dark.mean);
    if (step.photons > kTransferUpTo * full.photons) continue;
    photons.push_back(step.photons);
    means.push_back(step.light.mean - step.dark.mean);
    variances.push_back(step.light.variance - step.dark.variance);
  }
  EmvaFigures figures;
  figures.gain_dn_per_e = slope_through_zero(means, variances);
  figures.quantum_efficiency = slope_through_zero(photons, means) / figures.gain_dn_per_e;
  const double dark_variance = steps.front().dark.variance;
  figures.is_quantised = dark_variance < kQuantisedDark;
  const double read_variance = (figures.is_quantised ? kQuantisedDark : dark_variance) - kQuantisation;
  figures.dark_noise_e = std::sqrt(read_variance) / figures.gain_dn_per_e;
  const Line dark = fit(times, darks, std::vector<double>(times.size(), 1));
  figures.dark_current_e_s = dark.slope / figures.gain_dn_per_e;
  figures.dark_offset_dn = dark.offset;
  figures.saturation_e = figures.quantum_efficiency * full.photons;
  figures.full_well_e = (steps.back().light.mean - steps.back().dark.mean) / figures.gain_dn_per_e;
  figures.linearity_error = linearity_error(steps, full.photons);
  return figures;
}

double prnu_of(const PlaneStack& half, const PlaneStack& dark) {
  return std::sqrt(std::max(0.0, half.spatial_variance() - dark.spatial_variance())) / (half.mean() - dark.mean());
}

}  // namespace saksi::sim
