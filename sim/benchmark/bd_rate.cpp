#include "sim/benchmark/bd_rate.h"

#include <algorithm>
#include <cmath>

namespace saksi::sim {

namespace {

/// The logarithm of the rate at a PSNR: Lagrange's form of the cubic.
double log_rate_at(const RateCurve& curve, double psnr_db) {
  double sum = 0;
  for (const RatePoint& own : curve) {
    double term = std::log(own.rate);
    for (const RatePoint& other : curve) {
      if (&other != &own) term *= (psnr_db - other.psnr_db) / (own.psnr_db - other.psnr_db);
    }
    sum += term;
  }
  return sum;
}

/// Simpson's rule, which is exact for cubics.
double mean_log_rate(const RateCurve& curve, double from_db, double to_db) {
  return (log_rate_at(curve, from_db) + 4 * log_rate_at(curve, (from_db + to_db) / 2) + log_rate_at(curve, to_db)) / 6;
}

bool by_psnr(const RatePoint& a, const RatePoint& b) { return a.psnr_db < b.psnr_db; }

/// From lowest PSNR to highest; nothing if no cubic goes through the points.
std::optional<RateCurve> sorted(RateCurve curve) {
  std::sort(curve.begin(), curve.end(), by_psnr);
  for (size_t i = 0; i < curve.size(); ++i) {
    if (curve[i].rate <= 0 || (i > 0 && curve[i].psnr_db <= curve[i - 1].psnr_db)) return std::nullopt;
  }
  return curve;
}

}  // namespace

std::optional<double> bd_rate(const RateCurve& reference, const RateCurve& tested) {
  const auto a = sorted(reference), b = sorted(tested);
  if (!a || !b) return std::nullopt;
  const double from_db = std::max(a->front().psnr_db, b->front().psnr_db), to_db = std::min(a->back().psnr_db, b->back().psnr_db);
  if (from_db >= to_db) return std::nullopt;
  return std::exp(mean_log_rate(*b, from_db, to_db) - mean_log_rate(*a, from_db, to_db)) - 1;
}

}  // namespace saksi::sim
