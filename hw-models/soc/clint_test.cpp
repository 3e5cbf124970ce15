// Goal: mtime is exact, the timer interrupt rises at exactly its tick, whatever order the two halves of mtimecmp are written in.
#include "hw-models/soc/clint.h"

#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/clint_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::clint;
using sc_core::sc_time;

class ClintTest : public SystemcTest {
 protected:
  ClintTest() {
    clint_.timer_irq.connect([this](bool level) { edges_.emplace_back(sc_core::sc_time_stamp().value(), level); });
  }
  void set_compare(uint64_t value) {
    clint_.write32(r::kMtimecmpHi, 0xFFFFFFFF);
    clint_.write32(r::kMtimecmpLo, static_cast<uint32_t>(value));
    clint_.write32(r::kMtimecmpHi, static_cast<uint32_t>(value >> 32));
  }
  using Edges = std::vector<std::pair<uint64_t, bool>>;

  Clint clint_{"clint", ClintConfig{}};
  LoneBlock wire_{clint_};
  Edges edges_;
};

TEST_F(ClintTest, CountsTenMegahertz) {
  run_for(sc_time(1, sc_core::SC_SEC) - sc_time(1, sc_core::SC_PS));
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 9'999'999u);
  run_for(sc_time(1, sc_core::SC_PS));
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 10'000'000u);
  run_for(sc_time(500, sc_core::SC_SEC));
  EXPECT_EQ(clint_.read32(r::kMtimeHi), 1u);
  EXPECT_EQ(clint_.mtime(sc_time(500, sc_core::SC_SEC)), 5'000'000'000u);
}

TEST_F(ClintTest, InterruptRisesAtItsTick) {
  set_compare(1234);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(edges_, (Edges{{123'400'000, true}}));
  set_compare(20'000);
  EXPECT_FALSE(clint_.timer_irq.level());
  run_for(sc_time(10, sc_core::SC_MS));
  EXPECT_EQ(edges_, (Edges{{123'400'000, true}, {1'000'000'000, false}, {2'000'000'000, true}}));
}

TEST_F(ClintTest, ALaterCompareReplacesAnEarlierOneAndTheOtherWayRound) {
  set_compare(1000);
  set_compare(5000);
  run_for(sc_time(200, sc_core::SC_US));
  EXPECT_TRUE(edges_.empty());
  set_compare(3000);
  run_for(sc_time(400, sc_core::SC_US));
  EXPECT_EQ(edges_, (Edges{{300'000'000, true}}));
}

TEST_F(ClintTest, ACompareInThePastInterruptsAtOnce) {
  run_for(sc_time(1, sc_core::SC_MS));
  set_compare(5);
  EXPECT_TRUE(clint_.timer_irq.level());
}

TEST_F(ClintTest, TheFarFutureIsNeverReached) {
  set_compare(~uint64_t{0});
  set_compare(uint64_t{1} << 40);
  run_for(sc_time(10, sc_core::SC_SEC));
  EXPECT_TRUE(edges_.empty());
}

TEST_F(ClintTest, MtimeCanBeSet) {
  run_for(sc_time(1, sc_core::SC_MS));
  set_compare(1'000'000);
  clint_.write32(r::kMtimeLo, 999'990);
  run_for(sc_time(2, sc_core::SC_US));
  EXPECT_EQ(edges_, (Edges{{1'001'000'000, true}}));
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 1'000'010u);
  clint_.write32(r::kMtimeHi, 7);
  EXPECT_EQ(clint_.mtime(sc_core::sc_time_stamp()), (uint64_t{7} << 32) + 1'000'010u);
}

TEST_F(ClintTest, AnAccessAheadOfTheKernelHappensAtItsOwnTime) {
  const sc_time ahead(70, sc_core::SC_US);
  EXPECT_EQ(wire_.read(r::kMtimeLo, 4, ahead), 700u);
  wire_.write(r::kMtimecmpLo, 4, 710, ahead);
  wire_.write(r::kMtimecmpHi, 4, 0, ahead);
  EXPECT_FALSE(clint_.timer_irq.level());
  wire_.write(r::kMtimecmpLo, 4, 700, ahead);
  EXPECT_TRUE(clint_.timer_irq.level());
  wire_.write(r::kMtimecmpLo, 4, 720, ahead);
  edges_.clear();
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(edges_, (Edges{{72'000'000, true}}));
}

TEST_F(ClintTest, SoftwareInterruptFollowsItsBit) {
  clint_.write32(r::kMsip, 0xFFFFFFFF);
  EXPECT_TRUE(clint_.software_irq.level());
  EXPECT_EQ(clint_.read32(r::kMsip), 1u);
  clint_.write32(r::kMsip, 2);
  EXPECT_FALSE(clint_.software_irq.level());
}

TEST_F(ClintTest, ResetStartsAnew) {
  set_compare(10);
  clint_.write32(r::kMsip, 1);
  run_for(sc_time(1, sc_core::SC_MS));
  clint_.reset();
  EXPECT_FALSE(clint_.timer_irq.level());
  EXPECT_FALSE(clint_.software_irq.level());
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 0u);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_FALSE(clint_.timer_irq.level());
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 10'000u);
}

TEST(ClintClock, AWatchCrystalIsExactToo) {
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  Clint clint("clint", ClintConfig{32'768});
  LoneBlock wire(clint);
  uint64_t risen_ps = 0;
  clint.timer_irq.connect([&](bool level) { risen_ps = level ? sc_core::sc_time_stamp().value() : risen_ps; });
  clint.write32(r::kMtimecmpLo, 100);
  clint.write32(r::kMtimecmpHi, 0);
  sc_core::sc_start(sc_time(1, sc_core::SC_SEC));
  EXPECT_EQ(risen_ps, 3'051'757'813u) << "100 / 32768 s, rounded up to the picosecond at which mtime reads 100";
  EXPECT_EQ(clint.mtime(sc_time::from_value(risen_ps - 1)), 99u);
  EXPECT_EQ(clint.mtime(sc_time::from_value(risen_ps)), 100u);
}

}  // namespace
}  // namespace saksi::hw
