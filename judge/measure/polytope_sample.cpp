#include "judge/measure/polytope_sample.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/seed_stream.h"

namespace saksi::judge {

namespace {

constexpr int kWarmUp = 100;  ///< points
constexpr int kStepsForAPoint = 4;
constexpr int kStepsForAWeightedPoint = 30;

/// How far one can go along a direction: both ends.
struct Reach {
  double back = -std::numeric_limits<double>::infinity();
  double forth = std::numeric_limits<double>::infinity();
  void meet(double along, double room) {
    if (along > 0) forth = std::min(forth, room / along);
    if (along < 0) back = std::max(back, room / along);
  }
};

class Walk {
 public:
  Walk(int unknowns, const std::vector<HalfSpace>& half_spaces, const Vector& low, const Vector& high)
      : n_(static_cast<size_t>(unknowns)), spaces_(half_spaces), low_(low), high_(high) {}

  /// To a place along a line through the present one.
  void step(const Vector& direction, double length, SeedStream& random, const LogWeight& log_weight) {
    const Reach reach = reach_along(direction);
    const double chord = reach.forth - reach.back;
    if (!(chord > 0) || chord == std::numeric_limits<double>::infinity()) return;
    // The whole chord, or a part of it about the present place; beyond a wall there is nothing.
    const double by = length >= 1 ? reach.back + random.uniform() * chord : (2 * random.uniform() - 1) * length * chord;
    if (by < reach.back || by > reach.forth) return;
    Vector next = at;
    for (size_t i = 0; i < n_; ++i) next[i] += by * direction[i];
    if (log_weight) {
      const double next_weight = log_weight(next);
      if (next_weight < weight_ && random.uniform() >= std::exp(next_weight - weight_)) return;
      weight_ = next_weight;
    }
    at = next;
  }

  Vector at{};

 private:
  Reach reach_along(const Vector& direction) const {
    Reach reach;
    for (const HalfSpace& space : spaces_) {
      double along = 0, room = space.b;
      for (size_t i = 0; i < n_; ++i) {
        along += space.a[i] * direction[i];
        room -= space.a[i] * at[i];
      }
      reach.meet(along, std::max(0.0, room));
    }
    for (size_t i = 0; i < n_; ++i) {
      reach.meet(direction[i], std::max(0.0, high_[i] - at[i]));
      reach.meet(-direction[i], std::max(0.0, at[i] - low_[i]));
    }
    return reach;
  }

  size_t n_;
  const std::vector<HalfSpace>& spaces_;
  const Vector &low_, &high_;
  double weight_ = -std::numeric_limits<double>::infinity();
};

}  // namespace

std::vector<Vector> sample_polytope(int unknowns, const std::vector<HalfSpace>& half_spaces, const Vector& low, const Vector& high,
                                    const std::vector<Vector>& corners, int points, const LogWeight& log_weight) {
  constexpr double kLengths[] = {1, 0.3, 0.1, 0.03};
  SeedStream random(0, "polytope");
  Walk walk(unknowns, half_spaces, low, high);
  for (const Vector& corner : corners) {
    for (size_t i = 0; i < static_cast<size_t>(unknowns); ++i) walk.at[i] += corner[i] / static_cast<double>(corners.size());
  }
  const int steps_for_a_point = log_weight ? kStepsForAWeightedPoint : kStepsForAPoint;
  std::vector<Vector> sample;
  for (int step = 0; static_cast<int>(sample.size()) < points; ++step) {
    const Vector& from = corners[random.below(corners.size())];
    const Vector& to = corners[random.below(corners.size())];
    Vector direction{};
    for (size_t i = 0; i < static_cast<size_t>(unknowns); ++i) direction[i] = to[i] - from[i];
    walk.step(direction, log_weight ? kLengths[random.below(std::size(kLengths))] : 1, random, log_weight);
    if (step >= kWarmUp * steps_for_a_point && step % steps_for_a_point == 0) sample.push_back(walk.at);
  }
  return sample;
}

}  // namespace saksi::judge
