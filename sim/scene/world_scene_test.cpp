// Goal: a world gives the light, at the place and the time, that its numbers say. Method: boards of one colour, whose light is known by formula;
// edges whose place follows from the lens and the motion; and the checkpoint scenes as they are.
#include "sim/scene/world_scene.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "base/error.h"
#include "hw-models/sensor/lens.h"
#include "sim/scene/colour.h"
#include "sim/scene/scene_yaml.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr double kPi = 3.14159265358979323846;
constexpr double kBoard = 0.18;  ///< reflectance of a plain board
/// A grey board, larger than what the camera sees, that faces it from 1 m.
constexpr const char* kCard = "things: [{kind: board, distance_m: 1, height_m: 1.35, width_m: 6, tall_m: 6}]";
constexpr const char* kRoom = "room: {width_m: 12, depth_m: 9, height_m: 4}";

std::unique_ptr<Scene> world(const std::string& inside, const std::string& beside = "", const SceneOverrides& overrides = {}) {
  return load_scene(YamlNode::parse("name: w\nlight_code: false\n" + beside + "world: {" + inside + "}\n", "scene.yaml"), overrides);
}

std::string card(const std::string& camera = "body: fixed") { return std::string(kRoom) + ", camera: {" + camera + "}, " + kCard; }

hw::SampleGrid binned() {
  hw::SampleGrid grid;
  grid.field_width = grid.width = 3280;
  grid.field_height = grid.height = 2464;
  grid.columns = 820;
  grid.rows = 616;
  return grid;
}

std::array<std::vector<float>, 3> expose(Scene& scene, int row, int64_t t0_ns, int64_t t1_ns) {
  std::array<std::vector<float>, 3> out;
  for (auto& plane : out) plane.assign(820, -1.0f);
  scene.expose_row(binned(), row, t0_ns, t1_ns, {out[0].data(), out[1].data(), out[2].data()});
  return out;
}

double middle(Scene& scene, int64_t t0_ns, int64_t t1_ns) { return expose(scene, 308, t0_ns, t1_ns)[1][410]; }

/// Where the light first crosses a level in a row, left to right, in columns.
double crossing(const std::vector<float>& row, double level) {
  for (size_t x = 1; x < row.size(); ++x) {
    if ((row[x - 1] < level) == (row[x] < level)) continue;
    return static_cast<double>(x - 1) + (level - row[x - 1]) / (row[x] - row[x - 1]);
  }
  return -1;
}

TEST(WorldScene, ABoardGivesLuxTimesReflectanceTimesSeconds) {
  const auto scene = world(card(), "lux: 300\n");
  const auto row = expose(*scene, 308, 0, 10 * kMs);
  for (const auto& plane : row) {
    for (size_t x = 200; x < 620; ++x) ASSERT_NEAR(plane[x], 300 * kBoard * 0.01, 1e-4) << x;
  }
}

TEST(WorldScene, AThingsOwnLightIsItsOwn) {
  const auto scene =
      world(std::string(kRoom) + ", camera: {body: fixed}, things: [{kind: board, distance_m: 1, width_m: 2, tall_m: 2, height_m: 1.35, lux: 5000}]",
            "lux: 100\n");
  EXPECT_NEAR(middle(*scene, 0, kMs), 5000 * kBoard * 0.001, 1e-3);
  EXPECT_LT(expose(*scene, 308, 0, kMs)[1][2], 0.1) << "the room has 100 lx";
}

TEST(WorldScene, FlickerVanishesOverItsPeriodAndHasItsDepthInShortExposures) {
  const auto scene = world(card(), "lux: 200\nflicker: {depth: 0.3}\n");
  for (int start = 0; start < 10; ++start) ASSERT_NEAR(middle(*scene, start * kMs, (start + 10) * kMs), 200 * kBoard * 0.01, 1e-4);
  double least = 1e9, most = 0;
  for (int64_t t = 0; t < 10'000'000; t += 50'000) {
    const double light = middle(*scene, t, t + 2 * kMs);
    least = std::min(least, light);
    most = std::max(most, light);
  }
  const double half = kPi * 100 * 0.002;
  EXPECT_NEAR((most - least) / (most + least), 0.3 * std::sin(half) / half, 2e-3);
}

