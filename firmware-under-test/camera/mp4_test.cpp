// Headers and fragments read by libav, which shares no code with the writer; and the writer's own promises about sectors.
#include "firmware-under-test/camera/mp4.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/decode_clip.h"
#include "firmware-under-test/camera/pcm_picture.h"

namespace saksi::firmware {
namespace {

/// A clip under construction, as the recorder writes it.
struct Clip {
  std::vector<uint8_t> bytes;
  uint32_t sequence = 1;
  uint64_t decode_time = 0;

  Clip(uint32_t width, uint32_t height, uint32_t fps) {
    parameter_sets_t sets;
    uint8_t header[MP4_HEADER_BYTES_MAX];
    parameter_sets_make(&sets, width, height, fps, 27);
    bytes.assign(header, header + mp4_write_header(header, &sets, width, height));
  }

  void add(const std::vector<std::vector<uint8_t>>& pictures, const std::vector<bool>& is_idr, uint32_t duration) {
    std::vector<mp4_sample_t> samples;
    std::vector<uint8_t> data;
    for (size_t i = 0; i < pictures.size(); ++i) {
      uint8_t length[4];
      store_be32(length, static_cast<uint32_t>(pictures[i].size()));
      data.insert(data.end(), length, length + 4);
      data.insert(data.end(), pictures[i].begin(), pictures[i].end());
      samples.push_back({duration, static_cast<uint32_t>(pictures[i].size()) + 4, is_idr[i]});
    }
    uint8_t moof[SECTOR_BYTES];
    uint8_t tail[MP4_TAIL_BYTES_MAX];
    uint32_t own;
    auto count = static_cast<uint32_t>(pictures.size());
    mp4_write_moof(moof, sequence++, decode_time, samples.data(), count);
    mp4_write_tail(tail, static_cast<uint32_t>(data.size()), SECTOR_BYTES, &own);
    size_t start = bytes.size();
    bytes.insert(bytes.end(), moof, moof + SECTOR_BYTES);
    bytes.insert(bytes.end(), data.begin(), data.end());
    bytes.insert(bytes.end(), tail, tail + own);
    EXPECT_EQ(bytes.size() - start, mp4_fragment_bytes(static_cast<uint32_t>(data.size())));
    decode_time += static_cast<uint64_t>(duration) * count;
  }

  void add_free(uint32_t size) {
    uint8_t sector[SECTOR_BYTES];
    mp4_write_free(sector, size);
    bytes.insert(bytes.end(), sector, sector + SECTOR_BYTES);
    bytes.resize(bytes.size() + size - SECTOR_BYTES, 0xA5);
  }

  DecodedClip decode() const {
    char path[] = "/tmp/saksi-clip-XXXXXX";
    close(mkstemp(path));
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    DecodedClip clip = decode_clip(path);
    unlink(path);
    return clip;
  }

  /// The top-level boxes cover the file to its last byte.
  std::string boxes() const {
    std::string types;
    size_t at = 0;
    while (at + 8 <= bytes.size()) {
      types.append(reinterpret_cast<const char*>(bytes.data()) + at + 4, 4).push_back(' ');
      uint32_t size = load_be32(bytes.data() + at);
      if (size < 8) return types + "bad";
      at += size;
    }
    return at == bytes.size() ? types : types + "beyond";
  }

