// Goal: transfers take the time that their bits take, devices see their bytes at the end of each phase, and silence is reported.
#include "hw-models/soc/i2c_host.h"

#include <string>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/lone_block_for_test.h"
#include "regs/i2c_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::i2c;
using sc_core::sc_time;

/// Notes what it is told; answers reads with a counter.
class FakeDevice : public I2cDevice {
 public:
  bool write(const uint8_t* data, size_t size, sc_time now) override {
    const std::string ends = size > 0 ? " first " + std::to_string(data[0]) + " last " + std::to_string(data[size - 1]) : "";
    log.push_back("write " + std::to_string(size) + ends + " at " + std::to_string(now.value() / 1000));
    return acknowledges;
  }
  bool read(uint8_t* data, size_t size, sc_time now) override {
    log.push_back("read " + std::to_string(size) + " at " + std::to_string(now.value() / 1000));
    for (size_t i = 0; i < size; ++i) data[i] = next++;
    return acknowledges;
  }
  void sda_low(sc_time duration, sc_time) override { low_us.push_back(duration.value() / 1'000'000.0); }
  std::vector<std::string> log;
  std::vector<double> low_us;
  bool acknowledges = true;
  uint8_t next = 100;
};

class I2cTest : public SystemcTest {
 protected:
  I2cTest() {
    host_.attach(0x10, device_);
    host_.irq.connect([this](bool level) {
      if (level) done_ns_.push_back(sc_core::sc_time_stamp().value() / 1000);
    });
    host_.write32(r::kCtrl, 1);
    host_.write32(r::kIrqEnable, 1);
  }
  void command(uint32_t address, uint32_t write_length, uint32_t read_length) {
    host_.write32(r::kCmd, r::kCmdAddress.put(address) | r::kCmdWriteLength.put(write_length) | r::kCmdReadLength.put(read_length));
  }
  uint32_t status(regs::Field field) { return field.get(host_.read32(r::kStatus)); }

  FakeDevice device_;
  I2cHost host_{"i2c", I2cConfig{}};
  LoneBlock wire_{host_};
  std::vector<uint64_t> done_ns_;
};

