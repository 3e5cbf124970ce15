// Goal: claim and complete, priorities, thresholds and the level gateway, after the PLIC specification.
#include "hw-models/soc/plic.h"

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"

namespace saksi::hw {
namespace {

namespace r = regs::plic;

class PlicTest : public SystemcTest {
 protected:
  PlicTest() {
    set_priority(10, 1);
    set_priority(11, 3);
    set_priority(40, 3);
    enable(10);
    enable(11);
    enable(40);
  }
  void set_priority(uint32_t source, uint32_t priority) { plic_.write32(r::kPriority + r::kPriorityStride * source, priority); }
  void enable(uint32_t source) {
    const uint32_t offset = r::kEnable + r::kEnableStride * (source / 32);
    plic_.write32(offset, plic_.read32(offset) | 1u << (source % 32));
  }
  uint32_t claim() { return plic_.read32(r::kClaim); }
  void complete(uint32_t source) { plic_.write32(r::kClaim, source); }

  Plic plic_{"plic", PlicConfig{}};
  LoneBlock wire_{plic_};
};

TEST_F(PlicTest, ClaimAndComplete) {
  EXPECT_FALSE(plic_.irq.level());
  plic_.set_source(10, true);
  EXPECT_TRUE(plic_.irq.level());
  EXPECT_EQ(plic_.read32(r::kPending), 1u << 10);
  EXPECT_EQ(claim(), 10u);
  EXPECT_FALSE(plic_.irq.level());
  EXPECT_EQ(plic_.read32(r::kPending), 0u);
  EXPECT_EQ(claim(), 0u);
  plic_.set_source(10, false);
  complete(10);
  EXPECT_FALSE(plic_.irq.level());
}

TEST_F(PlicTest, ALevelThatStaysHighInterruptsAgainAfterCompletion) {
  plic_.set_source(10, true);
  EXPECT_EQ(claim(), 10u);
  plic_.set_source(10, false);
  plic_.set_source(10, true);
  EXPECT_FALSE(plic_.irq.level()) << "not before completion";
  complete(10);
  EXPECT_TRUE(plic_.irq.level());
}

TEST_F(PlicTest, APendingRequestOutlivesItsLevel) {
  plic_.set_source(10, true);
  plic_.set_source(10, false);
  EXPECT_TRUE(plic_.irq.level());
  EXPECT_EQ(claim(), 10u);
  complete(10);
  EXPECT_FALSE(plic_.irq.level());
}

TEST_F(PlicTest, HighestPriorityThenLowestNumber) {
  plic_.set_source(10, true);
  plic_.set_source(40, true);
  plic_.set_source(11, true);
  EXPECT_EQ(claim(), 11u);
  EXPECT_EQ(claim(), 40u);
  EXPECT_EQ(claim(), 10u);
  EXPECT_EQ(claim(), 0u);
}

TEST_F(PlicTest, ThresholdMasksTheWireButNotTheClaim) {
  plic_.write32(r::kThreshold, 1);
  plic_.set_source(10, true);
  EXPECT_FALSE(plic_.irq.level());
  EXPECT_EQ(claim(), 10u);
  plic_.set_source(11, true);
  EXPECT_TRUE(plic_.irq.level());
  plic_.write32(r::kThreshold, 7);
  EXPECT_FALSE(plic_.irq.level());
}

TEST_F(PlicTest, PriorityZeroAndDisabledSourcesNeverInterrupt) {
  plic_.set_source(12, true);  // neither enabled nor of a priority
  set_priority(12, 5);
  EXPECT_FALSE(plic_.irq.level());
  enable(12);
  EXPECT_TRUE(plic_.irq.level());
  set_priority(12, 0);
  EXPECT_FALSE(plic_.irq.level());
  EXPECT_EQ(claim(), 0u);
}

TEST_F(PlicTest, CompletionOfADisabledSourceIsIgnored) {
  plic_.set_source(10, true);
  EXPECT_EQ(claim(), 10u);
  plic_.write32(r::kEnable, 1u << 11);
  complete(10);
  enable(10);
  EXPECT_FALSE(plic_.irq.level());
  complete(10);
  EXPECT_TRUE(plic_.irq.level());
  complete(0);
  complete(1000);
}

TEST_F(PlicTest, FieldsKeepOnlyWhatTheyCanHold) {
  set_priority(10, 0xFFFFFFFF);
  EXPECT_EQ(plic_.read32(r::kPriority + 4 * 10), 7u);
  set_priority(0, 7);
  EXPECT_EQ(plic_.read32(r::kPriority), 0u);
  plic_.write32(r::kEnable, 0xFFFFFFFF);
  EXPECT_EQ(plic_.read32(r::kEnable), 0xFFFFFFFEu);
}

TEST_F(PlicTest, ResetForgetsWhatItsSourcesDropInTheSameInstant) {
  plic_.set_source(10, true);
  plic_.set_source(11, true);
  EXPECT_EQ(claim(), 11u);
  plic_.reset();
  plic_.set_source(10, false);  // a block that is reset after the PLIC
  run_for_ns(1);
  EXPECT_EQ(plic_.read32(r::kPending), 1u << 11);
  EXPECT_EQ(plic_.read32(r::kEnable), 0u);
  EXPECT_FALSE(plic_.irq.level());
}

TEST_F(PlicTest, WiresConnect) {
  IrqLine line;
  plic_.connect(10, line);
  line.set(true);
  EXPECT_TRUE(plic_.irq.level());
}

TEST_F(PlicTest, TheSupervisorContextIsApart) {
  plic_.write32(r::kEnableS, 1u << 12 | 1u << 11);
  set_priority(12, 2);
  plic_.write32(r::kThresholdS, 2);
  plic_.set_source(12, true);
  EXPECT_FALSE(plic_.irq.level()) << "not enabled for M mode";
  EXPECT_FALSE(plic_.supervisor_irq.level()) << "not above the threshold";
  plic_.write32(r::kThresholdS, 1);
  EXPECT_TRUE(plic_.supervisor_irq.level());
  plic_.set_source(11, true);
  EXPECT_EQ(claim(), 11u) << "one claim takes a source away from both";
  EXPECT_EQ(plic_.read32(r::kClaimS), 12u);
  EXPECT_EQ(plic_.read32(r::kClaimS), 0u);
  complete(12);
  EXPECT_FALSE(plic_.supervisor_irq.level()) << "a completion by a context that does not enable the source is ignored";
  plic_.write32(r::kClaimS, 12);
  EXPECT_TRUE(plic_.supervisor_irq.level());
}

}  // namespace
}  // namespace saksi::hw
