// Goal: the receiver's registers behave as regs/isp.yaml says. Method: frames handed over by the test at chosen times, memory behind a bus.
#include "hw-models/isp/isp.h"

#include <memory>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "regs/isp_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::isp;
using sc_core::sc_time;

constexpr uint32_t kIspBase = 0x10020000;
constexpr uint32_t kRamBase = 0x80000000;
constexpr uint32_t kLuma = kRamBase + 0x1000;
constexpr uint32_t kChroma = kRamBase + 0x8000;
constexpr int kSize = 64;
constexpr uint32_t kDone = 1, kSkipped = 2, kSizeError = 4, kBusError = 8;

struct Soc : sc_core::sc_module {
  Isp isp;
  Bus bus;
  Ram ram;

  explicit Soc(sc_core::sc_module_name name) : sc_module(name), isp("isp", IspConfig()), bus("bus"), ram("ram", ram_config()) {
    isp.dma.socket.bind(bus.target);
    bus.map(kIspBase, 0x1000, isp.reg_target);
    bus.map(kRamBase, ram.size(), ram.target);
  }
  static RamConfig ram_config() {
    RamConfig config;
    config.size = 0x10000;
    return config;
  }
};

class IspTest : public SystemcTest {
 protected:
  void SetUp() override {
    soc = std::make_unique<Soc>("soc");
    isp = &soc->isp;
    isp->irq.connect([this](bool level) { irq = level; });
    isp->write32(r::kInSize, kSize | kSize << 16);
    isp->write32(r::kCropSize, kSize | kSize << 16);
    isp->write32(r::kOutSize, kSize | kSize << 16);
    isp->write32(r::kOutStride, kSize);
    isp->write32(r::kOutY, kLuma);
    isp->write32(r::kOutC, kChroma);
    isp->write32(r::kIrqEnable, 0xF);
    raw.assign(kSize * kSize, 64 + 400);
    run_for(sc_time(1, sc_core::SC_MS));
  }

  static FrameTiming timing(int columns = kSize, int rows = kSize) {
    FrameTiming t;
    t.first_row = sc_core::sc_time_stamp();
    t.columns = columns;
    t.rows = rows;
    return t;
  }
  bool begin() { return isp->on_frame_start(timing(), sc_core::sc_time_stamp()); }
  void end(int bits = 10) {
    RawFrame frame;
    frame.samples = raw.data();
    frame.bits = bits;
    frame.timing = timing();
    isp->on_frame_end(frame, sc_core::sc_time_stamp());
  }
  void enable_and_arm() {
    isp->write32(r::kCtrl, 1);
    isp->write32(r::kArm, 1);
  }
  uint8_t luma(uint32_t at = 0) const { return soc->ram.direct()[kLuma - kRamBase + at]; }
  uint32_t causes() { return isp->read32(r::kIrqStatus); }
  static void run_us(double us) { run_for(sc_time(us, sc_core::SC_US)); }

  std::unique_ptr<Soc> soc;
  Isp* isp = nullptr;
  bool irq = false;
  std::vector<uint16_t> raw;
};

