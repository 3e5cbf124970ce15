// Goal: firmware cannot tell the twin from the circuit: the same values at every register at the same time, interrupts at the same picosecond, the
// same bytes in memory, also when it asks for nonsense. Method: both on buses of their own, driven by one script.
#include "hw-models/h264/h264_model.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/rtl-block/rtl_block.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "regs/h264_regs.hpp"

extern "C" saksi::hw::RtlModel* saksi_make_h264();

namespace saksi::hw {
namespace {

namespace reg = regs::h264;
using sc_core::sc_time;

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x200000;
constexpr uint32_t kSource = kRam + 0x1000;
constexpr uint32_t kPictures[2] = {kRam + 0x40010, kRam + 0x80030};
constexpr uint32_t kBitstream = kRam + 0x100000;
constexpr uint32_t kWidth = 112, kHeight = 80;
constexpr uint32_t kChroma = kWidth * kHeight;

/// A block on a bus with memory; keeps what it sees.
struct Side : sc_core::sc_module {
  Side(const sc_core::sc_module_name& name, std::unique_ptr<BusBlock> made)
      : sc_module(name), bus("bus"), ram("ram", RamConfig{kRamSize}), block(std::move(made)), cpu("cpu") {
    bus.map(kRam, kRamSize, ram.target);
    cpu.bind(block->reg_target);
    block->dma.socket.bind(bus.target);
    block->irq.connect([this](bool level) { seen.push_back(sc_core::sc_time_stamp().to_string() + (level ? " irq rises" : " irq falls")); });
    block->on_busy([this](bool busy, sc_time when) {
      seen.push_back(when.to_string() + (busy ? " busy" : " asleep"));
      if (!busy) return;
      for (const auto& [first, end] : block->read_ranges()) ranges.push_back("reads " + std::to_string(first) + " to " + std::to_string(end));
      for (const auto& [first, end] : block->written_ranges()) ranges.push_back("writes " + std::to_string(first) + " to " + std::to_string(end));
    });
  }
  uint32_t access(tlm::tlm_command command, uint32_t offset, uint32_t value, unsigned size) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<uint8_t*>(&value));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    sc_time delay = sc_core::SC_ZERO_TIME;
    cpu->b_transport(payload, delay);
    seen.push_back("access ends " + (sc_core::sc_time_stamp() + delay).to_string() + " status " + std::to_string(payload.get_response_status()));
    return value;
  }
  SC_HAS_PROCESS(Side);
  Bus bus;
  Ram ram;
  std::unique_ptr<BusBlock> block;
  tlm_utils::simple_initiator_socket<Side> cpu;
  std::vector<std::string> seen;
  std::vector<std::string> ranges;  ///< when it became busy; of the circuit as far as it had been run ahead then
};

class H264ModelTest : public SystemcTest {
 protected:
  H264ModelTest()
      : circuit("circuit", std::make_unique<RtlBlock>("rtl", RtlBlockConfig{}, std::unique_ptr<RtlModel>(saksi_make_h264()))),
        twin("twin", std::make_unique<H264Model>("model", RtlBlockConfig{})) {
    wait_us(1);
    for (Side* side : {&circuit, &twin}) {
      for (uint32_t i = 0; i < kChroma * 3 / 2; ++i) {
        side->ram.direct()[kSource - kRam + i] = static_cast<uint8_t>(128 + 60 * ((i / 7 + i / kWidth / 5) % 2) + i % 11);
      }
    }
  }
  static void wait_us(double us) { sc_core::sc_start(sc_time(us, sc_core::SC_US), sc_core::SC_RUN_TO_TIME); }