TEST_F(I2cTest, WriteThenReadInOneTransfer) {
  host_.write32(r::kTx, 7);
  host_.write32(r::kTx, 9);
  EXPECT_EQ(status(r::kStatusTxLevel), 2u);
  command(0x10, 2, 3);
  EXPECT_EQ(status(r::kStatusBusy), 1u);
  EXPECT_EQ(status(r::kStatusTxLevel), 0u);
  run_for(sc_time(1, sc_core::SC_MS));
  // 10 us a bit: start and three bytes, 280 us; repeated start and four bytes, 370 us; stop, 10 us.
  EXPECT_EQ(device_.log, (std::vector<std::string>{"write 2 first 7 last 9 at 280000", "read 3 at 650000"}));
  EXPECT_EQ(done_ns_, std::vector<uint64_t>{660'000});
  EXPECT_EQ(status(r::kStatusBusy), 0u);
  EXPECT_EQ(status(r::kStatusNack), 0u);
  EXPECT_EQ(status(r::kStatusRxLevel), 3u);
  EXPECT_EQ(host_.read32(r::kRx), 100u);
  EXPECT_EQ(host_.read32(r::kRx), 101u);
  EXPECT_EQ(host_.read32(r::kRx), 102u);
  EXPECT_EQ(host_.read32(r::kRx), 0u);
  EXPECT_TRUE(host_.irq.level());
  host_.write32(r::kIrqStatus, 1);
  EXPECT_FALSE(host_.irq.level());
}

TEST_F(I2cTest, FastModeIsFourTimesAsFast) {
  host_.write32(r::kCtrl, r::kCtrlEnable.put(1) | r::kCtrlFast.put(1));
  command(0x10, 0, 1);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(device_.log, std::vector<std::string>{"read 1 at 47500"});
  EXPECT_EQ(done_ns_, std::vector<uint64_t>{50'000});
}

TEST_F(I2cTest, NobodyAtTheAddress) {
  host_.write32(r::kTx, 1);
  command(0x11, 1, 4);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(done_ns_, std::vector<uint64_t>{110'000}) << "start, address byte, stop";
  EXPECT_EQ(status(r::kStatusNack), 1u);
  EXPECT_EQ(status(r::kStatusRxLevel), 0u);
  EXPECT_TRUE(device_.log.empty());
  command(0x10, 0, 0);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(status(r::kStatusNack), 0u) << "a bare address of a device that is there";
  EXPECT_EQ(device_.log, std::vector<std::string>{"write 0 at 1100000"});
}

TEST_F(I2cTest, ADeviceThatRefusesEndsTheTransfer) {
  device_.acknowledges = false;
  host_.write32(r::kTx, 1);
  command(0x10, 1, 4);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(device_.log.size(), 1u) << "no read phase";
  EXPECT_EQ(status(r::kStatusNack), 1u);
  command(0x10, 0, 4);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(status(r::kStatusNack), 1u);
  EXPECT_EQ(status(r::kStatusRxLevel), 0u);
}

TEST_F(I2cTest, CommandsWhileBusyAreIgnored) {
  command(0x10, 0, 1);
  command(0x10, 0, 5);
  run_for(sc_time(2, sc_core::SC_MS));
  EXPECT_EQ(device_.log.size(), 1u);
  EXPECT_EQ(status(r::kStatusRxLevel), 1u);
}

TEST_F(I2cTest, WhatIsOnTheBusHearsHowLongSdaWasLow) {
  const auto send = [this](uint32_t address, std::vector<uint32_t> bytes) {
    device_.low_us.clear();
    for (const uint32_t byte : bytes) host_.write32(r::kTx, byte);
    command(address, static_cast<uint32_t>(bytes.size()), 0);
    run_for(sc_time(1, sc_core::SC_MS));
    return device_.low_us;
  };
  EXPECT_EQ(send(0x00, {}), std::vector<double>{90}) << "start and eight zeros at 10 us; nobody acknowledges";
  EXPECT_EQ(send(0x10, {0xFF}), std::vector<double>{50}) << "five zeros of 0x20";
  EXPECT_EQ(send(0x10, {0x00, 0x00, 0xFF}), std::vector<double>{80}) << "a byte of zeros; acknowledging breaks it";
  host_.write32(r::kCtrl, r::kCtrlEnable.put(1) | r::kCtrlFast.put(1));
  EXPECT_EQ(send(0x00, {}), std::vector<double>{22.5});
}

TEST_F(I2cTest, FifosAreBounded) {
  for (uint32_t i = 0; i < 200; ++i) host_.write32(r::kTx, i);
  EXPECT_EQ(status(r::kStatusTxLevel), 192u);
  command(0x10, 192, 192);
  run_for(sc_time(40, sc_core::SC_MS));
  command(0x10, 0, 192);
  run_for(sc_time(40, sc_core::SC_MS));
  EXPECT_EQ(status(r::kStatusRxLevel), 192u) << "the second 192 found no room";
  command(0x10, 3, 0);
  run_for(sc_time(40, sc_core::SC_MS));
  EXPECT_EQ(device_.log.back().substr(0, 22), "write 3 first 0 last 0") << "bytes that were never given are 0";
  command(0x10, 0xFF, 0);
  run_for(sc_time(40, sc_core::SC_MS));
  EXPECT_EQ(device_.log.back().substr(0, 10), "write 192 ") << "lengths are cut to 192";
}

TEST_F(I2cTest, DisablingAbortsAndEmpties) {
  host_.write32(r::kTx, 1);
  host_.write32(r::kTx, 2);
  command(0x10, 1, 1);
  run_for(sc_time(50, sc_core::SC_US));
  host_.write32(r::kCtrl, 0);
  EXPECT_EQ(host_.read32(r::kStatus), 0u);
  run_for(sc_time(5, sc_core::SC_MS));
  EXPECT_TRUE(done_ns_.empty());
  EXPECT_TRUE(device_.log.empty());
  command(0x10, 0, 1);
  EXPECT_EQ(status(r::kStatusBusy), 0u) << "a disabled host starts nothing";
}

TEST_F(I2cTest, ResetInTheMiddle) {
  command(0x10, 0, 1);
  run_for(sc_time(50, sc_core::SC_US));
  host_.reset();
  run_for(sc_time(5, sc_core::SC_MS));
  EXPECT_TRUE(device_.log.empty());
  EXPECT_EQ(host_.read32(r::kStatus), 0u);
  EXPECT_FALSE(host_.irq.level());
}

}  // namespace
}  // namespace saksi::hw
