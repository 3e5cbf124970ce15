// Goal: mtime is exact, the timer interrupt rises at exactly its tick, whatever order the two halves of mtimecmp are written in.
#include "hw-models/soc/clint.h"

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
    clint_.on_timer_deadline([this](sc_time when) { told_ = when; });
  }
  void set_compare(uint64_t value) {
    clint_.write32(r::kMtimecmpHi, 0xFFFFFFFF);
    clint_.write32(r::kMtimecmpLo, static_cast<uint32_t>(value));
    clint_.write32(r::kMtimecmpHi, static_cast<uint32_t>(value >> 32));
    EXPECT_EQ(told_, clint_.timer_deadline()) << "the listener knows";
  }
  /// mip.MTIP at the present time.
  bool timer_level() const { return clint_.timer_deadline() <= sc_core::sc_time_stamp(); }
  uint64_t deadline_ps() const { return clint_.timer_deadline().value(); }

  Clint clint_{"clint", ClintConfig{}};
  LoneBlock wire_{clint_};
  sc_time told_;
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
  EXPECT_EQ(deadline_ps(), 123'400'000u);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_TRUE(timer_level());
  set_compare(20'000);
  EXPECT_FALSE(timer_level());
  EXPECT_EQ(deadline_ps(), 2'000'000'000u);
  set_compare(10'001);
  EXPECT_EQ(deadline_ps(), 1'000'100'000u) << "an earlier compare replaces a later one";
}

TEST_F(ClintTest, ACompareInThePastInterruptsAtOnce) {
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_FALSE(timer_level()) << "mtimecmp is all ones after reset";
  set_compare(5);
  EXPECT_TRUE(timer_level());
}

TEST_F(ClintTest, TheFarFutureIsNeverReached) {
  for (const uint64_t never : {~uint64_t{0}, uint64_t{1} << 63, uint64_t{1} << 48}) {
    set_compare(never);
    EXPECT_EQ(clint_.timer_deadline(), sc_core::sc_max_time());
  }
  set_compare(uint64_t{1} << 40);
  EXPECT_EQ(deadline_ps(), (uint64_t{1} << 40) * 100'000);
}

TEST_F(ClintTest, MtimeCanBeSet) {
  run_for(sc_time(1, sc_core::SC_MS));
  set_compare(1'000'000);
  clint_.write32(r::kMtimeLo, 999'990);
  run_for(sc_time(2, sc_core::SC_US));
  EXPECT_EQ(deadline_ps(), 1'001'000'000u);
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 1'000'010u);
  clint_.write32(r::kMtimeHi, 7);
  EXPECT_EQ(clint_.mtime(sc_core::sc_time_stamp()), (uint64_t{7} << 32) + 1'000'010u);
}

TEST_F(ClintTest, AnAccessAheadOfTheKernelHappensAtItsOwnTime) {
  const sc_time ahead(70, sc_core::SC_US);
  EXPECT_EQ(wire_.read(r::kMtimeLo, 4, ahead), 700u);
  wire_.write(r::kMtimecmpLo, 4, 710, ahead);
  wire_.write(r::kMtimecmpHi, 4, 0, ahead);
  EXPECT_EQ(deadline_ps(), 71'000'000u);
  wire_.write(r::kMtimeLo, 4, 705, ahead);
  EXPECT_EQ(deadline_ps(), 70'500'000u);
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
  EXPECT_FALSE(timer_level());
  EXPECT_FALSE(clint_.software_irq.level());
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 0u);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_FALSE(timer_level());
  EXPECT_EQ(clint_.read32(r::kMtimeLo), 10'000u);
}

TEST(ClintClock, AWatchCrystalIsExactToo) {
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  Clint clint("clint", ClintConfig{32'768});
  LoneBlock wire(clint);
  clint.write32(r::kMtimecmpLo, 100);
  clint.write32(r::kMtimecmpHi, 0);
  const uint64_t risen_ps = clint.timer_deadline().value();
  EXPECT_EQ(risen_ps, 3'051'757'813u) << "100 / 32768 s, rounded up to the picosecond at which mtime reads 100";
  EXPECT_EQ(clint.mtime(sc_time::from_value(risen_ps - 1)), 99u);
  EXPECT_EQ(clint.mtime(sc_time::from_value(risen_ps)), 100u);
}

}  // namespace
}  // namespace saksi::hw
