// Goal: the clock runs with virtual time, can be set, and its alarm interrupts at its nanosecond, as the Linux driver uses it.
#include "hw-models/soc/goldfish_rtc.h"

#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/goldfish_rtc_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::goldfish_rtc;
using sc_core::sc_time;
constexpr uint64_t kStartNs = 1'767'225'600'000'000'000;

class GoldfishRtcTest : public SystemcTest {
 protected:
  GoldfishRtcTest() {
    rtc_.irq.connect([this](bool level) { edges_.emplace_back(sc_core::sc_time_stamp().value() / 1000, level); });
  }
  uint64_t time() {
    const uint64_t low = rtc_.read32(r::kTimeLow);
    return uint64_t{rtc_.read32(r::kTimeHigh)} << 32 | low;
  }
  void set_alarm(uint64_t ns) {
    rtc_.write32(r::kAlarmHigh, static_cast<uint32_t>(ns >> 32));
    rtc_.write32(r::kAlarmLow, static_cast<uint32_t>(ns));
  }
  using Edges = std::vector<std::pair<uint64_t, bool>>;

  GoldfishRtc rtc_{"rtc", GoldfishRtcConfig{}};
  LoneBlock wire_{rtc_};
  Edges edges_;
};

TEST_F(GoldfishRtcTest, RunsWithVirtualTimeFromItsDate) {
  EXPECT_EQ(time(), kStartNs);
  run_for(sc_time(3, sc_core::SC_SEC));
  EXPECT_EQ(time(), kStartNs + 3'000'000'000);
  rtc_.reset();
  EXPECT_EQ(time(), kStartNs + 3'000'000'000) << "a reset does not set it back";
}

TEST_F(GoldfishRtcTest, TheHighWordBelongsToTheLowWordReadBefore) {
  const uint64_t to_carry = (uint64_t{1} << 32) - (kStartNs & 0xFFFFFFFF);
  run_for(sc_time(static_cast<double>(to_carry - 1), sc_core::SC_NS));
  EXPECT_EQ(rtc_.read32(r::kTimeLow), 0xFFFFFFFFu);
  run_for(sc_time(10, sc_core::SC_NS));
  EXPECT_EQ(rtc_.read32(r::kTimeHigh), static_cast<uint32_t>(kStartNs >> 32)) << "latched";
  rtc_.read32(r::kTimeLow);
  EXPECT_EQ(rtc_.read32(r::kTimeHigh), static_cast<uint32_t>(kStartNs >> 32) + 1);
}

TEST_F(GoldfishRtcTest, CanBeSet) {
  run_for(sc_time(1, sc_core::SC_SEC));
  rtc_.write32(r::kTimeHigh, 5);
  rtc_.write32(r::kTimeLow, 100);
  EXPECT_EQ(time(), (uint64_t{5} << 32) + 100);
  run_for(sc_time(50, sc_core::SC_NS));
  EXPECT_EQ(time(), (uint64_t{5} << 32) + 150);
}

TEST_F(GoldfishRtcTest, TheAlarmInterruptsAtItsNanosecond) {
  rtc_.write32(r::kIrqEnabled, 1);
  set_alarm(kStartNs + 12'345);
  EXPECT_EQ(rtc_.read32(r::kAlarmStatus), 1u);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(edges_, (Edges{{12'345, true}}));
  EXPECT_EQ(rtc_.read32(r::kAlarmStatus), 0u);
  rtc_.write32(r::kClearInterrupt, 1);
  EXPECT_FALSE(rtc_.irq.level());
}

TEST_F(GoldfishRtcTest, AnAlarmInThePastInterruptsAtOnceAndADisarmedOneNever) {
  set_alarm(kStartNs);
  EXPECT_FALSE(rtc_.irq.level()) << "not enabled";
  rtc_.write32(r::kIrqEnabled, 1);
  EXPECT_TRUE(rtc_.irq.level()) << "it waited";
  rtc_.write32(r::kClearInterrupt, 1);
  set_alarm(kStartNs + 1000);
  rtc_.write32(r::kClearAlarm, 1);
  set_alarm(~uint64_t{0});
  run_for(sc_time(1, sc_core::SC_SEC));
  EXPECT_FALSE(rtc_.irq.level());
}

}  // namespace
}  // namespace saksi::hw
