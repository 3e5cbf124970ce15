#ifndef SAKSI_JUDGE_MEDIA_LINEAR_PROGRAM_H_
#define SAKSI_JUDGE_MEDIA_LINEAR_PROGRAM_H_

#include <array>
#include <optional>
#include <vector>

namespace saksi::judge {

/// Most unknowns that a program can have.
constexpr int kMaxUnknowns = 6;
using Vector = std::array<double, kMaxUnknowns>;

/// a . x <= b
struct HalfSpace {
  Vector a;
  double b;
};

/// Maximises objective . x over half spaces within the box low <= x <= high, for few unknowns and many half spaces (Seidel 1991: expected
/// time linear in their number). The order in which half spaces are tried is shuffled by a fixed seed. nullopt if the set is empty. The
/// coefficients should be of the order of one; slack up to 1e-9 of that is taken for none.
std::optional<Vector> maximise(int unknowns, const std::vector<HalfSpace>& half_spaces, const Vector& objective, const Vector& low, const Vector& high);

}  // namespace saksi::judge

#endif