  bool measure(mp4_extent_t* extent) const {
    auto read = [](void* context, uint32_t offset, void* sector) {
      std::memcpy(sector, static_cast<const Clip*>(context)->bytes.data() + offset, SECTOR_BYTES);
      return true;
    };
    return mp4_measure(read, const_cast<Clip*>(this), static_cast<uint32_t>(bytes.size()), extent);
  }
};

/// `count` pictures of 64x64, the first an IDR picture, luma counting up from `first`.
void add_pictures(Clip& clip, uint32_t count, uint8_t first, uint32_t duration, uint32_t idr_pic_id) {
  std::vector<std::vector<uint8_t>> pictures;
  std::vector<bool> is_idr;
  for (uint32_t i = 0; i < count; ++i) {
    pictures.push_back(pcm_picture(64, 64, i == 0, i % 16, idr_pic_id, static_cast<uint8_t>(first + i)));
    is_idr.push_back(i == 0);
  }
  clip.add(pictures, is_idr, duration);
}

TEST(Mp4, IsDecodedFrameByFrameWithExactTimes) {
  Clip clip(64, 64, 15);
  add_pictures(clip, MP4_SAMPLES_MAX, 10, 666667, 0);
  add_pictures(clip, 7, 50, 666667, 1);
  clip.add_free(SECTOR_BYTES);
  DecodedClip decoded = clip.decode();
  ASSERT_TRUE(decoded.opened);
  EXPECT_EQ(decoded.warnings, 0) << decoded.first_warning;
  EXPECT_EQ(decoded.timescale, MP4_TIMESCALE);
  constexpr size_t kFirst = MP4_SAMPLES_MAX;
  ASSERT_EQ(decoded.frames.size(), kFirst + 7);
  for (size_t i = 0; i < kFirst + 7; ++i) {
    EXPECT_EQ(decoded.frames[i].pts, static_cast<int64_t>(i) * 666667);
    EXPECT_EQ(decoded.frames[i].luma, i < kFirst ? 10 + static_cast<int>(i) : 50 + static_cast<int>(i - kFirst));
  }
  EXPECT_EQ(clip.boxes(), "ftyp moov free moof uuid free mdat free moof uuid free mdat free free ");
}

TEST(Mp4, EveryMoofHasASectorOfItsOwn) {
  for (uint32_t count = 1; count <= MP4_SAMPLES_MAX; ++count) {
    std::vector<mp4_sample_t> samples(count, {1, 100, true});
    uint8_t moof[SECTOR_BYTES + 16];
    std::memset(moof, 0xEE, sizeof moof);
    mp4_write_moof(moof, 1, 0, samples.data(), count);
    EXPECT_LE(load_be32(moof), SECTOR_BYTES - 16u);
    uint32_t at = mp4_moof_bytes(moof);
    EXPECT_EQ(mp4_hash(moof), moof + at + 24);
    at += load_be32(moof + at);
    EXPECT_EQ(mp4_hash(moof) + MP4_HASH_BYTES, moof + at);
    EXPECT_EQ(at + load_be32(moof + at) + 8, static_cast<uint32_t>(SECTOR_BYTES));
    EXPECT_EQ(moof[SECTOR_BYTES], 0xEE);
  }
}

TEST(Mp4, PaddingReachesTheNextSectorForEveryLength) {
  for (uint32_t bytes = 1; bytes < 1200; ++bytes) {
    uint8_t tail[MP4_TAIL_BYTES_MAX];
    uint32_t own;
    uint32_t all = mp4_write_tail(tail, bytes, 4096, &own);
    EXPECT_EQ((bytes + own) % SECTOR_BYTES, 0u);
    EXPECT_EQ(all, own + SECTOR_BYTES);
    if (own > 0) {
      EXPECT_EQ(load_be32(tail), own);
    }
    EXPECT_EQ(load_be32(tail + own), 4096u);
    EXPECT_EQ(mp4_write_tail(tail, bytes, 0, &own), own);
  }
}

TEST(Mp4, MeasureFindsTheLastWholeFragment) {
  Clip clip(64, 64, 15);
  mp4_extent_t extent;
  size_t header = clip.bytes.size();
  clip.add_free(4096);
  ASSERT_TRUE(clip.measure(&extent));
  EXPECT_EQ(extent.fragments, 0u);
  EXPECT_EQ(extent.end, header);
  EXPECT_FALSE(extent.is_closed);
  clip.bytes.resize(header);
  add_pictures(clip, 3, 10, 1000, 0);
  add_pictures(clip, 2, 10, 1000, 1);
  size_t end = clip.bytes.size();
  ASSERT_TRUE(clip.measure(&extent));
  EXPECT_TRUE(extent.is_closed);
  EXPECT_EQ(extent.samples, 5u);
  clip.add_free(8192);
  ASSERT_TRUE(clip.measure(&extent));
  EXPECT_EQ(extent.end, end);
  EXPECT_EQ(extent.fragments, 2u);
  EXPECT_FALSE(extent.is_closed);
}

TEST(Mp4, MeasureStopsAtAStaleFragment) {
  Clip clip(64, 64, 15);
  add_pictures(clip, 3, 10, 1000, 0);
  size_t end = clip.bytes.size();
  clip.sequence = 7;
  add_pictures(clip, 3, 10, 1000, 0);
  mp4_extent_t extent;
  ASSERT_TRUE(clip.measure(&extent));
  EXPECT_EQ(extent.end, end);
}

TEST(Mp4, MeasureSurvivesAnyDamageToAMoofSector) {
  Clip good(64, 64, 15);
  size_t header = good.bytes.size();
  add_pictures(good, 3, 10, 1000, 0);
  for (size_t at = header; at < header + SECTOR_BYTES; ++at) {
    for (uint8_t flip : {0x01, 0x80, 0xFF}) {
      Clip clip = good;
      clip.bytes[at] ^= flip;
      mp4_extent_t extent;
      if (clip.measure(&extent)) {
        EXPECT_LE(extent.end, clip.bytes.size());
      }
    }
  }
}

}  // namespace
}  // namespace saksi::firmware
