// Goal: the method finds the response of an edge whose blur is known. Method: edges blurred by formula (a Gaussian's integral, a box), sampled at
// points, at angles to both sides and with noise; pictures that are no edges.
#include "sim/benchmark/slanted_edge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/seed_stream.h"

namespace saksi::sim {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// `profile` is the edge's level at a distance across it.
EdgePicture edge(double angle_deg, const std::function<double(double)>& profile, double noise = 0) {
  EdgePicture picture{200, 160, {}};
  SeedStream random(5, "edge");
  const double angle = angle_deg * kPi / 180;
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.columns; ++x) {
      const double distance = ((x - 99.5) - (y - 79.5) * std::tan(angle)) * std::cos(angle);
      picture.samples.push_back(profile(distance) + noise * (random.uniform() - 0.5));
    }
  }
  return picture;
}

std::function<double(double)> gaussian(double sigma) {
  return [sigma](double distance) { return 100 + 300 * (1 + std::erf(distance / sigma / std::sqrt(2.0))); };
}

TEST(SlantedEdge, FindsAGaussiansResponse) {
  for (const double sigma : {0.5, 0.8, 1.5}) {
    const double mtf50 = std::sqrt(std::log(2.0) / 2) / (kPi * sigma);
    for (const double angle : {-8.0, 3.0, 5.0, 12.0}) {
      const EdgeResponse response = edge_response(edge(angle, gaussian(sigma)));
      EXPECT_NEAR(response.angle_deg, angle, 0.01);
      EXPECT_NEAR(response.frequency_at(0.5), mtf50, 0.01 * mtf50) << sigma << " " << angle;
      EXPECT_EQ(response.contrast[0], 1);
    }
  }
}

TEST(SlantedEdge, FindsABoxsResponse) {
  constexpr double kWidth = 2;  // samples; sin(x)/x is 1/2 at x = 1.8955
  const auto box = [](double distance) { return 50 + 200 * std::clamp(distance / kWidth + 0.5, 0.0, 1.0); };
  EXPECT_NEAR(edge_response(edge(5, box)).frequency_at(0.5), 1.8955 / (kPi * kWidth), 0.005);
}

TEST(SlantedEdge, NoiseIsNoHindranceAndALightLeftSideIsAnEdgeToo) {
  const double mtf50 = std::sqrt(std::log(2.0) / 2) / (kPi * 0.8);
  EXPECT_NEAR(edge_response(edge(5, gaussian(0.8), 10)).frequency_at(0.5), mtf50, 0.02 * mtf50);
  const auto falling = [](double distance) { return -gaussian(0.8)(distance); };
  EXPECT_NEAR(edge_response(edge(5, falling)).frequency_at(0.5), mtf50, 0.01 * mtf50);
}

TEST(SlantedEdge, WhatIsNoSuchEdgeIsRefused) {
  EXPECT_THROW(edge_response(edge(0, gaussian(0.8))), InfraError);
  EXPECT_THROW(edge_response(edge(30, gaussian(0.8))), InfraError);
  EXPECT_THROW(edge_response(EdgePicture{8, 8, std::vector<double>(64, 1.0)}), InfraError);
  EXPECT_THROW(edge_response(edge(5, gaussian(0.1))).frequency_at(0.5), InfraError) << "too sharp for the samples";
}

}  // namespace
}  // namespace saksi::sim
