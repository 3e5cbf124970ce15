// Goal: what a swarm draws is the seed's alone, covers every kind, and is written as files that the readers take. Method: many draws;
// scenarios of the project written with faults and read back.
#include "sim/swarm/fault.h"

#include <gtest/gtest.h>

#include <map>

#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

const std::string kScenario = std::string(SAKSI_SOURCE_DIR) + "/scenarios/start/press-at-desk.yaml";

PreparedRun prepared(const std::string& scenario = kScenario) {
  RunRequest request;
  request.scenario_path = scenario;
  request.encoder = "sizes";
  request.firmware_path = std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam.elf";
  return check_run(request);
}

TEST(Fault, TheSameSeedDrawsTheSame) {
  const Scenario scenario = load_scenario(kScenario, {}, std::nullopt);
  for (int i = 0; i < 20; ++i) {
    const std::vector<Fault> a = draw_faults(3, i, scenario), b = draw_faults(3, i, scenario);
    ASSERT_EQ(a.size(), b.size());
    for (size_t k = 0; k < a.size(); ++k) EXPECT_EQ(a[k].text, b[k].text);
  }
  EXPECT_NE(draw_faults(3, 0, scenario)[0].text, draw_faults(4, 0, scenario)[0].text);
}

TEST(Fault, EveryKindIsDrawnAndNoRunHasAllOfThem) {
  const Scenario scenario = load_scenario(kScenario, {}, std::nullopt);
  std::map<std::string, int> drawn;
  for (int i = 0; i < 300; ++i) {
    std::map<std::string, int> kinds;
    for (const Fault& fault : draw_faults(1, i, scenario)) ++kinds[fault.kind];
    EXPECT_FALSE(kinds.empty());
    for (const auto& kind : kinds) ++drawn[kind.first];
  }
  for (const std::string& kind : fault_kinds()) {
    EXPECT_GT(drawn[kind], 50) << kind;
    EXPECT_LT(drawn[kind], 200) << kind;
  }
}

TEST(Fault, WhatIsWrittenIsReadBackWithEveryFault) {
  const PreparedRun run = prepared();
  for (int i = 0; i < 50; ++i) {
    const TempFolder folder;
    const std::vector<Fault> faults = draw_faults(9, i, run.scenario);
    const PreparedRun again = prepared(write_faulted_scenario(run, faults, folder.path()));
    size_t actions = run.scenario.actions.size();
    for (const Fault& fault : faults) actions += fault.actions.size();
    EXPECT_EQ(again.scenario.actions.size(), actions) << i;
    EXPECT_EQ(again.scenario.actions[1].at_ns, run.scenario.actions[1].at_ns) << "the scenario's own press is where its seed puts it";
    for (const Fault& fault : faults) {
      if (fault.kind == "slow") {
        EXPECT_EQ(again.device.card.profile, "bad-but-legal");
      }
      if (fault.kind == "stall") {
        EXPECT_GT(again.device.card.stall_ms, 0);
      }
      if (fault.kind == "small") {
        EXPECT_GE(again.device.card.free_mib, 8);
      }
      if (fault.kind == "heat") {
        EXPECT_GE(again.device.pixels.temperature_c, 50);
      }
      if (fault.kind == "reorder") {
        EXPECT_GE(again.device.card.faults.cache_sectors, 2u);
      }
      if (fault.kind == "crc") {
        EXPECT_NE(again.device.card.faults.data_crc.first + again.device.card.faults.command_crc.first, 0u);
      }
      if (fault.kind == "clock") {
        const hw::Pcf85063aConfig &rtc = again.device.rtc, &before = run.device.rtc;
        EXPECT_TRUE(rtc.backup != before.backup || rtc.stopped != before.stopped || rtc.drift_ppm != before.drift_ppm);
      }
    }
  }
}

}  // namespace
}  // namespace saksi::sim
