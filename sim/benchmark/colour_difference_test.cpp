// Goal: CIEDE2000 is what its authors say. Method: pairs of the test data of Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula:
// Implementation Notes", 2005, table 1, among them those in which hues lie on either side of 0 and of 180 degrees.
#include "sim/benchmark/colour_difference.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

TEST(ColourDifference, GivesTheAuthorsFigures) {
  struct Pair {
    Lab one, other;
    double difference;
  };
  const Pair pairs[] = {{{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
                        {{50, 3.1571, -77.2803}, {50, 0, -82.7485}, 2.8615},
                        {{50, 2.8361, -74.0200}, {50, 0, -82.7485}, 3.4412},
                        {{50, -1.3802, -84.2814}, {50, 0, -82.7485}, 1.0000},
                        {{50, 0, 0}, {50, -1, 2}, 2.3669},
                        {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0009}, 7.1792},
                        {{50, 2.4900, -0.0010}, {50, -2.4900, 0.0011}, 7.2195},
                        {{50, -0.0010, 2.4900}, {50, 0.0009, -2.4900}, 4.8045},
                        {{50, 2.5, 0}, {50, 0, -2.5}, 4.3065},
                        {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
                        {{50, 2.5, 0}, {61, -5, 29}, 22.8977},
                        {{50, 2.5, 0}, {56, -27, -3}, 31.9030},
                        {{50, 2.5, 0}, {58, 24, 15}, 19.4535},
                        {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
                        {{63.0109, -31.0961, -5.8663}, {62.8187, -29.7946, -4.0864}, 1.2630},
                        {{90.8027, -2.0831, 1.4410}, {91.1528, -1.6435, 0.0447}, 1.4441},
                        {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082}};
  for (const Pair& pair : pairs) {
    EXPECT_NEAR(ciede2000(pair.one, pair.other), pair.difference, 0.0001);
    EXPECT_NEAR(ciede2000(pair.other, pair.one), pair.difference, 0.0001);
  }
}

TEST(ColourDifference, LabOfKnownColours) {
  EXPECT_NEAR(lab_of({1, 1, 1}).l, 100, 0.001);
  EXPECT_NEAR(lab_of({1, 1, 1}).a, 0, 0.01);
  EXPECT_NEAR(lab_of({0.18, 0.18, 0.18}).l, 49.496, 0.01);
  EXPECT_NEAR(lab_of({1, 0, 0}).l, 53.24, 0.01);
  EXPECT_NEAR(lab_of({1, 0, 0}).a, 80.09, 0.05);
  EXPECT_NEAR(lab_of({1, 0, 0}).b, 67.20, 0.05);
}

}  // namespace
}  // namespace saksi::sim
