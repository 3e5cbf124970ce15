// Goal: a scene file means what it says, and every mistake in one is told with its place. Method: small scenes, and those of the project.
#include "sim/scene/scene_yaml.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

std::unique_ptr<Scene> parse(const std::string& text, const SceneOverrides& overrides = {}) {
  return load_scene(YamlNode::parse(text, "scene.yaml"), overrides);
}

std::string message_of(const std::string& text) {
  try {
    parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

/// Green lux s of a middle row's first sample after 10 ms.
float light_of(Scene& scene) {
  hw::SampleGrid grid;
  grid.field_width = grid.width = 3280;
  grid.field_height = grid.height = 2464;
  grid.columns = 82;
  grid.rows = 61;
  std::vector<float> green(82);
  scene.expose_row(grid, 20, 0, 10'000'000, hw::RowExposure{nullptr, green.data(), nullptr});
  return green[0];
}

TEST(SceneYaml, GreySceneHasItsLux) {
  const std::unique_ptr<Scene> scene = parse("{name: card, grey: 0.18, lux: 200, light_code: false}");
  EXPECT_EQ(scene->name(), "card");
  EXPECT_EQ(scene->source_file(), "");
  EXPECT_NEAR(light_of(*scene), 0.18 * 200 * 0.01, 1e-5);
}

TEST(SceneYaml, PatternsComeFromTheSeed) {
  SceneOverrides one;
  one.seed = 5;
  SceneOverrides other;
  other.seed = 6;
  const std::string text = "{name: p, pattern: noise}";
  EXPECT_EQ(light_of(*parse(text, one)), light_of(*parse(text, one)));
  EXPECT_NE(light_of(*parse(text, one)), light_of(*parse(text, other)));
}

TEST(SceneYaml, ClipIsRelativeToTheFileAndMayBeOverridden) {
  const std::string clip = write_test_clip("clip.y4m", {235});
  const std::string scene_file = write_test_file("scene.yaml", "name: s\nclip: " + clip.substr(clip.rfind('/') + 1) + "\n");
  EXPECT_EQ(load_scene(scene_file, {})->source_file(), clip);
  const std::string black = write_test_clip("black.y4m", {16});
  SceneOverrides overrides;
  overrides.clip = black;
  const std::unique_ptr<Scene> scene = load_scene(scene_file, overrides);
  EXPECT_EQ(scene->source_file(), black);
  EXPECT_LT(light_of(*scene), 0.01f);
}

TEST(SceneYaml, LightChangesAndFlickers) {
  const auto scene =
      parse("name: a\ngrey: 1\nlux: 100\nlight_changes: [{at_s: 0.0025, lux: 300}]\nflicker: {depth: 0.5, mains_hz: 50}\nlight_code: false\n");
  // The ripple of 100 Hz begins at its brightest; a quarter of its period is brighter than the mean by this, and the rest darker.
  const double ripple = 0.5 / (2 * 3.14159265358979 * 100);
  EXPECT_NEAR(light_of(*scene), 100 * (0.0025 + ripple) + 300 * (0.0075 - ripple), 1e-4);
}

TEST(SceneYaml, ASceneMayBeginLater) {
  // Light and pictures are of the scene's time, the light code of the recording's.
  SceneOverrides later;
  later.from_ns = 2'000'000'000;
  const std::string changing = "name: a\ngrey: 1\nlux: 100\nlight_changes: [{at_s: 2.005, lux: 300}]\nlight_code: false\n";
  EXPECT_NEAR(light_of(*parse(changing, later)), 100 * 0.005 + 300 * 0.005, 1e-4);
  const std::string world =
      "name: a\nlux: 100\nlight_changes: [{at_s: 2.005, lux: 300}]\nlight_code: false\nworld: {camera: {body: fixed}, things: [{kind: board, "
      "width_m: 9, tall_m: 9}]}\n";
  EXPECT_NEAR(light_of(*parse(world, later)), 0.18 * (100 * 0.005 + 300 * 0.005), 1e-4);
  const auto code_row = [](Scene& scene) {
    hw::SampleGrid grid;
    grid.field_width = grid.width = 3280;
    grid.field_height = grid.height = 2464;
    grid.columns = 820;
    grid.rows = 616;
    std::vector<float> green(820);
    scene.expose_row(grid, 308, 3'000'000'000, 3'010'000'000, hw::RowExposure{nullptr, green.data(), nullptr});
    return green;
  };
  EXPECT_EQ(code_row(*parse("{name: a, grey: 0.5}", later)), code_row(*parse("{name: a, grey: 0.5}")));
}

TEST(SceneYaml, LightThatIsOutOfRangeOrOrderIsTold) {
  EXPECT_NE(message_of("name: a\ngrey: 1\nlux: -5\n").find("scene.yaml:3:6"), std::string::npos);
  EXPECT_NE(message_of("name: a\ngrey: 1\nlight_changes: [{at_s: 1, lux: -1}]\n").find("scene.yaml:3"), std::string::npos);
  const std::string early = message_of("name: a\ngrey: 1\nlight_changes: [{at_s: 1, lux: 5, over_s: 2}, {at_s: 2, lux: 9}]\n");
  EXPECT_NE(early.find("one after the other"), std::string::npos) << early;
  EXPECT_NE(message_of("name: a\ngrey: 1\nflicker: {depth: 2}\n").find("scene.yaml:3"), std::string::npos);
}

TEST(SceneYaml, DefaultClipMayBeNamedByTheEnvironment) {
  const std::string clip = write_test_clip("clip.y4m", {235});
  setenv("SAKSI_CLIP", clip.c_str(), 1);
  EXPECT_EQ(parse("{name: s, clip: default}")->source_file(), clip);
  SceneOverrides overrides;
  overrides.clip = "default";
  EXPECT_EQ(parse("{name: s, grey: 0.5}", overrides)->source_file(), clip);
  setenv("SAKSI_CLIP", "/nowhere.avi", 1);
  EXPECT_NE(message_of("{name: s, clip: default}").find("scene.yaml:1:"), std::string::npos);
  unsetenv("SAKSI_CLIP");
}

TEST(SceneYaml, MistakesAreToldWithTheirPlace) {
  const auto expect = [](const std::string& text, const std::string& place, const std::string& words) {
    const std::string message = message_of(text);
    EXPECT_EQ(message.rfind(place, 0), 0u) << message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  expect("name: s\ngrey: 0.5\nluxx: 5\n", "scene.yaml:3:1:", "did you mean 'lux'");
  expect("name: s\ngrey: 1.5\n", "scene.yaml:2:7:", "1.5");
  expect("name: s\ngrey: 0.5\nlux: -5\n", "scene.yaml:3:6:", "-5");
  expect("name: s\ngrey: 0.5\ncolour_temperature_k: 900\n", "scene.yaml:3:23:", "900");
  expect("name: s\npattern: stripes\n", "scene.yaml:2:10:", "stripes");
  expect("name: s\nclip: /nowhere.mp4\n", "scene.yaml:2:7:", "No such file");
  expect("name: s\npicture: /nowhere.png\n", "scene.yaml:2:10:", "No such file");
  expect("name: s\nlux: 5\n", "scene.yaml:1:1:", "shows nothing");
  expect("name: s\ngrey: 0.5\nclip: default\n", "scene.yaml:1:1:", "stand together");
  expect("grey: 0.5\n", "scene.yaml:1:1:", "name");
  expect("name: s\ngrey: 0.5\nat_end: stop\n", "scene.yaml:3:9:", "stop");
}

TEST(SceneYaml, TheProjectsScenesCanBeShown) {
  SceneOverrides overrides;
  overrides.clip = write_test_clip("clip.y4m", {235});
  int scenes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SAKSI_SOURCE_DIR "/scenarios/scenes")) {
    if (entry.is_directory()) continue;  // tables of picture sizes
    const std::unique_ptr<Scene> scene = load_scene(entry.path(), overrides);
    EXPECT_EQ(scene->name(), entry.path().stem());
    EXPECT_GT(light_of(*scene), 0.0f);
    ++scenes;
  }
  EXPECT_GE(scenes, 2);
}

}  // namespace
}  // namespace saksi::sim
