// Goal: the times of the profiles are those of real cards, their tails too. Method: 100,000 writes of 4 KiB one after the other, as the measurements
// that the profiles are fitted to were made; from the end of the command to the end of busy. Measured were: the best card (SanDisk Extreme U3) 15 ms
// at worst; common ones 2 to 7 ms, and 90 to 250 ms at worst (PX4 user guide, PX4 issue 4634, cleanflight issue 436); the standard allows 250 ms
// (SDHC).
#include <algorithm>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/card/sd_card.h"

namespace saksi::hw {
namespace {

using sc_core::SC_MS;
using sc_core::sc_time;

constexpr size_t kWrites = 100'000;
constexpr uint32_t kWriteSectors = 8;

class CardProfileTest : public SystemcTest {
 protected:
  static sc_time now() { return sc_core::sc_time_stamp(); }

  void bring_up(SdCard& card) {
    card.power_on(now());
    card.command(0, 0, now());
    card.command(8, 0x1AA, now());
    do {
      run_for(sc_time(10, SC_MS));
      card.command(55, 0, now());
    } while ((card.command(41, 0x40FF8000, now()).value >> 31) == 0);
    card.command(2, 0, now());
    const uint32_t rca = card.command(3, 0, now()).value >> 16;
    card.command(7, rca << 16, now());
    ASSERT_EQ(card.state(now()), SdCard::State::kTransfer);
  }

  /// Milliseconds, sorted.
  void write(const char* profile) {
    SdCardConfig config;
    config.timing = CardTiming::profile(profile);
    SdCard card("card", config);
    bring_up(card);
    const std::array<uint8_t, kSectorBytes> data{};
    for (size_t i = 0; i < kWrites; ++i) {
      card.command(25, static_cast<uint32_t>(i % 1000) * kWriteSectors, now());
      for (uint32_t j = 0; j < kWriteSectors; ++j) ASSERT_TRUE(card.write_block(data.data(), now()));
      card.command(12, 0, now());
      const sc_time until = card.busy_until(now());
      latencies_ms_.push_back((until - now()).to_seconds() * 1e3);
      run_for(until - now());
    }
    std::sort(latencies_ms_.begin(), latencies_ms_.end());
  }

  double percentile(double share) const { return latencies_ms_[static_cast<size_t>(share * kWrites)]; }
  double longest() const { return latencies_ms_.back(); }

  std::vector<double> latencies_ms_;
};

void expect_within(double value, double low, double high, const char* what) {
  EXPECT_GE(value, low) << what;
  EXPECT_LE(value, high) << what;
}

TEST_F(CardProfileTest, GoodIsTheBestCardThatWasMeasured) {
  write("good");
  expect_within(percentile(0.5), 1, 2, "median");
  expect_within(percentile(0.99), 2, 7, "p99");
  expect_within(longest(), 12, 20, "longest: measured 15 ms");
}

TEST_F(CardProfileTest, TypicalIsWhatMostCardsDo) {
  write("typical");
  expect_within(percentile(0.5), 2, 3, "median: measured 2.0 to 2.7 ms");
  expect_within(percentile(0.99), 5, 35, "p99");
  expect_within(percentile(0.9995), 90, 250, "p99.95: housekeeping at every 4 MiB");
  expect_within(longest(), 100, 250, "longest: measured 103 to 250 ms");
}

TEST_F(CardProfileTest, BadButLegalStaysWithinWhatTheStandardAllows) {
  write("bad-but-legal");
  expect_within(percentile(0.5), 5, 10, "median: of cards with a mean of 200 KB/s");
  expect_within(percentile(0.999), 150, 250, "p99.9");
  expect_within(longest(), 200, 250, "longest");
}

TEST_F(CardProfileTest, IllegalIsBeyondIt) {
  write("illegal");
  expect_within(percentile(0.999), 250, 2020, "p99.9");
  expect_within(longest(), 1000, 2020, "longest");
}

}  // namespace
}  // namespace saksi::hw
