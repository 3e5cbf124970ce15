// The card driver on a mock controller with a small card behind it: identification, transfers, and what happens when they fail.
#include "firmware-under-test/drivers/sdcard.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/drivers/sdhci.h"
#include "regs/sdhci_regs.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kSectors = 4096;
constexpr uint32_t kMs = 10000;

/// Controller and card: commands end during the driver's next sleep. Enough to follow the protocol, no timing.
class FakeSlot {
 public:
  explicit FakeSlot(MockHost& host) : data(kSectors * SECTOR_BYTES), host_(host) {
    host_.on_write = [this](uint32_t address, uint32_t value) { write(address - SAKSI_CAM_SDHCI_BASE, value); };
    host_.on_read = [this](uint32_t address) { return read(address - SAKSI_CAM_SDHCI_BASE); };
    host_.on_sleep = [this] { finish(); };
  }

  bool is_inserted = true;
  bool is_high_capacity = true;
  bool has_high_speed = true;
  bool is_busy_for_ever = false;
  int failing_transfers = 0;  ///< the next data transfers end with this status instead
  uint32_t failing_status = SDHCI_INT_STATUS_DATA_CRC;
  uint32_t ready_after = 3;        ///< ACMD41s until powered up
  std::vector<uint32_t> commands;  ///< indices; application commands plus 100
  std::vector<uint8_t> data;
  std::function<void(uint32_t index)> on_command;

 private:
  void write(uint32_t offset, uint32_t value) {
    if (offset == SDHCI_RESET) status_ = pending_ = 0;
    if (offset == SDHCI_INT_STATUS) status_ &= ~value;
    if (offset == SDHCI_COMMAND) command(value >> SDHCI_COMMAND_INDEX_SHIFT & 63, value);
  }

  uint32_t read(uint32_t offset) {
    if (offset == SDHCI_PRESENT) return (is_inserted ? SDHCI_PRESENT_INSERTED : 0) | SDHCI_PRESENT_STABLE;
    if (offset == SDHCI_INT_STATUS) return status_;
    if (offset == SDHCI_CLOCK) return host_.registers[SAKSI_CAM_SDHCI_BASE + SDHCI_CLOCK] | SDHCI_CLOCK_INTERNAL_STABLE;
    if (offset >= SDHCI_RESPONSE(0) && offset <= SDHCI_RESPONSE(3)) return response_[(offset - SDHCI_RESPONSE(0)) / 4];
    return host_.registers[SAKSI_CAM_SDHCI_BASE + offset];
  }

  uint32_t reg(uint32_t offset) { return host_.registers[SAKSI_CAM_SDHCI_BASE + offset]; }

  void command(uint32_t index, uint32_t word) {
    if (on_command) on_command(index);
    uint32_t named = is_application_ ? index + 100 : index;
    is_application_ = index == 55;
    commands.push_back(named);
    std::memset(response_, 0, sizeof response_);
    response_[0] = 4u << 9 | 1u << 8;  // transfer state, ready for data
    pending_ = SDHCI_INT_STATUS_CMD_DONE;
    if (!is_inserted) {
      pending_ = SDHCI_INT_STATUS_CMD_TIMEOUT;
      return;
    }
    if (named == 8) response_[0] = reg(SDHCI_ARGUMENT);
    if (named == 141) response_[0] = --ready_after == 0 ? 0x80FF8000u | (is_high_capacity ? 1u << 30 : 0) : 0x00FF8000u;
    if (named == 3) response_[0] = 0x4567u << 16;
    if (named == 9) {
      response_[3] = 1u << 22;
      response_[1] = (kSectors / 1024 - 1) << 8;
    }
    if (named == 13 && is_busy_for_ever) response_[0] = 7u << 9;
    if ((word & SDHCI_COMMAND_DATA) != 0) transfer(named);
    if ((word & SDHCI_COMMAND_RESPONSE_MASK) == 3) pending_ |= SDHCI_INT_STATUS_TRANSFER_DONE;
  }

