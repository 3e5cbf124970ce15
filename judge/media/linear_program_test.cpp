// Goal: the optimum is right and emptiness is noticed. Method: small programs solved by hand; random ones against trying every vertex.
#include "judge/media/linear_program.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/seed_stream.h"

namespace saksi::judge {
namespace {

TEST(LinearProgram, CornerOfAWedge) {
  const std::vector<HalfSpace> spaces{{{1, 1}, 4}, {{1, 3}, 6}};
  const auto best = maximise(2, spaces, {1, 2}, {0, 0}, {10, 10});
  ASSERT_TRUE(best.has_value());
  EXPECT_NEAR((*best)[0], 3, 1e-9);
  EXPECT_NEAR((*best)[1], 1, 1e-9);
}

TEST(LinearProgram, TheBoxAloneBounds) {
  const auto best = maximise(3, {}, {1, -1, 1}, {-1, -2, -3}, {4, 5, 6});
  ASSERT_TRUE(best.has_value());
  EXPECT_EQ(*best, (Vector{4, -2, 6}));
}

TEST(LinearProgram, EmptySetsAreNoticed) {
  EXPECT_FALSE(maximise(2, {{{1, 0}, 1}, {{-1, 0}, -2}}, {1, 1}, {-9, -9}, {9, 9}).has_value());
  EXPECT_FALSE(maximise(2, {{{1, 1}, -20}}, {1, 1}, {-9, -9}, {9, 9}).has_value());
  EXPECT_FALSE(maximise(1, {{{1}, -20}}, {1}, {-9}, {9}).has_value());
}

/// The best vertex of three unknowns, by trying every three planes.
double best_vertex(std::vector<HalfSpace> spaces, const Vector& objective) {
  for (size_t i = 0; i < 3; ++i) {
    Vector unit{};
    unit[i] = 1;
    spaces.push_back({unit, 1});
    unit[i] = -1;
    spaces.push_back({unit, 1});
  }
  double best = -1e9;
  for (size_t i = 0; i < spaces.size(); ++i) {
    for (size_t j = i + 1; j < spaces.size(); ++j) {
      for (size_t k = j + 1; k < spaces.size(); ++k) {
        const Vector &a = spaces[i].a, &b = spaces[j].a, &c = spaces[k].a;
        const double det = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
        if (std::abs(det) < 1e-9) continue;
        const double p = spaces[i].b, q = spaces[j].b, r = spaces[k].b;
        const double x = (p * (b[1] * c[2] - b[2] * c[1]) - a[1] * (q * c[2] - b[2] * r) + a[2] * (q * c[1] - b[1] * r)) / det;
        const double y = (a[0] * (q * c[2] - b[2] * r) - p * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * r - q * c[0])) / det;
        const double z = (a[0] * (b[1] * r - q * c[1]) - a[1] * (b[0] * r - q * c[0]) + p * (b[0] * c[1] - b[1] * c[0])) / det;
        bool inside = true;
        for (const HalfSpace& s : spaces) inside = inside && s.a[0] * x + s.a[1] * y + s.a[2] * z <= s.b + 1e-7;
        if (inside) best = std::max(best, objective[0] * x + objective[1] * y + objective[2] * z);
      }
    }
  }
  return best;
}

TEST(LinearProgram, RandomProgramsMatchEveryVertex) {
  SeedStream random(1, "linear-program-test");
  int empty = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<HalfSpace> spaces;
    for (int i = 0; i < 12; ++i) {
      spaces.push_back({{random.uniform() * 2 - 1, random.uniform() * 2 - 1, random.uniform() * 2 - 1}, random.uniform() * 1.2 - 0.3});
    }
    const Vector objective{random.uniform() * 2 - 1, random.uniform() * 2 - 1, random.uniform() * 2 - 1};
    const double expected = best_vertex(spaces, objective);
    const auto best = maximise(3, spaces, objective, {-1, -1, -1}, {1, 1, 1});
    if (expected < -1e8) {
      EXPECT_FALSE(best.has_value());
      ++empty;
      continue;
    }
    ASSERT_TRUE(best.has_value());
    EXPECT_NEAR((*best)[0] * objective[0] + (*best)[1] * objective[1] + (*best)[2] * objective[2], expected, 1e-6);
  }
  EXPECT_GT(empty, 10);
  EXPECT_LT(empty, 290);
}

}  // namespace
}  // namespace saksi::judge
