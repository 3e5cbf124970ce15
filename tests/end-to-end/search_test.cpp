// Goal: the first durable moment that power cuts find is the one that the simulation knows, the good light is honest from its first moment on and
// the planted defect is not, and the stages of a press stand in their order and agree with figures from elsewhere. Method: searches with few presses
// and wide steps; the end of the last stage against the bracket of the same seed, the ISP's and the sensor's times against their own files.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

std::string suite(const std::string& dir, const std::string& scenario_name, const std::string& requirement, const std::string& to_ms, int seeds) {
  const std::string path = dir + "/suite.yaml";
  write_file(path, "suite: short\nsearch: {parameter: cut_after_ms, to_ms: " + to_ms + ", step_ms: 10, neighbours: 1, requirement: " + requirement +
                       ", requirements: " + scenario("requirements/imigrasi.yaml") + "}\nscenarios:\n  - {scenario: " + scenario(scenario_name) +
                       ", seeds: {from: 1, to: " + std::to_string(seeds) + "}}\n");
  return path;
}

/// The stages of a run whose supply is cut long after.
Json stages_of_whole_run(const std::string& dir) {
  const Outcome outcome = saksi("run " + scenario("power/cut-after-press.yaml") + " --encoder model --set cut_after_ms=900 --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return read_json(dir + "/truth/stages.json");
}

Json stage(const Json& stages, const std::string& name) {
  for (const Json& one : stages.at("stages")) {
    if (one.at("stage") == name) return one;
  }
  ADD_FAILURE() << name << " is missing in " << stages.dump();
  return {{"begin_ns", 0}, {"end_ns", 0}};
}

int64_t begin_of(const Json& stages, const std::string& name) { return stage(stages, name).at("begin_ns").get<int64_t>(); }
int64_t end_of(const Json& stages, const std::string& name) { return stage(stages, name).at("end_ns").get<int64_t>(); }

TEST(Search, CutsFindTheMomentThatTheSimulationKnows) {
  const std::string dir = fresh_dir("search-press");
  const Outcome outcome =
      saksi("search " + suite(dir, "power/cut-after-press.yaml", "imigrasi-press-to-durable", "1000", 1) + " --out " + dir + "/found");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const Json search = read_json(dir + "/found/search.json");
  const Json& press = search.at("presses").at(0);
  EXPECT_TRUE(press.at("monotone").get<bool>());
  EXPECT_EQ(press.at("first_kept_ms").get<int>() - press.at("last_not_kept_ms").get<int>(), 10);
  EXPECT_NEAR(search.at("measurement").at("uncertainty").get<double>(), 0.005, 1e-6);
  const Json stages = stages_of_whole_run(dir + "/whole");
  const double durable_ms = static_cast<double>(end_of(stages, "commit") - stages.at("press_ns").get<int64_t>()) * 1e-6;
  EXPECT_GT(durable_ms, press.at("last_not_kept_ms").get<double>());
  EXPECT_LE(durable_ms, press.at("first_kept_ms").get<double>());
  EXPECT_NE(read_file(dir + "/found/search.html").find("<svg"), std::string::npos);
  EXPECT_NE(read_file(dir + "/found/junit.xml").find("imigrasi-press-to-durable"), std::string::npos);
}

TEST(Search, AnHonestLightIsDurableAtOnceAndTheDefectIsNot) {
  const std::string dir = fresh_dir("search-led");
  const std::string file = suite(dir, "power/cut-after-led.yaml", "imigrasi-led-to-durable", "640", 1);
  const Outcome good = saksi("search " + file + " --out " + dir + "/good");
  EXPECT_EQ(good.code, 0) << good.output;
  EXPECT_EQ(read_json(dir + "/good/search.json").at("measurement").at("value"), 0);
  const Outcome bad =
      saksi("search " + file + " --firmware " + std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-led-before-durable.elf --out " + dir + "/bad");
  EXPECT_EQ(bad.code, 1) << bad.output;
}

TEST(Search, ASuiteWithoutASearchIsToldSo) {
  const Outcome outcome = saksi("search " + scenario("suites/led-truth.yaml"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.output.find("a suite with a 'search' was expected"), std::string::npos) << outcome.output;
  EXPECT_EQ(saksi("run " + scenario("suites/press-to-durable.yaml")).code, 2);
}

TEST(Stages, StandInTheirOrderAndAgreeWithOtherFigures) {
  const std::string dir = fresh_dir("stages");
  const Json stages = stages_of_whole_run(dir);
  const int64_t press_ns = stages.at("press_ns").get<int64_t>();
  EXPECT_EQ(begin_of(stages, "button"), press_ns);
  EXPECT_LE(end_of(stages, "button"), begin_of(stages, "interrupt"));
  const char* const kChain[] = {"readout", "isp", "encoder", "mux", "block_write", "commit"};
  for (size_t i = 1; i < std::size(kChain); ++i) EXPECT_LE(end_of(stages, kChain[i - 1]), begin_of(stages, kChain[i])) << kChain[i];
  for (const Json& one : stages.at("stages")) EXPECT_LT(one.at("begin_ns").get<int64_t>(), one.at("end_ns").get<int64_t>() + 1) << one.dump();
  // The ISP is documented to take 300 us after the last row.
  EXPECT_EQ(end_of(stages, "isp") - begin_of(stages, "isp"), 300'000);
  // The judge reads the same frame's time out of its light code.
  const Json m = measurement(read_json(dir + "/verdicts.json"), "press_to_record");
  const double middle_s = static_cast<double>((begin_of(stages, "exposure") + end_of(stages, "exposure")) / 2 - press_ns) * 1e-9;
  EXPECT_NEAR(m.at("value").get<double>(), middle_s, m.at("uncertainty").get<double>() + 0.001);
  // The firmware prints by its own clock when it has told the card.
  std::ifstream console(dir + "/recording/console.log");
  std::string line, said;
  while (std::getline(console, line)) {
    if (line.find(" ms after press") != std::string::npos) said = line;
  }
  ASSERT_FALSE(said.empty());
  const double said_ms = std::stod(said.substr(said.find("on card ") + 8));
  EXPECT_NEAR(said_ms, static_cast<double>(end_of(stages, "commit") - press_ns) * 1e-6, 20);
  EXPECT_NE(read_file(dir + "/timeline.json").find("frame after the press: mux"), std::string::npos);
  EXPECT_NE(read_file(dir + "/report.html").find("Way of the first frame after the press"), std::string::npos);
}

}  // namespace
}  // namespace saksi::test
