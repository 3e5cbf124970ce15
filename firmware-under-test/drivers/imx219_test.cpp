// The sensor driver on a mock I2C host that remembers what the sensor was told.
#include "firmware-under-test/drivers/imx219.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/drivers/i2c.h"
#include "regs/i2c_regs.h"
#include "regs/imx219_regs.h"

namespace saksi::firmware {
namespace {

/// The I2C block with one target behind it.
class Imx219Test : public testing::Test {
 protected:
  Imx219Test() {
    registers_[IMX219_MODEL_ID_H] = 0x02;
    registers_[IMX219_MODEL_ID_L] = 0x19;
    host_.on_write = [this](uint32_t address, uint32_t value) { write(address - SAKSI_CAM_I2C_BASE, value); };
    host_.on_read = [this](uint32_t address) { return read(address - SAKSI_CAM_I2C_BASE); };
    host_.on_sleep = [this] {
      host_.now += 1000;
      if (!silent_) host_.raise(SAKSI_CAM_I2C_IRQ);
    };
    i2c_init();
  }

  void write(uint32_t offset, uint32_t value) {
    if (offset == I2C_TX) sent_.push_back(static_cast<uint8_t>(value));
    if (offset == I2C_CTRL && value == 0) sent_.clear();
    if (offset != I2C_CMD) return;
    EXPECT_EQ(value & I2C_CMD_ADDRESS_MASK, 0x10u);
    EXPECT_EQ((value & I2C_CMD_WRITE_LENGTH_MASK) >> I2C_CMD_WRITE_LENGTH_SHIFT, sent_.size());
    if (absent_) return;
    auto address = static_cast<uint16_t>(sent_[0] << 8 | sent_[1]);
    for (size_t i = 2; i < sent_.size(); ++i, ++address) {
      registers_[address] = sent_[i];
      order_.push_back(address);
    }
    for (uint32_t i = 0; i < (value & I2C_CMD_READ_LENGTH_MASK) >> I2C_CMD_READ_LENGTH_SHIFT; ++i) to_read_.push_back(registers_[address++]);
    sent_.clear();
  }

  uint32_t read(uint32_t offset) {
    if (offset == I2C_STATUS) return absent_ ? I2C_STATUS_NACK : 0;
    if (offset != I2C_RX || to_read_.empty()) return 0;
    uint32_t byte = to_read_.front();
    to_read_.erase(to_read_.begin());
    return byte;
  }

  uint32_t value16(uint32_t address) { return static_cast<uint32_t>(registers_[address] << 8 | registers_[address + 1]); }

  MockHost host_;
  std::map<uint32_t, uint8_t> registers_;
  std::vector<uint32_t> order_;
  std::vector<uint8_t> sent_, to_read_;
  bool absent_ = false, silent_ = false;
};

TEST_F(Imx219Test, ReadsTheChipId) {
  uint32_t id = 0;
  EXPECT_TRUE(imx219_read_chip_id(&id));
  EXPECT_EQ(id, 0x0219u);
}

TEST_F(Imx219Test, GivesUpOnASensorThatDoesNotAcknowledgeOrHangs) {
  uint32_t id;
  absent_ = true;
  EXPECT_FALSE(imx219_read_chip_id(&id));
  absent_ = false;
  EXPECT_TRUE(imx219_read_chip_id(&id));
  silent_ = true;
  EXPECT_FALSE(imx219_read_chip_id(&id));
}

TEST_F(Imx219Test, FullFieldBinnedByFour) {
  imx219_settings_t settings = {imx219_mode(0), 15, 10000, 200, 256};
  ASSERT_TRUE(imx219_start(&settings));
  EXPECT_EQ(value16(IMX219_X_START_H), 0u);
  EXPECT_EQ(value16(IMX219_X_END_H), 3279u);
  EXPECT_EQ(value16(IMX219_Y_END_H), 2463u);
  EXPECT_EQ(value16(IMX219_X_OUTPUT_SIZE_H), 820u);
  EXPECT_EQ(value16(IMX219_Y_OUTPUT_SIZE_H), 616u);
  EXPECT_EQ(registers_[IMX219_BINNING_MODE_H], 2);
  EXPECT_EQ(registers_[IMX219_BINNING_MODE_V], 2);
  EXPECT_EQ(value16(IMX219_FRAME_LENGTH_H), 3527u);  // 182.4 MHz / 3448 / 15 = 3526.7
  EXPECT_EQ(value16(IMX219_EXPOSURE_H), 529u);       // 10 ms / 18.9035 us
  EXPECT_EQ(registers_[IMX219_ANALOG_GAIN], 128);
  EXPECT_EQ(order_.front(), static_cast<uint32_t>(IMX219_MODE_SELECT));
  EXPECT_EQ(order_.back(), static_cast<uint32_t>(IMX219_MODE_SELECT));
  EXPECT_EQ(registers_[IMX219_MODE_SELECT], 1);
}

TEST_F(Imx219Test, CentreCropOf1080Rows) {
  imx219_settings_t settings = {imx219_mode(2), 30, 10000, 100, 256};
  ASSERT_TRUE(imx219_start(&settings));
  EXPECT_EQ(value16(IMX219_X_START_H), 680u);
  EXPECT_EQ(value16(IMX219_X_END_H), 2599u);
  EXPECT_EQ(value16(IMX219_Y_START_H), 692u);
  EXPECT_EQ(value16(IMX219_FRAME_LENGTH_H), 1763u);  // as the Linux driver's table has it
  EXPECT_EQ(registers_[IMX219_BINNING_MODE_H], 0);
  EXPECT_EQ(registers_[IMX219_ANALOG_GAIN], 0);
}

TEST_F(Imx219Test, KeepsRatesAndExposuresInRange) {
  imx219_settings_t settings = {imx219_mode(1), 60, 1000000, 5000, 256};
  EXPECT_EQ(imx219_frame_lines(&settings), 1232u + 32);
  EXPECT_EQ(imx219_exposure_lines(&settings), 1232u + 28);
  settings.fps = 1;
  settings.exposure_us = 1;
  EXPECT_EQ(imx219_frame_lines(&settings), 52900u);
  EXPECT_EQ(imx219_exposure_lines(&settings), 4u);
  ASSERT_TRUE(imx219_start(&settings));
  EXPECT_EQ(registers_[IMX219_ANALOG_GAIN], 232);
}

}  // namespace
}  // namespace saksi::firmware
