// Goal: the watchdog bites at exactly its time, can be fed but not stopped, and remembers its bite.
#include "hw-models/soc/wdt.h"

#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/wdt_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::wdt;
using sc_core::sc_time;

class WdtTest : public SystemcTest {
 protected:
  WdtTest() {
    wdt_.on_bite([this] { bites_ps_.push_back(sc_core::sc_time_stamp().value()); });
    wdt_.write32(r::kTimeout, 100);
  }
  static void run_for_ms(double ms) { run_for(sc_time(ms, sc_core::SC_MS)); }
  Wdt wdt_{"wdt", WdtConfig{}};
  LoneBlock wire_{wdt_};
  std::vector<uint64_t> bites_ps_;
};

TEST_F(WdtTest, DoesNothingUntilStarted) {
  wdt_.write32(r::kFeed, 0x5AFE);
  run_for_ms(5000);
  EXPECT_TRUE(bites_ps_.empty());
  EXPECT_EQ(wdt_.read32(r::kCause), 0u);
}

TEST_F(WdtTest, BitesOnceAndRemembers) {
  wdt_.write32(r::kCtrl, 1);
  run_for_ms(1000);
  EXPECT_EQ(bites_ps_, std::vector<uint64_t>{100'000'000'000});
  EXPECT_EQ(wdt_.read32(r::kCause), 1u);
  EXPECT_EQ(wdt_.read32(r::kCtrl), 0u);
  EXPECT_EQ(wdt_.read32(r::kTimeout), 1000u) << "as after reset";
  wdt_.reset();
  EXPECT_EQ(wdt_.read32(r::kCause), 0u) << "power-on clears the cause";
}

TEST_F(WdtTest, FeedingStartsTheTimeAnew) {
  wdt_.write32(r::kCtrl, 1);
  for (int i = 0; i < 10; ++i) {
    run_for_ms(90);
    wdt_.write32(r::kFeed, 0x5AFE);
  }
  EXPECT_TRUE(bites_ps_.empty());
  run_for_ms(90);
  wdt_.write32(r::kFeed, 0x5AFF);  // the wrong word
  run_for_ms(20);
  EXPECT_EQ(bites_ps_, std::vector<uint64_t>{1'000'000'000'000});
}

TEST_F(WdtTest, CannotBeStopped) {
  wdt_.write32(r::kCtrl, 1);
  wdt_.write32(r::kCtrl, 0);
  EXPECT_EQ(wdt_.read32(r::kCtrl), 1u);
  run_for_ms(50);
  wdt_.write32(r::kCtrl, 1);  // starting it again is no feeding
  run_for_ms(60);
  EXPECT_EQ(bites_ps_.size(), 1u);
}

TEST_F(WdtTest, ANewTimeoutHoldsFromTheNextFeed) {
  wdt_.write32(r::kCtrl, 1);
  wdt_.write32(r::kTimeout, 0);
  run_for_ms(50);
  EXPECT_TRUE(bites_ps_.empty());
  wdt_.write32(r::kFeed, 0x5AFE);
  run_for_ms(2);
  EXPECT_EQ(bites_ps_, std::vector<uint64_t>{51'000'000'000}) << "0 counts as 1 ms";
}

TEST_F(WdtTest, PowerOnResetStopsIt) {
  wdt_.write32(r::kCtrl, 1);
  run_for_ms(50);
  wdt_.reset();
  run_for_ms(500);
  EXPECT_TRUE(bites_ps_.empty());
}

}  // namespace
}  // namespace saksi::hw
