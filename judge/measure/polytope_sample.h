#ifndef SAKSI_JUDGE_MEASURE_POLYTOPE_SAMPLE_H_
#define SAKSI_JUDGE_MEASURE_POLYTOPE_SAMPLE_H_

#include <functional>
#include <vector>

#include "judge/media/linear_program.h"

namespace saksi::judge {

/// The logarithm of how likely a point is against others, up to a constant.
using LogWeight = std::function<double(const Vector&)>;

/// Points drawn from the set that half spaces leave within a box, by hit and run (Smith 1984): from a point within, along a random direction,
/// to a random place between the walls, and so on. `corners` are points of the set, at least two; the walk starts in their middle and its directions
/// are differences of two of them, so a long and thin set is walked along. With a weight, a step is taken with the ratio of weights for its
/// probability (Metropolis), and steps are of several lengths; without one, points come evenly. Always the same points for the same question.
std::vector<Vector> sample_polytope(int unknowns, const std::vector<HalfSpace>& half_spaces, const Vector& low, const Vector& high,
                                    const std::vector<Vector>& corners, int points, const LogWeight& log_weight = nullptr);

}  // namespace saksi::judge

#endif
