// Goal: pins, edges and the output observer of regs/gpio.yaml.
#include "hw-models/soc/gpio.h"

#include <tuple>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/gpio_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::gpio;

class GpioTest : public SystemcTest {
 protected:
  GpioTest() {
    gpio_.on_output([this](int pin, bool level, sc_core::sc_time time) { seen_.emplace_back(pin, level, time.value()); });
  }
  using Seen = std::vector<std::tuple<int, bool, uint64_t>>;
  Gpio gpio_{"gpio", GpioConfig{}};
  LoneBlock wire_{gpio_};
  Seen seen_;
};

TEST_F(GpioTest, InputsShowTheirLevel) {
  gpio_.set_input(8, true);
  gpio_.set_input(31, true);
  EXPECT_EQ(gpio_.read32(r::kIn), 0x80000100u);
  gpio_.set_input(8, false);
  EXPECT_EQ(gpio_.read32(r::kIn), 0x80000000u);
}

TEST_F(GpioTest, OutputsAreObservedWithTheirTime) {
  gpio_.write32(r::kOut, 0x5);
  EXPECT_TRUE(seen_.empty()) << "an input is not driven";
  run_for_ns(10);
  gpio_.write32(r::kDir, 0x7);
  run_for_ns(10);
  gpio_.write32(r::kOut, 0x6);
  gpio_.write32(r::kOut, 0x6);
  EXPECT_EQ(seen_, (Seen{{0, true, 10'000}, {2, true, 10'000}, {0, false, 20'000}, {1, true, 20'000}}));
  EXPECT_EQ(gpio_.read32(r::kIn), 0x6u);
  EXPECT_TRUE(gpio_.output(1));
  EXPECT_FALSE(gpio_.output(0));
}

TEST_F(GpioTest, AnOutputHidesWhatIsDrivenFromOutside) {
  gpio_.set_input(3, true);
  gpio_.write32(r::kDir, 0x8);
  EXPECT_EQ(gpio_.read32(r::kIn), 0u);
  gpio_.write32(r::kDir, 0);
  EXPECT_EQ(gpio_.read32(r::kIn), 0x8u);
}

TEST_F(GpioTest, EdgesLatchAndInterrupt) {
  gpio_.write32(r::kIrqRise, 1u << 8);
  gpio_.write32(r::kIrqFall, 1u << 9);
  gpio_.set_input(9, true);
  EXPECT_FALSE(gpio_.irq.level());
  gpio_.set_input(8, true);
  gpio_.set_input(9, false);
  EXPECT_TRUE(gpio_.irq.level());
  EXPECT_EQ(gpio_.read32(r::kIrqStatus), 3u << 8);
  gpio_.write32(r::kIrqStatus, 1u << 8);
  EXPECT_TRUE(gpio_.irq.level());
  gpio_.write32(r::kIrqStatus, 1u << 9);
  EXPECT_FALSE(gpio_.irq.level());
  gpio_.set_input(8, true);
  EXPECT_FALSE(gpio_.irq.level()) << "no edge";
}

TEST_F(GpioTest, ResetLetsGoOfThePinsAndKeepsWhatComesFromOutside) {
  gpio_.write32(r::kDir, 0x1);
  gpio_.write32(r::kOut, 0x1);
  gpio_.write32(r::kIrqFall, 0xFFFFFFFF);
  gpio_.set_input(8, true);
  seen_.clear();
  gpio_.reset();
  EXPECT_EQ(seen_, (Seen{{0, false, 0}}));
  EXPECT_EQ(gpio_.read32(r::kIn), 0x100u);
  EXPECT_EQ(gpio_.read32(r::kIrqStatus), 0u);
  EXPECT_FALSE(gpio_.irq.level());
}

}  // namespace
}  // namespace saksi::hw
