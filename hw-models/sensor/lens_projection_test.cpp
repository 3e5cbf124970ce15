// Goal: a lens brings directions to the right places. Method: the textbook's formulas at chosen angles, and there and back again.
#include "hw-models/sensor/lens_projection.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saksi::hw {
namespace {

constexpr double kRadian = 3.14159265358979323846 / 180;

TEST(LensProjection, FieldOfViewOfTheDefaultLensIs120Degrees) { EXPECT_NEAR(LensProjection{}.field_of_view_deg(3280 * 1.12e-3), 120, 0.05); }

TEST(LensProjection, EqualAnglesAreEqualDistancesThroughAFisheyeLens) {
  const LensProjection lens;
  for (const double degrees : {5.0, 30.0, 60.0, 100.0}) {
    double x = 0, y = 0;
    ASSERT_TRUE(lens.place({std::sin(degrees * kRadian), 0, std::cos(degrees * kRadian)}, &x, &y));
    EXPECT_NEAR(x, 1.754 * degrees * kRadian, 1e-9);
    EXPECT_NEAR(y, 0, 1e-12);
  }
}

TEST(LensProjection, APlanesLinesStayStraightThroughAStraightLineLens) {
  const LensProjection lens{LensProjection::Kind::kStraightLine, 2.0};
  for (const double across_m : {-1.5, -0.3, 0.0, 0.9}) {  // points of a line 0.5 m below the axis on a wall 1 m away
    double x = 0, y = 0;
    const double length = std::sqrt(across_m * across_m + 0.25 + 1);
    ASSERT_TRUE(lens.place({across_m / length, 0.5 / length, 1 / length}, &x, &y));
    EXPECT_NEAR(x, 2.0 * across_m, 1e-9);
    EXPECT_NEAR(y, 1.0, 1e-9);
  }
  EXPECT_NEAR(lens.field_of_view_deg(4.0), 90, 1e-9);
}

TEST(LensProjection, ALensIsHadForAFieldOfView) {
  for (const auto kind : {LensProjection::Kind::kFisheye, LensProjection::Kind::kStraightLine}) {
    for (const double degrees : {90.0, 120.0, 140.0})
      EXPECT_NEAR(LensProjection::with_view(kind, degrees, 3.67).field_of_view_deg(3.67), degrees, 1e-9);
  }
}

TEST(LensProjection, WhatIsBehindAStraightLineLensIsNotSeen) {
  double x = 0, y = 0;
  const LensProjection straight{LensProjection::Kind::kStraightLine, 2.0};
  EXPECT_FALSE(straight.place({0.6, 0, -0.8}, &x, &y));
  EXPECT_FALSE(straight.place({0, 0, -1}, &x, &y));
  EXPECT_FALSE(LensProjection{}.place({0, 0, -1}, &x, &y)) << "straight behind, it would be everywhere at once";
}

TEST(LensProjection, RaysComeBackToTheirPlaces) {
  for (const auto kind : {LensProjection::Kind::kFisheye, LensProjection::Kind::kStraightLine}) {
    const LensProjection lens{kind, 1.5};
    for (double x = -1.8; x <= 1.8; x += 0.45) {
      for (double y = -1.35; y <= 1.35; y += 0.45) {
        const Ray ray = lens.ray(x, y);
        EXPECT_NEAR(ray.x * ray.x + ray.y * ray.y + ray.z * ray.z, 1, 1e-12);
        double back_x = 0, back_y = 0;
        ASSERT_TRUE(lens.place(ray, &back_x, &back_y));
        EXPECT_NEAR(back_x, x, 1e-9);
        EXPECT_NEAR(back_y, y, 1e-9);
      }
    }
  }
}

}  // namespace
}  // namespace saksi::hw
