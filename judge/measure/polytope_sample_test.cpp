// Goal: points come evenly from all of the set and from nothing else. Method: sets whose moments are known by formula: a box, a simplex, a long thin
// sliver across the axes.
#include "judge/measure/polytope_sample.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saksi::judge {
namespace {

struct Moments {
  double mean = 0, deviation = 0;
};
Moments moments(const std::vector<Vector>& points, const Vector& direction) {
  double sum = 0, squares = 0;
  for (const Vector& point : points) {
    double value = 0;
    for (size_t i = 0; i < point.size(); ++i) value += direction[i] * point[i];
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(points.size());
  return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
}

TEST(PolytopeSample, ABoxIsFilledEvenly) {
  const std::vector<Vector> corners = {{0, 0, 0}, {2, 0, 0}, {0, 4, 0}, {0, 0, 6}, {2, 4, 6}};
  const auto points = sample_polytope(3, {}, {0, 0, 0}, {2, 4, 6}, corners, 4000);
  ASSERT_EQ(points.size(), 4000u);
  for (size_t i = 0; i < 3; ++i) {
    Vector unit{};
    unit[i] = 1;
    const double width = 2.0 * static_cast<double>(i + 1);
    EXPECT_NEAR(moments(points, unit).mean, width / 2, 0.05 * width);
    EXPECT_NEAR(moments(points, unit).deviation, width / std::sqrt(12), 0.03 * width);
  }
}

TEST(PolytopeSample, ASimplexIsFilledEvenly) {
  const std::vector<HalfSpace> spaces = {{{1, 1, 1}, 1}};
  const std::vector<Vector> corners = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  const auto points = sample_polytope(3, spaces, {0, 0, 0}, {1, 1, 1}, corners, 4000);
  for (const Vector& point : points) {
    EXPECT_LE(point[0] + point[1] + point[2], 1 + 1e-9);
    for (size_t i = 0; i < 3; ++i) EXPECT_GE(point[i], -1e-9);
  }
  EXPECT_NEAR(moments(points, {1, 0, 0}).mean, 0.25, 0.02);
  EXPECT_NEAR(moments(points, {1, 1, 1}).mean, 0.75, 0.02);
}

TEST(PolytopeSample, ASliverIsWalkedAlong) {
  // |x - y| <= 0.001 in a box of 100 by 100.
  const std::vector<HalfSpace> spaces = {{{1, -1}, 0.001}, {{-1, 1}, 0.001}};
  const std::vector<Vector> corners = {{0, 0}, {100, 100}, {0, 0.001}, {0.001, 0}, {99.999, 100}, {100, 99.999}};
  const auto points = sample_polytope(2, spaces, {0, 0}, {100, 100}, corners, 4000);
  EXPECT_NEAR(moments(points, {1, 0}).mean, 50, 4);
  EXPECT_NEAR(moments(points, {1, 0}).deviation, 100 / std::sqrt(12), 3);
  EXPECT_NEAR(moments(points, {1, -1}).deviation, 0.002 / std::sqrt(12), 1e-4);
}

TEST(PolytopeSample, AWeightIsFollowed) {
  // A normal distribution of which the set leaves one half.
  const std::vector<Vector> corners = {{0, -50}, {50, -50}, {0, 50}, {50, 50}};
  const LogWeight normal = [](const Vector& x) { return -(x[0] * x[0] + (x[1] - 3) * (x[1] - 3) / 4) / 2; };
  const auto points = sample_polytope(2, {}, {0, -50}, {50, 50}, corners, 8000, normal);
  EXPECT_NEAR(moments(points, {1, 0}).mean, std::sqrt(2 / 3.14159265), 0.06);
  EXPECT_NEAR(moments(points, {0, 1}).mean, 3, 0.2);
  EXPECT_NEAR(moments(points, {0, 1}).deviation, 2, 0.15);
}

TEST(PolytopeSample, ASetWithoutRoomGivesItsOnlyPoint) {
  const std::vector<Vector> corners = {{3, 4}, {3, 4}};
  for (const Vector& point : sample_polytope(2, {}, {3, 4}, {3, 4}, corners, 10)) EXPECT_EQ(point[0] + point[1], 7);
}

}  // namespace
}  // namespace saksi::judge
