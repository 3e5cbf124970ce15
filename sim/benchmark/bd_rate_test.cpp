// Goal: the BD-rate is Bjontegaard's. Method: curves whose mean difference follows on paper.
#include "sim/benchmark/bd_rate.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saksi::sim {
namespace {

constexpr RateCurve kReference{{{8000, 42}, {4000, 38}, {2000, 34}, {1000, 30}}};

TEST(BdRate, TheSameShareAtEveryPointIsTheDifference) {
  RateCurve tested = kReference;
  for (RatePoint& point : tested) point.rate *= 0.8;
  EXPECT_NEAR(bd_rate(kReference, tested).value(), -0.2, 1e-12);
  EXPECT_NEAR(bd_rate(tested, kReference).value(), 0.25, 1e-12);
  EXPECT_NEAR(bd_rate(kReference, kReference).value(), 0, 1e-12);
}

// The reference doubles its rate every 4 dB. 2 dB more at the same rate is half an octave less rate at the same PSNR: 2^-0.5 - 1.
TEST(BdRate, ABetterPictureAtTheSameRateCountsAsFewerBits) {
  RateCurve tested = kReference;
  for (RatePoint& point : tested) point.psnr_db += 2;
  EXPECT_NEAR(bd_rate(kReference, tested).value(), std::sqrt(0.5) - 1, 1e-12);
}

// With x = (PSNR - 30) / 4 the octaves above rate 1000 are x here and x^3 / 9 there: both meet at 0 and 3. Over [0, 3] the means are
// 3 / 2 and (81 / 4) / 27 = 3 / 4 octaves, so the difference is 2^(-3/4) - 1.
TEST(BdRate, CurvedCurvesAreIntegrated) {
  RateCurve tested = kReference;
  for (RatePoint& point : tested) {
    const double x = (point.psnr_db - 30) / 4;
    point.rate = 1000 * std::exp2(x * x * x / 9);
  }
  EXPECT_NEAR(bd_rate(kReference, tested).value(), std::exp2(-0.75) - 1, 1e-12);
}

TEST(BdRate, TheOrderOfThePointsDoesNotMatter) {
  const RateCurve turned{{kReference[2], kReference[0], kReference[3], kReference[1]}};
  EXPECT_NEAR(bd_rate(turned, kReference).value(), 0, 1e-12);
}

TEST(BdRate, CurvesThatCannotBeComparedGiveNothing) {
  RateCurve apart = kReference, flat = kReference, empty = kReference;
  for (RatePoint& point : apart) point.psnr_db += 20;
  for (RatePoint& point : flat) point.psnr_db = 99;
  empty[1].rate = 0;
  for (const RateCurve& curve : {apart, flat, empty}) {
    EXPECT_FALSE(bd_rate(kReference, curve));
    EXPECT_FALSE(bd_rate(curve, kReference));
  }
}

}  // namespace
}  // namespace saksi::sim