TEST_F(IspTest, ATakenFrameIsInMemoryAfterTheLatency) {
  enable_and_arm();
  EXPECT_EQ(isp->read32(r::kStatus), 2u);
  EXPECT_TRUE(begin());
  EXPECT_EQ(isp->read32(r::kStatus), 1u);
  run_us(100);
  end();
  EXPECT_EQ(isp->read32(r::kStatus), 0u);
  run_us(299);
  EXPECT_FALSE(irq);
  run_us(2);
  EXPECT_TRUE(irq);
  EXPECT_EQ(causes(), kDone);
  EXPECT_GT(luma(), 100);
  EXPECT_EQ(luma(), luma(kSize * kSize - 1));
  EXPECT_EQ(isp->read32(r::kMeanY), luma() * 256u);
  EXPECT_EQ(isp->read32(r::kFrameTimeLo), 10'000u);  // 1 ms at 10 MHz
  EXPECT_EQ(isp->read32(r::kFrameCount), 1u);
  isp->write32(r::kIrqStatus, kDone);
  EXPECT_FALSE(irq);
}

TEST_F(IspTest, AFrameWithoutSamplesComesAtItsTimeAndLeavesMemoryAlone) {
  enable_and_arm();
  begin();
  RawFrame frame;
  frame.timing = timing();
  isp->on_frame_end(frame, sc_core::sc_time_stamp());
  run_us(301);
  EXPECT_EQ(causes(), kDone);
  EXPECT_EQ(luma(), 0);
  EXPECT_EQ(isp->read32(r::kMeanY), 0u);
  EXPECT_EQ(isp->read32(r::kFrameCount), 1u);
}

TEST_F(IspTest, EachFrameConsumesOneArm) {
  enable_and_arm();
  EXPECT_TRUE(begin());
  end();
  run_us(301);
  isp->write32(r::kIrqStatus, 0xF);
  EXPECT_FALSE(begin());
  EXPECT_EQ(causes(), kSkipped);
  EXPECT_TRUE(irq);
  EXPECT_EQ(isp->read32(r::kFrameCount), 2u);
}

TEST_F(IspTest, ADisabledReceiverSeesNothing) {
  isp->write32(r::kArm, 1);
  EXPECT_FALSE(begin());
  EXPECT_EQ(causes(), 0u);
  isp->write32(r::kCtrl, 1);
  end();  // of a frame that had begun before
  run_us(1000);
  EXPECT_EQ(causes(), 0u);
}

TEST_F(IspTest, AddressesAreThoseAtTheFramesStart) {
  enable_and_arm();
  begin();
  isp->write32(r::kOutY, kRamBase + 0x4000);
  isp->write32(r::kWbGainG, 0);
  end();
  run_us(301);
  EXPECT_EQ(causes(), kDone);
  EXPECT_GT(luma(), 100);
  EXPECT_EQ(luma(0x3000), 0);
}

TEST_F(IspTest, TheNextFrameMayBeginWhileTheLastIsFinishing) {
  enable_and_arm();
  begin();
  end();
  isp->write32(r::kArm, 1);
  isp->write32(r::kOutY, kRamBase + 0x4000);
  EXPECT_TRUE(begin());
  run_us(301);
  EXPECT_EQ(causes(), kDone);
  isp->write32(r::kIrqStatus, kDone);
  end();
  run_us(301);
  EXPECT_EQ(causes(), kDone);
  EXPECT_EQ(luma(), luma(0x3000));
}

TEST_F(IspTest, AnotherSizeThanExpectedIsASizeError) {
  isp->write32(r::kInSize, (kSize + 2) | kSize << 16);
  enable_and_arm();
  begin();
  end();
  run_us(301);
  EXPECT_EQ(causes(), kSizeError);
  EXPECT_EQ(luma(), 0);
}

TEST_F(IspTest, ImpossibleGeometryIsASizeError) {
  for (const auto& [reg, value] : {std::pair{r::kOutStride, 48u}, {r::kOutStride, 72u}, {r::kOutSize, 128u | 64u << 16}, {r::kCropPos, 2u}}) {
    const uint32_t before = isp->read32(reg);
    isp->write32(reg, value);
    enable_and_arm();
    begin();
    end();
    run_us(301);
    EXPECT_EQ(causes(), kSizeError) << reg;
    isp->write32(r::kIrqStatus, 0xF);
    isp->write32(reg, before);
  }
}

TEST_F(IspTest, OutputThatIsNoMemoryIsABusError) {
  isp->write32(r::kOutC, kRamBase + 0x10000 - kSize);
  enable_and_arm();
  begin();
  end();
  run_us(301);
  EXPECT_EQ(causes(), kBusError);
}

TEST_F(IspTest, AFrameBrokenOffIsLost) {
  enable_and_arm();
  begin();
  isp->on_frame_abort(sc_core::sc_time_stamp());
  EXPECT_EQ(causes(), kSizeError);
  EXPECT_EQ(isp->read32(r::kStatus), 0u);
}

TEST_F(IspTest, EightBitSamplesAreTheUpperBits) {
  raw.assign(kSize * kSize, 255);
  enable_and_arm();
  begin();
  end(8);
  run_us(301);
  EXPECT_GE(luma(), 234);
}

TEST_F(IspTest, ResetStopsEverything) {
  enable_and_arm();
  begin();
  end();
  run_us(100);
  isp->reset();
  EXPECT_EQ(isp->load.uw(), 0u);
  run_us(1000);
  EXPECT_FALSE(irq);
  EXPECT_EQ(causes(), 0u);
  EXPECT_EQ(isp->read32(r::kWbGainG), 256u);
  EXPECT_FALSE(begin());
}

}  // namespace
}  // namespace saksi::hw
