// Goal: the camera holds in scenes of an airport checkpoint: pressed into its boot, in a struggle that costs it its battery twice, as the lights
// fail, and the light code is read where that is hard. Method: scenarios of the checkpoint suite as a user runs them, and a walk in dim light.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

/// Runs a scenario and returns its verdicts.
Json run(const std::string& path, const std::string& dir) {
  const Outcome outcome = saksi("run " + quoted(path) + " --encoder model --quiet --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return read_json(dir + "/verdicts.json");
}

double value_of(const Json& verdicts, const std::string& measurement) {
  for (const Json& one : verdicts.at("measurements")) {
    if (one.at("id") == measurement && one.at("value").is_number()) return one.at("value").get<double>();
  }
  ADD_FAILURE() << measurement << " has no value";
  return -1;
}

TEST(Checkpoint, ColdStart) {
  const Json verdicts = run(scenario("checkpoint/c03-cold-start.yaml"), fresh_dir("cold-start"));
  EXPECT_LT(value_of(verdicts, "ready_time"), 10);
}

TEST(Checkpoint, AStruggleThatCostsTheBatteryTwice) {
  const std::string dir = fresh_dir("struggle");
  const Json verdicts = run(scenario("checkpoint/c14-struggle.yaml"), dir);
  EXPECT_GE(value_of(verdicts, "durable_frames_at_cut"), 1);
  EXPECT_GE(value_of(verdicts, "clips_stored"), 2) << "it records again after the first cut, and keeps what was there";
}

TEST(Checkpoint, TheHallsLightsFail) {
  const Json verdicts = run(scenario("checkpoint/c15-lights-fail.yaml"), fresh_dir("lights-fail"));
  EXPECT_LT(value_of(verdicts, "exposure_settling"), 1);
}

TEST(Checkpoint, TheCodeIsReadOnAWalkInDimLightAtACoarseQuantiser) {
  const std::string dir = fresh_dir("dim-walk");
  write_file(dir + "/scene.yaml",
             "name: dim-walk\nlux: 30\ncolour_temperature_k: 4000\nflicker: {depth: 0.3}\nworld:\n  room: {depth_m: 30}\n"
             "  camera: {body: walking, path: [{at_s: 1, ahead_m: 0}, {at_s: 12, ahead_m: 15}]}\n"
             "  things: [{kind: person, queue: 5, x_m: 0.8, distance_m: 4}, {kind: gate, x_m: -2, distance_m: 9}]\n");
  write_file(dir + "/walk.yaml",
             "name: dim-walk\nlight: scene.yaml\nduration_s: 11\nsettings: {qp: 36}\nrequirements: " + scenario("requirements/first-light.yaml") +
                 "\nactions: [{at_s: 0.1, supply: on}, {at_s: 4, press: record}, {at_s: 10, press: record}]\nrequire: [clip-playable]\n");
  const Json verdicts = run(dir + "/walk.yaml", dir + "/out");
  size_t frames = 0, read = 0;
  for (const Json& clip : verdicts.at("evidence")) {
    for (const Json& photon : clip.at("photon_s")) {
      ++frames;
      if (!photon.is_null()) ++read;
    }
  }
  EXPECT_GT(frames, 100u);
  EXPECT_GE(static_cast<double>(read), 0.95 * static_cast<double>(frames)) << read << " of " << frames;
}

}  // namespace
}  // namespace saksi::test
