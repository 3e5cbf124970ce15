// Goal: a card that has less memory than it says is found out before a clip goes to it, and an honest one never is. Method: card images that begin
// anew, or keep nothing, from some sector on.
#include "firmware-under-test/camera/card_size.h"

#include <gtest/gtest.h>

#include "firmware-under-test/camera/recorder_bench.h"
#include "firmware-under-test/camera/test_card.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kSectorsPerMib = 2048;

class CardSizeTest : public testing::Test {
 protected:
  uint32_t size_of(TestCard& card) {
    fat32_volume_t volume;
    block_device_t device = card.device();
    EXPECT_EQ(fat32_mount(&volume, &device, memory_.get(), nullptr), FAT32_OK);
    return card_size_sectors(&volume);
  }
  FatMemory memory_;
};

TEST_F(CardSizeTest, ACardThatBeginsAnewAtAPowerOfTwoIsFoundOut) {
  for (uint32_t real_mib : {64u, 512u, 2048u}) {
    TestCard card;
    card.lie(real_mib * kSectorsPerMib, true);
    EXPECT_EQ(size_of(card), real_mib * kSectorsPerMib);
    EXPECT_EQ(card.fsck().exit_code, 0) << "what was written as proof is as it was";
  }
}

TEST_F(CardSizeTest, AnHonestCardIsReadAndNothingElse) {
  for (bool is_partitioned : {false, true}) {
    TestCard card(4096, is_partitioned);
    size_of(card);
    const size_t writes = card.log().size();
    EXPECT_EQ(size_of(card), 4096 * kSectorsPerMib);
    EXPECT_EQ(card.log().size(), writes);
  }
}

TEST_F(CardSizeTest, AnImageOfTheCardOnTheCardIsNoProof) {
  TestCard card;
  size_of(card);
  for (uint32_t lba = 0; lba < 64; ++lba) card.overwrite(1024 * kSectorsPerMib + lba, card.sector(lba));
  EXPECT_EQ(size_of(card), 4096 * kSectorsPerMib);
  EXPECT_EQ(card.fsck().exit_code, 0);
}

TEST_F(CardSizeTest, ACardThatKeepsNothingBeyondItsMemoryIsFoundOutWhenAClipIsLaidOut) {
  MockHost host;
  // The next clip lies at 4 MiB and is 8 MiB long: none, one, or both of its ends are there.
  for (uint32_t real_mib : {3u, 6u}) {
    TestCard card;
    card.lie(real_mib * kSectorsPerMib, false);
    auto camera = std::make_unique<RecorderBench>(card, host, kSecond, 8 << 20);
    EXPECT_EQ(camera->start_up(), FAT32_NOT_KEPT) << real_mib;
  }
  TestCard card;
  card.lie(64 * kSectorsPerMib, false);
  auto camera = std::make_unique<RecorderBench>(card, host, kSecond, 8 << 20);
  EXPECT_EQ(camera->start_up(), FAT32_OK);
}

}  // namespace
}  // namespace saksi::firmware
