// Goal: intervals are those that probability theory gives. Method: distributions whose 95 % intervals are known.
#include "judge/measure/uncertainty.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

TEST(Uncertainty, ARectangleLosesATwentieth) {
  const Estimate e = estimate_of({1, 3}, 0, "digest", "id");
  EXPECT_DOUBLE_EQ(e.value, 2);
  EXPECT_DOUBLE_EQ(e.uncertainty, 0.95);
}

TEST(Uncertainty, ANormalErrorGivesTwoSigma) {
  const Estimate e = estimate_of({5, 5}, 0.1, "digest", "id");
  EXPECT_NEAR(e.value, 5, 0.005);
  EXPECT_NEAR(e.uncertainty, 0.196, 0.006);
}

TEST(Uncertainty, TheSameInputGivesTheSameBits) {
  const Estimate a = estimate_of({1, 2}, 0.3, "digest", "id");
  const Estimate b = estimate_of({1, 2}, 0.3, "digest", "id");
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.uncertainty, b.uncertainty);
}

TEST(Uncertainty, TwoPossibilitiesAreSpannedUnlessOneIsUnlikely) {
  const auto either = [](double share) { return [share](double place, double) { return std::optional<double>(place < share ? 10.0 : 20.0); }; };
  EXPECT_NEAR(propagate(either(0.5), "digest", "id")->uncertainty, 5, 1e-9);
  EXPECT_NEAR(propagate(either(0.03), "digest", "id")->value, 20, 1e-9);
  EXPECT_NEAR(propagate(either(0.03), "digest", "id")->uncertainty, 0, 1e-9);
}

TEST(Uncertainty, ADoubtfulExistenceGivesNoEstimate) {
  const Model model = [](double place, double) { return place < 0.1 ? std::nullopt : std::optional<double>(1); };
  EXPECT_FALSE(propagate(model, "digest", "id").has_value());
}

}  // namespace
}  // namespace saksi::judge