  void transfer(uint32_t named) {
    if (is_busy_for_ever) return;
    if (failing_transfers > 0 && (named == 24 || named == 25 || named == 17 || named == 18)) {
      --failing_transfers;
      pending_ |= failing_status;
      return;
    }
    pending_ |= SDHCI_INT_STATUS_TRANSFER_DONE;
    size_t bytes = reg(SDHCI_BLOCK_SIZE) * reg(SDHCI_BLOCK_COUNT);
    std::vector<uint8_t> buffer(bytes);
    if (named == 151) buffer[0] = 2, buffer[1] = 5;
    if (named == 6) buffer[16] = has_high_speed ? 1 : 0;
    bool to_card = named == 24 || named == 25;
    uint8_t* card = data.data() + static_cast<size_t>(reg(SDHCI_ARGUMENT)) * SECTOR_BYTES;
    if (named == 17 || named == 18) std::memcpy(buffer.data(), card, bytes);
    EXPECT_EQ(move(buffer, to_card), bytes);
    if (to_card) std::memcpy(card, buffer.data(), bytes);
  }

  /// Walks the ADMA2 table; returns how many bytes it describes.
  size_t move(std::vector<uint8_t>& buffer, bool to_card) {
    const uint8_t* line = host_.memory_at(reg(SDHCI_ADMA_ADDRESS));
    size_t at = 0;
    for (;; line += 8) {
      uint16_t attributes, length;
      uint32_t address;
      std::memcpy(&attributes, line, 2);
      std::memcpy(&length, line + 2, 2);
      std::memcpy(&address, line + 4, 4);
      EXPECT_EQ(attributes & ~2, 0x21);
      EXPECT_EQ(address % 4, 0u);
      if (at + length > buffer.size()) return at + length;
      uint8_t* memory = host_.memory_at(address);
      std::memcpy(to_card ? buffer.data() + at : memory, to_card ? memory : buffer.data() + at, length);
      at += length;
      if ((attributes & 2) != 0) return at;
    }
  }

  void finish() {
    host_.now += 10;
    if (pending_ == 0) return;
    status_ |= pending_;
    pending_ = 0;
    host_.raise(SAKSI_CAM_SDHCI_IRQ);
  }

  MockHost& host_;
  uint32_t response_[4] = {};
  uint32_t status_ = 0, pending_ = 0;
  bool is_application_ = false;
};

class SdcardTest : public testing::Test {
 protected:
  void open() {
    ASSERT_EQ(sdcard_open(&card_), SDCARD_READY);
    device_ = sdcard_device(&card_);
    slot_.commands.clear();
  }

  bool write(uint32_t lba, uint32_t sectors, const std::vector<uint8_t>& data) {
    block_segment_t segment = {data.data(), static_cast<uint32_t>(data.size())};
    return device_.write(device_.context, lba, sectors, &segment, 1);
  }

  MockHost host_;
  FakeSlot slot_{host_};
  sdcard_t card_;
  block_device_t device_;
};

TEST_F(SdcardTest, IdentifiesAHighCapacityCard) {
  ASSERT_EQ(sdcard_open(&card_), SDCARD_READY);
  EXPECT_EQ(card_.sectors, kSectors);
  EXPECT_EQ(card_.relative_address, 0x4567u);
  EXPECT_TRUE(card_.high_speed);
  const std::vector<uint32_t> expected = {0, 8, 55, 141, 55, 141, 55, 141, 2, 3, 9, 7, 55, 151, 55, 106, 6, 16};
  EXPECT_EQ(slot_.commands, expected);
  uint32_t control = host_.written(SAKSI_CAM_SDHCI_BASE + SDHCI_HOST_CONTROL).back();
  EXPECT_NE(control & SDHCI_HOST_CONTROL_WIDTH_4, 0u);
  EXPECT_NE(control & SDHCI_HOST_CONTROL_HIGH_SPEED, 0u);
}

TEST_F(SdcardTest, StaysAt25MhzWithoutHighSpeed) {
  slot_.has_high_speed = false;
  ASSERT_EQ(sdcard_open(&card_), SDCARD_READY);
  EXPECT_FALSE(card_.high_speed);
  EXPECT_EQ(host_.written(SAKSI_CAM_SDHCI_BASE + SDHCI_CLOCK).back() >> SDHCI_CLOCK_DIVIDER_LO_SHIFT, 1u);
}

