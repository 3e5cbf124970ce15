#include "judge/media/linear_program.h"

#include <algorithm>
#include <cmath>

#include "base/seed_stream.h"

namespace saksi::judge {

namespace {

constexpr double kTolerance = 1e-9;
// A half space whose coefficients are all smaller than this says nothing about the unknowns.
constexpr double kFlat = 1e-12;

double dot(int n, const Vector& a, const Vector& b) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a[static_cast<size_t>(i)] * b[static_cast<size_t>(i)];
  return sum;
}

/// The vector without one of its elements.
Vector without(const Vector& v, int element) {
  Vector result{};
  for (size_t i = 0, j = 0; i < v.size(); ++i) {
    if (static_cast<int>(i) != element) result[j++] = v[i];
  }
  return result;
}

std::optional<Vector> solve(int n, const std::vector<HalfSpace>& half_spaces, size_t count, const Vector& objective, const Vector& low,
                            const Vector& high);

std::optional<Vector> solve_line(const std::vector<HalfSpace>& half_spaces, size_t count, double objective, double low, double high) {
  for (size_t i = 0; i < count; ++i) {
    const double a = half_spaces[i].a[0];
    const double b = half_spaces[i].b;
    if (a > kFlat) {
      high = std::min(high, b / a);
    } else if (a < -kFlat) {
      low = std::max(low, b / a);
    } else if (b < -kTolerance) {
      return std::nullopt;
    }
  }
  if (low > high + kTolerance) return std::nullopt;
  return Vector{objective >= 0 ? std::max(low, high) : std::min(low, high)};
}

/// The optimum on the plane of half space `plane`, under those before it: its largest unknown is expressed by the others.
std::optional<Vector> solve_on(int n, const std::vector<HalfSpace>& half_spaces, size_t plane, const Vector& objective, const Vector& low,
                               const Vector& high) {
  const HalfSpace& p = half_spaces[plane];
  int out = 0;
  for (int i = 1; i < n; ++i) {
    if (std::abs(p.a[static_cast<size_t>(i)]) > std::abs(p.a[static_cast<size_t>(out)])) out = i;
  }
  const double pivot = p.a[static_cast<size_t>(out)];
  if (std::abs(pivot) < kFlat) return std::nullopt;
  const auto substitute = [&](const Vector& a, double b) {
    const double factor = a[static_cast<size_t>(out)] / pivot;
    HalfSpace reduced{{}, b - factor * p.b};
    Vector full = a;
    for (int i = 0; i < n; ++i) full[static_cast<size_t>(i)] -= factor * p.a[static_cast<size_t>(i)];
    reduced.a = without(full, out);
    return reduced;
  };
  std::vector<HalfSpace> reduced;
  reduced.reserve(plane + 2);
  Vector unit{};
  unit[static_cast<size_t>(out)] = 1;
  reduced.push_back(substitute(unit, high[static_cast<size_t>(out)]));
  unit[static_cast<size_t>(out)] = -1;
  reduced.push_back(substitute(unit, -low[static_cast<size_t>(out)]));
  for (size_t i = 0; i < plane; ++i) reduced.push_back(substitute(half_spaces[i].a, half_spaces[i].b));
  const std::optional<Vector> rest = solve(n - 1, reduced, reduced.size(), substitute(objective, 0).a, without(low, out), without(high, out));
  if (!rest) return std::nullopt;
  Vector result{};
  double sum = p.b;
  for (int i = 0, j = 0; i < n; ++i) {
    if (i == out) continue;
    result[static_cast<size_t>(i)] = (*rest)[static_cast<size_t>(j++)];
    sum -= p.a[static_cast<size_t>(i)] * result[static_cast<size_t>(i)];
  }
  result[static_cast<size_t>(out)] = sum / pivot;
  return result;
}

std::optional<Vector> solve(int n, const std::vector<HalfSpace>& half_spaces, size_t count, const Vector& objective, const Vector& low,
                            const Vector& high) {
  if (n == 1) return solve_line(half_spaces, count, objective[0], low[0], high[0]);
  Vector best{};
  for (int i = 0; i < n; ++i) {
    const size_t u = static_cast<size_t>(i);
    if (low[u] > high[u]) return std::nullopt;
    best[u] = objective[u] >= 0 ? high[u] : low[u];
  }
  for (size_t i = 0; i < count; ++i) {
    if (dot(n, half_spaces[i].a, best) <= half_spaces[i].b + kTolerance) continue;
    const std::optional<Vector> next = solve_on(n, half_spaces, i, objective, low, high);
    if (!next) return std::nullopt;
    best = *next;
  }
  return best;
}

}  // namespace

std::optional<Vector> maximise(int unknowns, const std::vector<HalfSpace>& half_spaces, const Vector& objective, const Vector& low,
                               const Vector& high) {
  std::vector<HalfSpace> shuffled = half_spaces;
  SeedStream stream(0, "linear-program");
  for (size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[stream.below(i)]);
  return solve(unknowns, shuffled, shuffled.size(), objective, low, high);
}

}  // namespace saksi::judge
