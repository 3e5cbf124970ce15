// Goal: a clip whose header a cut, or the card, has spoilt is recovered from the copy at the other end of its file, and nothing but a whole copy is
// believed. Method: a recording that is cut in the middle; its header, its copy or both are spoilt at many places; libav and fsck.vfat look at what
// is recovered.
#include "firmware-under-test/camera/clip_header.h"

#include <gtest/gtest.h>

#include <cstring>

#include "firmware-under-test/camera/decode_clip.h"
#include "firmware-under-test/camera/recorder_bench.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kClipBytes = 8 << 20;
std::vector<clip_recovered_t> told;
void listen(const clip_recovered_t* clip) { told.push_back(*clip); }

enum class Damage { kOld, kErased, kNoise };

class ClipHeaderTest : public testing::Test {
 protected:
  void SetUp() override {
    told.clear();
    RecorderBench camera(card_, host_, kSecond, kClipBytes);
    ASSERT_EQ(camera.start_up(), FAT32_OK);
    header_lba_ = fat32_file_lba(&camera.volume, &camera.store.spare);
    header_sectors_ = camera.settings.header_bytes / SECTOR_BYTES;
    copy_lba_ = header_lba_ + (kClipBytes - CLIP_HEADER_COPY_BYTES) / SECTOR_BYTES;
    camera.pictures_for(1.5);
    camera.press();
    camera.pictures_for(1.5);
    cut_ = card_.log().size();
  }

  /// The sector is new up to `from`, as after a cut in its writing.
  void spoil(uint32_t lba, uint32_t from, Damage damage) {
    Sector data = card_.sector(lba);
    for (uint32_t i = from; i < SECTOR_BYTES; ++i) {
      data[i] = damage == Damage::kOld ? 0 : damage == Damage::kErased ? 0xFF : static_cast<uint8_t>(i * 151 + 7);
    }
    card_.overwrite(lba, data);
  }

  /// Starts again on the card; returns the clip as libav sees it then.
  DecodedClip recover() {
    told.clear();
    RecorderBench camera(card_, host_, kSecond, kClipBytes);
    EXPECT_EQ(camera.start_up(listen), FAT32_OK);
    EXPECT_EQ(card_.fsck().exit_code, 0);
    const std::string out = card_.folder() + "/clip.mp4";
    const ToolResult copied = run_tool("mcopy -n -o -i " + card_.volume() + " ::/DCIM/100SAKSI/CLIP0001.MP4 " + out);
    return copied.exit_code == 0 ? decode_clip(out) : DecodedClip{};
  }

  MockHost host_;
  TestCard card_;
  uint32_t header_lba_ = 0, header_sectors_ = 0, copy_lba_ = 0;
  size_t cut_ = 0;
};

TEST_F(ClipHeaderTest, ASpoiltHeaderIsRestoredWhereverItIsSpoilt) {
  const size_t frames = recover().frames.size();
  ASSERT_GT(frames, 20u);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_FALSE(told[0].was_header_restored);
  for (uint32_t sector = 0; sector < header_sectors_; ++sector) {
    for (Damage damage : {Damage::kOld, Damage::kErased, Damage::kNoise}) {
      for (uint32_t from : {0u, 1u, 20u, 40u, 200u, 300u}) {
        card_.undo_to(cut_);
        const Sector whole = card_.sector(header_lba_ + sector);
        spoil(header_lba_ + sector, from, damage);
        const bool is_spoilt = card_.sector(header_lba_ + sector) != whole;
        const DecodedClip clip = recover();
        EXPECT_EQ(clip.frames.size(), frames) << sector << " " << from;
        EXPECT_EQ(clip.warnings, 0) << clip.first_warning;
        ASSERT_EQ(told.size(), 1u);
        EXPECT_EQ(told[0].was_header_restored, is_spoilt);
        card_.undo_to(cut_);
        card_.overwrite(header_lba_ + sector, whole);
      }
    }
  }
}

TEST_F(ClipHeaderTest, ACopyThatIsSpoiltIsNotBelieved) {
  const size_t frames = recover().frames.size();
  const uint32_t last = CLIP_HEADER_COPY_BYTES / SECTOR_BYTES - 1;
  for (uint32_t sector : {0u, last}) {
    for (uint32_t from : {0u, 9u, 30u}) {
      card_.undo_to(cut_);
      const Sector whole = card_.sector(copy_lba_ + sector);
      spoil(copy_lba_ + sector, from, Damage::kNoise);
      EXPECT_EQ(recover().frames.size(), frames);
      ASSERT_EQ(told.size(), 1u);
      EXPECT_FALSE(told[0].was_header_restored);
      card_.undo_to(cut_);
      card_.overwrite(copy_lba_ + sector, whole);
    }
  }
}

TEST_F(ClipHeaderTest, AClipWithoutEitherIsSaidToBeLostAtEveryStart) {
  spoil(header_lba_, 0, Damage::kNoise);
  spoil(copy_lba_, 0, Damage::kNoise);
  for (int start = 0; start < 2; ++start) {
    EXPECT_FALSE(recover().opened);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(told[0].is_lost);
    EXPECT_STREQ(told[0].name, "CLIP0001.MP4");
  }
}

TEST_F(ClipHeaderTest, ARestoringThatIsCutIsDoneAgain) {
  const size_t frames = recover().frames.size();
  card_.undo_to(cut_);
  std::vector<Sector> whole;
  for (uint32_t sector = 0; sector < header_sectors_; ++sector) whole.push_back(card_.sector(header_lba_ + sector));
  for (uint32_t done = 0; done < header_sectors_; ++done) {
    card_.undo_to(cut_);
    for (uint32_t sector = 0; sector < header_sectors_; ++sector) {
      card_.overwrite(header_lba_ + sector, whole[sector]);
      if (sector >= done) spoil(header_lba_ + sector, sector == done ? 300 : 0, Damage::kNoise);
    }
    EXPECT_EQ(recover().frames.size(), frames) << done;
    EXPECT_TRUE(told.at(0).was_header_restored);
  }
}

}  // namespace
}  // namespace saksi::firmware