TEST(WorldScene, LightChangesAtItsTimeInAnyExposure) {
  const auto scene = world(card(), "lux: 500\nlight_changes: [{at_s: 1, over_s: 0.1, lux: 5}]\n");
  EXPECT_NEAR(middle(*scene, 990 * kMs, 1000 * kMs), 500 * kBoard * 0.01, 1e-3);
  EXPECT_NEAR(middle(*scene, 1000 * kMs, 1100 * kMs), 252.5 * kBoard * 0.1, 1e-3);
  EXPECT_NEAR(middle(*scene, 995 * kMs, 1050 * kMs), (500 * 0.005 + (500 + 252.5) / 2 * 0.05) * kBoard, 1e-3);
  EXPECT_NEAR(middle(*scene, 1200 * kMs, 1210 * kMs), 5 * kBoard * 0.01, 1e-4);
}

TEST(WorldScene, ColoursAreThoseOfTheTemperature) {
  const auto warm = expose(*world(card(), "lux: 100\ncolour_temperature_k: 3000\n"), 308, 0, 10 * kMs);
  const auto colour = illuminant_colour(3000);
  EXPECT_NEAR(warm[0][400] / warm[2][400], colour[0] / colour[2], 1e-3);
}

/// The left edge of a board that stands from the axis to the right, against the dark room behind.
std::string edge(const std::string& camera) {
  return "room: {width_m: 12, depth_m: 9, height_m: 10, light_part: 0}, camera: {body: fixed, height_m: 5, " + camera +
         "}, things: [{kind: board, x_m: 2, distance_m: 2, height_m: 5, width_m: 4, tall_m: 8}]";
}

TEST(WorldScene, ThingsAreSeenWhereTheLensBringsThem) {
  using Kind = hw::LensProjection::Kind;
  for (const Kind kind : {Kind::kFisheye, Kind::kStraightLine}) {
    SceneOverrides overrides;
    overrides.lens = hw::LensProjection::with_view(kind, 100, hw::kSensorWidthMm);
    const auto scene = world(edge("x_m: 1"), "lux: 100\n", overrides);  // the edge is 1 m to the left at 2 m
    double x_mm = 0, y_mm = 0;
    ASSERT_TRUE(overrides.lens.place({-1 / std::sqrt(5.0), 0, 2 / std::sqrt(5.0)}, &x_mm, &y_mm));
    const double expected = 410 + x_mm / hw::kPixelPitchMm / 4 - 0.5;
    EXPECT_NEAR(crossing(expose(*scene, 308, 0, 10 * kMs)[1], 100 * kBoard * 0.01 / 2), expected, 0.3);
  }
}

TEST(WorldScene, AnEdgeLeansByTheTurnTimesTheTimeOfARow) {
  // 50 degrees a second, evenly; rows 37.8 us apart, exposed for 1 ms.
  const auto scene = world(edge("even: true, path: [{at_s: 0, turn_deg: -25}, {at_s: 1, turn_deg: 25}]"), "lux: 1000\n");
  constexpr int64_t kRowNs = 37'807;
  const auto at = [&](int row) {
    const int64_t end = 500 * kMs + row * kRowNs;
    return crossing(expose(*scene, row, end - kMs, end)[1], 1000 * kBoard * 0.001 / 2);
  };
  const double samples_per_degree = hw::LensProjection().focal_length_mm / hw::kPixelPitchMm / 4 * kPi / 180;
  // About the middle, where the edge would stand upright.
  const double lean = (at(328) - at(288)) / 40;
  EXPECT_NEAR(lean, -50.0 * kRowNs * 1e-9 * samples_per_degree, 2e-3);
  EXPECT_LT(lean, -0.01);
}