  void write(uint32_t offset, uint32_t value, unsigned size = 4) {
    for (Side* side : {&circuit, &twin}) side->access(tlm::TLM_WRITE_COMMAND, offset, value, size);
  }
  uint32_t read(uint32_t offset) {
    const uint32_t a = circuit.access(tlm::TLM_READ_COMMAND, offset, 0, 4), b = twin.access(tlm::TLM_READ_COMMAND, offset, 0, 4);
    EXPECT_EQ(a, b) << "register " << std::hex << offset << " at " << sc_core::sc_time_stamp();
    return a;
  }
  void configure(int n, uint32_t slice) {
    const uint32_t made = kPictures[n % 2], reference = kPictures[1 - n % 2];
    write(reg::kPicSize, reg::kPicSizeWidthMbs.put(kWidth / 16) | reg::kPicSizeHeightMbs.put(kHeight / 16));
    write(reg::kSrcY, kSource);
    write(reg::kSrcC, kSource + kChroma);
    write(reg::kSrcStride, kWidth);
    write(reg::kRecY, made);
    write(reg::kRecC, made + kChroma);
    write(reg::kRecStride, kWidth);
    write(reg::kRefY, reference);
    write(reg::kRefC, reference + kChroma);
    write(reg::kBsAddr, kBitstream);
    write(reg::kBsSize, 0x10000);
    write(reg::kSlice, slice);
    write(reg::kIrqEnable, 3);
  }
  void expect_equal() {
    EXPECT_EQ(circuit.seen.size(), twin.seen.size());
    for (size_t i = 0; i < std::min(circuit.seen.size(), twin.seen.size()) && !HasFailure(); ++i) EXPECT_EQ(circuit.seen[i], twin.seen[i]);
    EXPECT_TRUE(std::equal(circuit.ram.direct(), circuit.ram.direct() + kRamSize, twin.ram.direct())) << "memory differs";
    EXPECT_EQ(circuit.block->load.uw(), twin.block->load.uw());
  }
  void read_all() {
    for (const auto& info : reg::kRegisters) read(info.offset);
  }

  Side circuit, twin;
};

TEST_F(H264ModelTest, APictureAndTwoThatReferToIt) {
  for (int n = 0; n < 3; ++n) {
    configure(n, reg::kSliceQp.put(28) | reg::kSliceDeblock.put(1) | (n == 0 ? reg::kSliceIdr.put(1) : reg::kSliceInter.put(1)));
    write(reg::kCtrl, reg::kCtrlStart.put(1));
    read(reg::kStatus);
    wait_us(20.0037);
    read(reg::kStatus);
    read(reg::kCycles);
    wait_us(200);
    read_all();
    write(reg::kIrqStatus, 3);
    read(reg::kIrqStatus);
    wait_us(1);
    EXPECT_GT(read(reg::kBsBytes), 0u);
  }
  expect_equal();
}

TEST_F(H264ModelTest, RegistersReadBackAndBadConfigurationsFail) {
  for (const auto& info : reg::kRegisters) {
    if (info.offset == reg::kCtrl) continue;
    for (const uint32_t value : {0xFFFFFFFFu, 0x12345678u}) {
      write(info.offset, value);
      read(info.offset);
      write(info.offset + 1, value & 0xFF, 1);
      read(info.offset);
    }
  }
  write(reg::kCtrl, reg::kCtrlStart.put(1));
  wait_us(1);
  read_all();
  write(reg::kIrqStatus, 3);
  write(reg::kCtrl, reg::kCtrlAbort.put(1));
  read_all();
  wait_us(1);
  expect_equal();
}

TEST_F(H264ModelTest, NothingWhereTheBuffersShouldBe) {
  for (const uint32_t offset : {reg::kSrcC, reg::kRecY}) {
    configure(0, reg::kSliceQp.put(28) | reg::kSliceIdr.put(1));
    write(offset, 0x40000000);
    write(reg::kCtrl, reg::kCtrlStart.put(1));
    wait_us(300);
    EXPECT_EQ(circuit.ranges, twin.ranges);
    EXPECT_EQ(read(reg::kStatus), reg::kStatusBusError.mask());
    read_all();
    write(reg::kIrqStatus, 3);
    wait_us(1);
  }
  expect_equal();
}

TEST_F(H264ModelTest, ABufferThatIsTooSmall) {
  configure(0, reg::kSliceQp.put(10) | reg::kSliceIdr.put(1));
  write(reg::kBsSize, 256);
  write(reg::kCtrl, reg::kCtrlStart.put(1));
  wait_us(300);
  EXPECT_EQ(circuit.ranges, twin.ranges);
  EXPECT_EQ(read(reg::kStatus), reg::kStatusOverflow.mask());
  read_all();
  expect_equal();
}

// Not to the cycle, but to the same end.
TEST_F(H264ModelTest, Abort) {
  configure(0, reg::kSliceQp.put(28) | reg::kSliceIdr.put(1));
  write(reg::kCtrl, reg::kCtrlStart.put(1));
  wait_us(30);
  write(reg::kCtrl, reg::kCtrlAbort.put(1));
  wait_us(30);
  EXPECT_EQ(read(reg::kStatus), reg::kStatusAborted.mask());
  EXPECT_EQ(read(reg::kIrqStatus), reg::kIrqStatusError.mask());
}

}  // namespace
}  // namespace saksi::hw
