// Goal: firmware cannot tell the encoder that draws sizes from the real one: registers, interrupts, overflow, abort and bus errors are there, what
// lies at BS_ADDR is as long as the registers say, and no sample is touched. Method: a block on a bus with memory, driven as a driver would.
#include "hw-models/h264/h264_sizes.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "regs/h264_regs.hpp"

namespace saksi::hw {
namespace {

namespace reg = regs::h264;
using sc_core::sc_time;

constexpr uint32_t kRam = 0x80000000, kRamSize = 0x100000;
constexpr uint32_t kSource = kRam + 0x1000, kMade = kRam + 0x20000, kReference = kRam + 0x40000, kBitstream = kRam + 0x80000;
constexpr uint32_t kWidth = 112, kHeight = 80, kMbs = kWidth * kHeight / 256;
constexpr uint8_t kUntouched = 0xA5;

SizeTable table() {
  SizesOfType type;
  type.bands.fill(1.0 / kSizeBands);
  SizesAtQp entry;
  entry.qp = 28;
  for (size_t k = 0; k < kSizeScores.size(); ++k) entry.bits[k] = 200 + 20 * kSizeScores[k];
  entry.cycles = 150;
  type.qps = {entry};
  SizeTable table;
  table.pictures = {{112, 80, "", type, type}};
  return table;
}

class H264SizesTest : public SystemcTest {
 protected:
  struct Side : sc_core::sc_module {
    Side(const sc_core::sc_module_name& name, uint64_t seed)
        : sc_module(name), bus("bus"), ram("ram", RamConfig{kRamSize}), block("block", RtlBlockConfig{}, table(), seed), cpu("cpu") {
      bus.map(kRam, kRamSize, ram.target);
      cpu.bind(block.reg_target);
      block.dma.socket.bind(bus.target);
      block.irq.connect([this](bool level) { irq = level; });
    }
    uint32_t access(tlm::tlm_command command, uint32_t offset, uint32_t value) {
      tlm::tlm_generic_payload payload;
      payload.set_command(command);
      payload.set_address(offset);
      payload.set_data_ptr(reinterpret_cast<uint8_t*>(&value));
      payload.set_data_length(4);
      payload.set_streaming_width(4);
      sc_time delay = sc_core::SC_ZERO_TIME;
      cpu->b_transport(payload, delay);
      return value;
    }
    SC_HAS_PROCESS(Side);
    Bus bus;
    Ram ram;
    H264Sizes block;
    tlm_utils::simple_initiator_socket<Side> cpu;
    bool irq = false;
  };

  H264SizesTest() : side("side", 1), twin("twin", 1), other("other", 2) {
    wait_us(1);
    for (Side* each : {&side, &twin, &other}) std::fill(each->ram.direct(), each->ram.direct() + kRamSize, kUntouched);
  }
  static void wait_us(double us) { sc_core::sc_start(sc_time(us, sc_core::SC_US), sc_core::SC_RUN_TO_TIME); }
  void write(uint32_t offset, uint32_t value) {
    for (Side* each : {&side, &twin, &other}) each->access(tlm::TLM_WRITE_COMMAND, offset, value);
  }
  uint32_t read(uint32_t offset) { return read(side, offset); }
  static uint32_t read(Side& from, uint32_t offset) { return from.access(tlm::TLM_READ_COMMAND, offset, 0); }
  void configure(bool idr) {
    write(reg::kPicSize, reg::kPicSizeWidthMbs.put(kWidth / 16) | reg::kPicSizeHeightMbs.put(kHeight / 16));
    write(reg::kSrcY, kSource);
    write(reg::kSrcC, kSource + kWidth * kHeight);
    write(reg::kSrcStride, kWidth);
    write(reg::kRecY, kMade);
    write(reg::kRecC, kMade + kWidth * kHeight);
    write(reg::kRecStride, kWidth);
    write(reg::kRefY, kReference);
    write(reg::kRefC, kReference + kWidth * kHeight);
    write(reg::kBsAddr, kBitstream);
    write(reg::kBsSize, 0x10000);
    write(reg::kSlice, reg::kSliceQp.put(28) | reg::kSliceDeblock.put(1) | (idr ? reg::kSliceIdr.put(1) : reg::kSliceInter.put(1)));
    write(reg::kIrqEnable, 3);
  }
  void start() { write(reg::kCtrl, reg::kCtrlStart.put(1)); }
  /// Bytes of memory that were written.
  uint32_t written() {
    const uint8_t* const memory = side.ram.direct();
    EXPECT_TRUE(std::all_of(memory, memory + (kBitstream - kRam), [](uint8_t byte) { return byte == kUntouched; })) << "a sample was written";
    const uint8_t *end = memory + kRamSize, *const begin = memory + (kBitstream - kRam);
    while (end > begin && end[-1] == kUntouched) --end;
    return static_cast<uint32_t>(end - begin);
  }