TEST(WorldScene, MotionBlursByItsWayInTheExposure) {
  const auto scene = world(edge("even: true, path: [{at_s: 0, turn_deg: -50}, {at_s: 1, turn_deg: 50}]"), "lux: 100\n");
  const auto row = expose(*scene, 308, 495 * kMs, 505 * kMs)[1];
  const double full = 100 * kBoard * 0.01;
  const double way = 100 * 0.010 * hw::LensProjection().focal_length_mm / hw::kPixelPitchMm / 4 * kPi / 180;
  EXPECT_NEAR(crossing(row, 0.9 * full) - crossing(row, 0.1 * full), 0.8 * way, 1.5);
  EXPECT_GT(way, 6);
}

TEST(WorldScene, AWalkingCameraBouncesOncePerStep) {
  const auto camera = [](double t_s) {
    CameraMotion::Config config;
    config.body = CameraMotion::Body::kWalking;
    config.path = Track<CameraMotion::kPathValues>({{0, {0, 1.35, 0, 0, 0}}, {20, {0, 1.35, 28, 0, 0}}}, true);
    return CameraMotion(config).at(t_s);
  };
  // The height's Fourier component at 1.9 Hz over ten steps is the amplitude, and there is none at 1.4 Hz or 2.4 Hz.
  const auto component = [&](double hz) {
    double sine = 0, cosine = 0;
    const int count = 2000;
    for (int i = 0; i < count; ++i) {
      const double t = 5 + i * (10 / 1.9) / count, y = camera(t).place.y + 1.35;
      sine += y * std::sin(2 * kPi * hz * t) * 2 / count;
      cosine += y * std::cos(2 * kPi * hz * t) * 2 / count;
    }
    return std::hypot(sine, cosine);
  };
  EXPECT_NEAR(component(1.9), 0.025, 1e-3);
  EXPECT_LT(component(1.9 * 1.5), 1e-3);
  EXPECT_LT(component(1.9 * 0.7), 1e-3);
}

TEST(WorldScene, AShocksLargestAccelerationIsOfItsSize) {
  CameraMotion::Config config;
  config.body = CameraMotion::Body::kFixed;
  config.path = Track<CameraMotion::kPathValues>({{0, {0, 1.35, 0, 0, 0}}}, false);
  config.shocks = {{1, 3}};
  const CameraMotion camera(config);
  double most = 0;
  constexpr double kStep = 1e-3;
  for (double t = 1 + 2 * kStep; t < 1.5; t += kStep) {
    const double a = (camera.at(t + kStep).place.y - 2 * camera.at(t).place.y + camera.at(t - kStep).place.y) / (kStep * kStep);
    most = std::max(most, std::abs(a) / 9.81);
  }
  EXPECT_NEAR(most, 3, 0.6) << "damping makes it a little more or less than that of an undamped swing";
}

TEST(WorldScene, ACoveredLensIsDark) {
  const auto scene = world(card("body: fixed, covered: [{from_s: 1, to_s: 5}]"), "lux: 500\n");
  EXPECT_LT(middle(*scene, 3000 * kMs, 3010 * kMs), 0.02 * middle(*scene, 0, 10 * kMs));
  EXPECT_NEAR(middle(*scene, 5500 * kMs, 5510 * kMs), 500 * kBoard * 0.01, 1e-3);
}

TEST(WorldScene, AClipStandsInAtItsPlaceAndIntegratesItsPictures) {
  // Frames of 100 ms: black, then white.
  SceneOverrides overrides;
  overrides.clip = write_test_clip("a.y4m", {16, 235, 16, 235});
  const auto scene = world("camera: {body: fixed}, stand_in: {distance_m: 1, width_m: 2}, things: [{kind: person}]", "lux: 1000\n", overrides);
  EXPECT_EQ(scene->source_file(), *overrides.clip);
  EXPECT_NEAR(middle(*scene, 90 * kMs, 130 * kMs), 1000 * 0.030, 0.1);
  EXPECT_NEAR(middle(*scene, 0, 100 * kMs), 0, 0.1);
}

