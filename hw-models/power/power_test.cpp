// Goal: voltage, current, charge and energy are what the sums say, and power good and bad come at the right instant. Method: loads switched
// by hand and by events, sources of both kinds.
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/power/cell.h"
#include "hw-models/power/pmu.h"
#include "hw-models/power/rail.h"
#include "hw-models/power/supply.h"
#include "regs/pmu_regs.hpp"

namespace saksi::hw {
namespace {

using sc_core::SC_MS;
using sc_core::SC_SEC;
using sc_core::sc_time;

RailConfig no_quiescent() {
  RailConfig config;
  config.quiescent_uw = 0;
  return config;
}

struct PowerLog {
  struct Entry {
    bool good;
    sc_time time;
  };
  explicit PowerLog(Rail& rail) {
    rail.on_power_good([this](sc_time time) { entries.push_back({true, time}); });
    rail.on_power_bad([this](sc_time time) { entries.push_back({false, time}); });
  }
  std::vector<Entry> entries;
};

class Power : public SystemcTest {};

TEST_F(Power, LoadsAddUpAndCurrentRisesAsVoltageFalls) {
  Rail rail("vsys", no_quiescent());
  Supply supply;
  Load cpu, card;
  rail.add(cpu);
  rail.add(card);
  cpu.set_uw(300'000);
  card.set_uw(70'000);
  rail.connect(supply);
  EXPECT_EQ(rail.mv(), 0u);
  EXPECT_FALSE(rail.good());
  supply.set_mv(3700);
  EXPECT_TRUE(rail.good());
  EXPECT_EQ(rail.mv(), 3700u);
  EXPECT_EQ(rail.ua(), 100'000u);
  supply.set_mv(3100);
  EXPECT_EQ(rail.ua(), 119'354u);
}

TEST_F(Power, ChargeAndEnergyAreIntegrated) {
  Rail rail("vsys", no_quiescent());
  Supply supply;
  Load load;
  rail.add(load);
  load.set_uw(370'000);
  rail.connect(supply);
  supply.set_mv(3700);
  run_for(sc_time(2, SC_SEC));
  load.set_uw(0);
  run_for(sc_time(5, SC_SEC));
  EXPECT_EQ(rail.energy_uj(), 740'000u);
  EXPECT_EQ(rail.charge_uc(), 200'000u);
}

TEST_F(Power, ThresholdHasHysteresisAndARestartDelay) {
  Rail rail("vsys", {});
  PowerLog log(rail);
  Supply supply;
  rail.connect(supply);
  supply.set_mv(3010);
  EXPECT_FALSE(rail.good()) << "within the hysteresis, rising";
  supply.set_mv(3020);
  EXPECT_TRUE(rail.good());
  supply.set_mv(3000);
  EXPECT_TRUE(rail.good()) << "within the hysteresis, falling";
  run_for(sc_time(1, SC_MS));
  supply.set_mv(2999);
  EXPECT_FALSE(rail.good());
  supply.set_mv(3700);
  EXPECT_FALSE(rail.good()) << "rails have to discharge first";
  run_for(sc_time(20, SC_MS));
  ASSERT_EQ(log.entries.size(), 3u);
  EXPECT_EQ(log.entries[1].time, sc_time(1, SC_MS));
  EXPECT_EQ(log.entries[2].time, sc_time(11, SC_MS));
  EXPECT_TRUE(log.entries[2].good);
}

TEST_F(Power, WhilePowerIsBadOnlyTheControllerDraws) {
  Rail rail("vsys", {});
  Supply supply;
  Load load;
  rail.add(load);
  load.set_uw(1'000'000);
  rail.connect(supply);
  supply.set_mv(2500);
  EXPECT_EQ(rail.ua(), 40u);
  supply.set_mv(0);
  EXPECT_EQ(rail.ua(), 0u);
}

TEST_F(Power, ALoadThatPullsTheCellDownIsReportedByAnEvent) {
  Rail rail("vsys", {});
  PowerLog log(rail);
  CellConfig config;
  config.charge_permille = 10;
  config.extra_resistance_mohm = 100;
  Cell cell(config);
  Load load;
  rail.add(load);
  rail.set_clock([] { return sc_core::sc_time_stamp() + sc_time(7, sc_core::SC_NS); });
  cell.set_connected(true);
  rail.connect(cell);
  ASSERT_FALSE(rail.good()) << rail.mv();  // 3.00 V at 1 % is within the hysteresis
  config.charge_permille = 20;
  Cell fuller(config);
  fuller.set_connected(true);
  rail.connect(fuller);
  ASSERT_TRUE(rail.good());
  run_for(sc_time(1, SC_MS));
  load.set_uw(3'000'000);  // 1 A through 235 mOhm
  EXPECT_LT(rail.mv(), 3000u);
  EXPECT_TRUE(rail.good()) << "not in the middle of the caller's work";
  run_for_ns(8);
  EXPECT_FALSE(rail.good());
  ASSERT_EQ(log.entries.size(), 2u);
}

TEST_F(Power, CellFollowsItsCurveAndEmptiesUnderConstantLoad) {
  Rail rail("vsys", no_quiescent());
  CellConfig config;
  config.charge_permille = 500;
  Cell cell(config);
  Load load;
  rail.add(load);
  cell.set_connected(true);
  rail.connect(cell);
  EXPECT_EQ(rail.mv(), 3723u);
  load.set_uw(1'000'000);
  // (3.723 + sqrt(3.723^2 - 4 * 0.037)) / 2 = 3.71304
  EXPECT_EQ(rail.mv(), 3713u);
  run_for(sc_time(3600, SC_SEC));
  // About 270 mAh of 2995.
  EXPECT_NEAR(cell.charge_ppm(), 500'000 - 90'000, 1'000);
  EXPECT_LT(rail.mv(), 3650u);
}

TEST_F(Power, AnEmptyCellBrownsOutByItself) {
  Rail rail("vsys", no_quiescent());
  PowerLog log(rail);
  CellConfig config;
  config.charge_permille = 30;
  Cell cell(config);
  Load load;
  rail.add(load);
  load.set_uw(1'000'000);
  cell.set_connected(true);
  rail.connect(cell);
  ASSERT_TRUE(rail.good());
  run_for(sc_time(3600, SC_SEC));
  EXPECT_FALSE(rail.good());
}

TEST_F(Power, ObserverSeesEachChangeOnce) {
  Rail rail("vsys", no_quiescent());
  Supply supply;
  Load load;
  rail.add(load);
  rail.connect(supply);
  std::vector<std::pair<uint32_t, uint32_t>> seen;
  rail.add_observer([&](uint32_t mv, uint32_t ua, const sc_time&) { seen.emplace_back(mv, ua); });
  supply.set_mv(4000);
  load.set_uw(4000);
  load.set_uw(4000);
  supply.set_mv(0);
  const std::vector<std::pair<uint32_t, uint32_t>> expected = {{4000, 0}, {4000, 1000}, {0, 0}};
  EXPECT_EQ(seen, expected);
}

TEST_F(Power, PmuMeasuresAndInterruptsWhenVoltageFalls) {
  Rail rail("vsys", no_quiescent());
  Pmu pmu("pmu", {}, rail);
  Supply supply;
  Load load;
  rail.add(load);
  rail.connect(supply);
  supply.set_mv(3700);
  load.set_uw(370'000);
  EXPECT_EQ(pmu.read32(regs::pmu::kVsys), 3700u);
  EXPECT_EQ(pmu.read32(regs::pmu::kIsys), 100'000u);
  pmu.write32(regs::pmu::kLowThreshold, 3300);
  pmu.write32(regs::pmu::kIrqEnable, regs::pmu::kIrqEnableLow.mask());
  EXPECT_FALSE(pmu.irq.level());
  supply.set_mv(3299);
  EXPECT_TRUE(pmu.irq.level());
  supply.set_mv(3250);
  pmu.write32(regs::pmu::kIrqStatus, regs::pmu::kIrqStatusLow.mask());
  EXPECT_FALSE(pmu.irq.level());
  supply.set_mv(3700);
  supply.set_mv(3200);
  EXPECT_TRUE(pmu.irq.level()) << "each fall is a new one";
  pmu.reset();
  EXPECT_FALSE(pmu.irq.level());
  EXPECT_EQ(pmu.read32(regs::pmu::kLowThreshold), 0u);
}

}  // namespace
}  // namespace saksi::hw