  Side side, twin, other;
};

TEST_F(H264SizesTest, APictureComesAfterItsCyclesAtItsSize) {
  configure(true);
  start();
  EXPECT_EQ(read(reg::kStatus), reg::kStatusBusy.mask());
  wait_us(kMbs * 150 / 100 - 2);
  EXPECT_FALSE(side.irq);
  wait_us(4);
  EXPECT_TRUE(side.irq);
  EXPECT_EQ(read(reg::kIrqStatus), reg::kIrqStatusDone.mask());
  EXPECT_EQ(read(reg::kCycles), kMbs * 150);
  EXPECT_EQ(read(reg::kNalCount), 1u);
  EXPECT_EQ(read(reg::kNalBytes), read(reg::kBsBytes));
  EXPECT_NEAR(read(reg::kBsBytes), kMbs * 200 / 8, kMbs * 60 / 8);
  EXPECT_EQ(written(), read(reg::kBsBytes));
  EXPECT_EQ(side.ram.direct()[kBitstream - kRam], 0x65);
}

TEST_F(H264SizesTest, SizesAreTheSeeds) {
  bool differed = false;
  for (int n = 0; n < 10; ++n) {
    configure(n == 0);
    start();
    wait_us(100);
    EXPECT_EQ(read(side, reg::kBsBytes), read(twin, reg::kBsBytes));
    differed = differed || read(side, reg::kBsBytes) != read(other, reg::kBsBytes);
  }
  EXPECT_TRUE(differed);
}

TEST_F(H264SizesTest, ABufferThatIsTooSmallOverflowsAndNothingIsWrittenBeyond) {
  configure(true);
  write(reg::kBsSize, 256);
  start();
  wait_us(100);
  EXPECT_EQ(read(reg::kStatus), reg::kStatusOverflow.mask());
  EXPECT_EQ(read(reg::kIrqStatus), reg::kIrqStatusError.mask());
  EXPECT_GT(read(reg::kBsBytes), 256u);
  EXPECT_LE(written(), 256u);
}

TEST_F(H264SizesTest, MaxBytesIsKept) {
  configure(true);
  write(reg::kMaxBytes, 400);
  start();
  wait_us(100);
  EXPECT_EQ(read(reg::kIrqStatus), reg::kIrqStatusDone.mask());
  EXPECT_LE(read(reg::kBsBytes), 400u);
}

TEST_F(H264SizesTest, AbortEndsIt) {
  configure(true);
  start();
  wait_us(10);
  write(reg::kCtrl, reg::kCtrlAbort.put(1));
  wait_us(5);
  EXPECT_EQ(read(reg::kStatus), reg::kStatusAborted.mask());
  EXPECT_EQ(read(reg::kIrqStatus), reg::kIrqStatusError.mask());
}

TEST_F(H264SizesTest, NothingWhereTheSourceShouldBeIsABusError) {
  configure(true);
  write(reg::kSrcC, 0x40000000);
  start();
  wait_us(100);
  EXPECT_EQ(read(reg::kStatus), reg::kStatusBusError.mask());
}

TEST_F(H264SizesTest, ResetForgetsAPictureUnderWay) {
  configure(true);
  start();
  wait_us(10);
  for (Side* each : {&side, &twin, &other}) each->block.reset();
  wait_us(100);
  EXPECT_FALSE(side.irq);
  EXPECT_EQ(read(reg::kBsBytes), 0u);
}

}  // namespace
}  // namespace saksi::hw