TEST_F(SdcardTest, SaysWhatIsWrong) {
  slot_.is_inserted = false;
  EXPECT_EQ(sdcard_open(&card_), SDCARD_ABSENT);
  slot_.is_inserted = true;
  slot_.is_high_capacity = false;
  EXPECT_EQ(sdcard_open(&card_), SDCARD_UNSUPPORTED);
  slot_.is_high_capacity = true;
  slot_.ready_after = 100000;
  EXPECT_EQ(sdcard_open(&card_), SDCARD_FAILED);
}

TEST_F(SdcardTest, WritesAndReadsWithTheRightCommands) {
  open();
  std::vector<uint8_t> data(3 * SECTOR_BYTES);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i * 31);
  EXPECT_TRUE(write(7, 3, data));
  EXPECT_EQ(slot_.commands, (std::vector<uint32_t>{25, 13}));
  std::vector<uint8_t> back(data.size());
  EXPECT_TRUE(device_.read(device_.context, 7, 3, back.data()));
  EXPECT_EQ(back, data);
  EXPECT_TRUE(device_.read(device_.context, 8, 1, back.data()));
  EXPECT_EQ(slot_.commands, (std::vector<uint32_t>{25, 13, 18, 17}));
}

TEST_F(SdcardTest, GathersPiecesOfAnyLength) {
  open();
  alignas(4) static uint8_t a[100000], b[333], c[512];
  std::memset(a, 1, sizeof a);
  std::memset(b, 2, sizeof b);
  std::memset(c, 3, sizeof c);
  uint32_t rest = SECTOR_BYTES - (sizeof a + sizeof b) % SECTOR_BYTES;
  block_segment_t segments[] = {{a, sizeof a}, {b, sizeof b}, {c, rest}};
  uint32_t sectors = static_cast<uint32_t>((sizeof a + sizeof b + rest) / SECTOR_BYTES);
  EXPECT_TRUE(device_.write(device_.context, 0, sectors, segments, 3));
  EXPECT_EQ(slot_.data[sizeof a - 1], 1);
  EXPECT_EQ(slot_.data[sizeof a], 2);
  EXPECT_EQ(slot_.data[sizeof a + sizeof b], 3);
  EXPECT_EQ(slot_.data[sizeof a + sizeof b + rest], 0);
}

TEST_F(SdcardTest, TriesAgainAfterAnErrorAndSaysSo) {
  open();
  slot_.failing_transfers = 1;
  EXPECT_TRUE(write(1, 1, std::vector<uint8_t>(SECTOR_BYTES, 9)));
  EXPECT_EQ(slot_.data[SECTOR_BYTES], 9);
  ASSERT_EQ(host_.log.size(), 1u);
  EXPECT_EQ(host_.log[0], "W: card write at 1 failed");
}

TEST_F(SdcardTest, GivesUpAfterThreeErrors) {
  open();
  slot_.failing_transfers = 1000;
  EXPECT_FALSE(write(1, 1, std::vector<uint8_t>(SECTOR_BYTES)));
  EXPECT_EQ(slot_.failing_transfers, 997);
}

TEST_F(SdcardTest, GivesUpOnACardThatHangsWithinTenSeconds) {
  open();
  slot_.is_busy_for_ever = true;
  uint64_t start = host_.now;
  EXPECT_FALSE(write(1, 1, std::vector<uint8_t>(SECTOR_BYTES)));
  EXPECT_LT(host_.now - start, 10000u * kMs);
}

TEST_F(SdcardTest, NoticesThatTheCardWasPulled) {
  open();
  slot_.on_command = [this](uint32_t index) { slot_.is_inserted = index != 25; };
  EXPECT_FALSE(write(1, 2, std::vector<uint8_t>(2 * SECTOR_BYTES)));
  EXPECT_EQ(slot_.commands.size(), 1u);
}

TEST_F(SdcardTest, RefusesSectorsBeyondTheCard) {
  open();
  EXPECT_FALSE(write(kSectors, 1, std::vector<uint8_t>(SECTOR_BYTES)));
  EXPECT_FALSE(write(kSectors - 1, 2, std::vector<uint8_t>(2 * SECTOR_BYTES)));
  EXPECT_TRUE(slot_.commands.empty());
}

}  // namespace
}  // namespace saksi::firmware