TEST(WorldScene, AnswersDoNotDependOnWhatWasAskedBeforeAndFollowTheSeed) {
  const std::string path = SAKSI_SOURCE_DIR "/scenarios/scenes/c09-autogate-alley.yaml";
  SceneOverrides other_seed;
  other_seed.seed = 2;
  const auto one = load_scene(path, {}), two = load_scene(path, {}), three = load_scene(path, other_seed);
  expose(*two, 40, 90'000 * kMs, 90'020 * kMs);
  hw::SampleGrid small = binned();
  small.columns = 410;
  small.rows = 308;
  std::vector<float> green(410);
  two->expose_row(small, 100, 5 * kMs, 9 * kMs, {nullptr, green.data(), nullptr});
  for (const int row : {150, 300, 301, 450}) {
    const int64_t end = 21'500 * kMs + row * 37'807;
    const auto a = expose(*one, row, end - 10 * kMs, end);
    EXPECT_EQ(a, expose(*two, row, end - 10 * kMs, end));
    EXPECT_NE(a, expose(*three, row, end - 10 * kMs, end));
  }
}

TEST(WorldScene, EveryCheckpointSceneShowsSomething) {
  int scenes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SAKSI_SOURCE_DIR "/scenarios/scenes")) {
    const std::string name = entry.path().stem();
    if (name[0] != 'c' || entry.is_directory()) continue;
    ++scenes;
    const auto scene = load_scene(entry.path(), {});
    const int64_t t = static_cast<int64_t>(look_at_s(YamlNode::load(entry.path())) * 1e9);
    double sum = 0, squares = 0, count = 0;
    for (int row = 100; row < 520; row += 20) {
      const auto planes = expose(*scene, row, t, t + 10 * kMs);
      for (const float light : planes[1]) {
        ASSERT_TRUE(std::isfinite(light) && light >= 0) << name << " row " << row;
        sum += light;
        squares += light * light;
        count += 1;
      }
    }
    const double mean = sum / count;
    EXPECT_GT(mean, 0.005) << name;
    EXPECT_GT(std::sqrt(squares / count - mean * mean) / mean, 0.2) << name << " is nearly flat";
  }
  EXPECT_EQ(scenes, 16);
}

TEST(WorldScene, WhatCannotBeIsRefusedWithItsPlace) {
  const auto expect = [](const std::string& inside, const std::string& place, const std::string& words) {
    std::string message;
    try {
      load_scene(YamlNode::parse("name: w\nworld:\n  " + inside + "\n", "scene.yaml"), {});
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_EQ(message.rfind(place, 0), 0u) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  expect("camera: {path: [{at_s: 5}, {at_s: 5}]}", "scene.yaml:3:", "must rise");
  expect("camera: {path: []}", "scene.yaml:3:18:", "empty");
  expect("things: [{kind: screen, lux: -5}]", "scene.yaml:3:32:", "-5");
  expect("things: [{kind: persn}]", "scene.yaml:3:19:", "did you mean 'person'");
  expect("things: [{kind: desk, cap: true}]", "scene.yaml:3:", "is for a person");
  expect("things: [{kind: desk, flicker: {depth: 0.1}}]", "scene.yaml:3:", "own light");
  expect("things: [{kind: picture, file: /nowhere.png}]", "scene.yaml:3:", "No such file");
  expect("things: [{kind: person, from_s: 5, to_s: 4}]", "scene.yaml:3:", "never be there");
  expect("camera: {x_m: 7}", "scene.yaml:3:", "leaves the room");
  expect("camera: {covered: [{from_s: 2, to_s: 1}]}", "scene.yaml:3:", "not after");
  expect("things: [{kind: person, tall_m: 20}]", "scene.yaml:3:", "20");
}

}  // namespace
}  // namespace saksi::sim
