// Goal: the gauge tells the cell's voltage and charge as its data sheet says, within its error, at its pace, and alerts when it should. Method: a
// cell that a load empties, transfers on the I2C interface in virtual time; the cell's own counted charge is the truth.
#include "hw-models/gauge/max17048.h"

#include <cstdlib>
#include <memory>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/power/cell.h"
#include "hw-models/power/supply.h"
#include "regs/max17048_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::max17048;
using Bytes = std::vector<uint8_t>;
using sc_core::SC_MS;
using sc_core::SC_SEC;

RailConfig quiet() {
  RailConfig config;
  config.quiescent_uw = 0;
  return config;
}

class GaugeTest : public SystemcTest {
 protected:
  /// A cell of 100 mAh, which a load of a watt empties within 20 minutes.
  void make(uint32_t charge_permille, uint64_t seed = 1) {
    cell_ = std::make_unique<Cell>(CellConfig{100, charge_permille, 0});
    cell_->set_connected(true);
    rail_.add(load_);
    rail_.connect(*cell_);
    gauge_ = std::make_unique<Max17048>("gauge", Max17048Config{seed}, rail_);
    gauge_->power_on();
  }
  Bytes read(uint8_t address, size_t size) {
    Bytes bytes(size);
    EXPECT_TRUE(gauge_->write(&address, 1, sc_core::sc_time_stamp()));
    EXPECT_TRUE(gauge_->read(bytes.data(), size, sc_core::sc_time_stamp()));
    return bytes;
  }
  uint32_t word(uint32_t address) {
    const Bytes bytes = read(static_cast<uint8_t>(address), 2);
    return static_cast<uint32_t>(bytes[0]) << 8 | bytes[1];
  }
  void write(uint32_t address, uint32_t value) {
    const uint8_t bytes[3] = {static_cast<uint8_t>(address), static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
    EXPECT_TRUE(gauge_->write(bytes, sizeof bytes, sc_core::sc_time_stamp()));
  }
  double percent() { return word(r::kSoc) / 256.0; }
  double true_percent() const { return cell_->charge_ppm() / 1e4; }

  Load load_;
  Rail rail_{"vsys", quiet()};
  std::unique_ptr<Cell> cell_;
  std::unique_ptr<Max17048> gauge_;
};

TEST_F(GaugeTest, TellsTheChargeWithinItsErrorWhileTheCellIsEmptied) {
  make(1000);
  load_.set_uw(1'000'000);
  double largest = 0;
  int looks = 0;
  run_for({250, SC_MS});
  for (; rail_.good() && looks < 120; ++looks) {
    largest = std::max(largest, std::abs(percent() - true_percent()));
    EXPECT_NEAR(word(r::kVcell) * 78.125e-3, rail_.mv(), 7.6);
    run_for({10, SC_SEC});
  }
  EXPECT_GT(looks, 90) << "it was nearly emptied";
  EXPECT_LT(true_percent(), 25);
  EXPECT_LE(largest, 1.4);
  EXPECT_GT(largest, 0.001) << "it is no perfect gauge";
}

TEST_F(GaugeTest, TheErrorIsThePartsOwnAndStaysWithinItsBound) {
  make(500);
  int64_t least = 0, most = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Max17048 other(("gauge" + std::to_string(seed)).c_str(), Max17048Config{seed}, rail_);
    least = std::min(least, other.error_uv());
    most = std::max(most, other.error_uv());
  }
  EXPECT_GE(least, -Max17048::kErrorUv);
  EXPECT_LE(most, Max17048::kErrorUv);
  EXPECT_LT(least, -6'000) << "all of the range is drawn";
  EXPECT_GT(most, 6'000);
  const Max17048 again("again", Max17048Config{1}, rail_);
  EXPECT_EQ(again.error_uv(), gauge_->error_uv());
}

TEST_F(GaugeTest, WhatWasMeasuredStandsForAQuarterOfASecond) {
  make(800);
  const uint32_t before = word(r::kVcell);
  load_.set_uw(3'000'000);
  run_for({249, SC_MS});
  EXPECT_EQ(word(r::kVcell), before);
  run_for({1, SC_MS});
  EXPECT_LT(word(r::kVcell), before - 100) << "8 mV and more over the resistance";
  load_.set_uw(0);
  write(r::kMode, r::kModeQuickStart.put(1));
  EXPECT_NEAR(word(r::kVcell), before, 20) << "at once, by command; some charge is gone";
}

TEST_F(GaugeTest, TheRateIsThatOfTheCell) {
  make(775);  // between two bends of the curve, so that the error shifts the charge and leaves the rate alone
  EXPECT_EQ(word(r::kCrate), 0u);
  load_.set_uw(370'000);
  percent();
  const double charge = true_percent();
  run_for({20, SC_SEC});
  const double per_hour = (true_percent() - charge) * 180;
  EXPECT_LT(per_hour, -80);
  EXPECT_NEAR(static_cast<int16_t>(word(r::kCrate)) * 0.208, per_hour, -per_hour * 0.1);
}

TEST_F(GaugeTest, AlertsOnceWhenTheCellIsNearlyEmpty) {
  make(60);
  EXPECT_EQ(word(r::kStatus) & r::kStatusHd.put(1), 0u) << "4 % is the limit after a reset";
  write(r::kConfig, 0x9700 | (32 - 5));
  load_.set_uw(300'000);
  while (true_percent() > 3) run_for({1, SC_SEC});
  percent();
  EXPECT_NE(word(r::kStatus) & r::kStatusHd.put(1), 0u);
  EXPECT_NE(word(r::kConfig) & r::kConfigAlrt.put(1), 0u);
  write(r::kConfig, 0x9700 | (32 - 5));
  write(r::kStatus, 0);
  run_for({1, SC_SEC});
  percent();
  EXPECT_EQ(word(r::kStatus), 0u) << "it does not fall below the limit again";
}

TEST_F(GaugeTest, ASupplyInTheCellsPlaceIsTakenForACell) {
  make(800);
  Supply supply;
  supply.set_mv(3'577);
  rail_.connect(supply);
  run_for({250, SC_MS});
  EXPECT_NEAR(percent(), 30, 1.4);
  supply.set_mv(5'000);
  run_for({250, SC_MS});
  EXPECT_EQ(percent(), 100);
  rail_.connect(*cell_);
}

TEST_F(GaugeTest, ResetsByCommandAndWithItsSupplyAndIsSilentWithoutIt) {
  make(800);
  write(r::kStatus, 0);
  write(r::kConfig, 0x1234);
  write(r::kCmd, 0x5400);
  EXPECT_EQ(word(r::kStatus), r::kStatusRi.put(1));
  EXPECT_EQ(word(r::kConfig), 0x971Cu);
  write(r::kStatus, 0);
  gauge_->power_off();
  uint8_t address = r::kVcell;
  EXPECT_FALSE(gauge_->write(&address, 1, sc_core::sc_time_stamp()));
  EXPECT_FALSE(gauge_->read(&address, 1, sc_core::sc_time_stamp()));
  gauge_->power_on();
  EXPECT_EQ(word(r::kStatus), r::kStatusRi.put(1));
}

TEST_F(GaugeTest, AddressesCountOnAndWhatIsNoRegisterReadsZero) {
  make(800);
  const Bytes bytes = read(r::kVcell, 8);
  EXPECT_EQ(static_cast<uint32_t>(bytes[0]) << 8 | bytes[1], word(r::kVcell));
  EXPECT_EQ(static_cast<uint32_t>(bytes[2]) << 8 | bytes[3], word(r::kSoc));
  EXPECT_EQ(bytes[7], 0x12) << "the version's low byte; MODE before it reads as 0";
  EXPECT_EQ(bytes[4] | bytes[5], 0);
  EXPECT_EQ(read(0xFF, 2), (Bytes{0, 0}));
  write(r::kSoc, 0x1234);
  EXPECT_NE(word(r::kSoc), 0x1234u) << "read-only";
  EXPECT_TRUE(gauge_->write(nullptr, 0, sc_core::sc_time_stamp())) << "a bare address is acknowledged";
}

}  // namespace
}  // namespace saksi::hw
