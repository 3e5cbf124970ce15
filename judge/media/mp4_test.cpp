// Goal: MP4 files are parsed right, fragmented and plain, and damage costs no more than what it hit. Method: small files from the test muxer, whole,
// cut, zeroed, spliced and mutated thousands of times.
#include "judge/media/mp4.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/seed_stream.h"
#include "judge/media/clip_decoder.h"
#include "judge/media/h264_sps.h"
#include "judge/test-support/clip_writer.h"

namespace saksi::judge {
namespace {

using Bytes = std::vector<uint8_t>;
using Kinds = std::vector<std::string>;

const testing::CodedClip& coded() {
  static const testing::CodedClip clip = [] {
    testing::SceneCamera camera;
    camera.width = 176;
    camera.height = 144;
    SeedStream noise(1, "mp4-test");
    testing::ClipEncoder encoder(176, 144, 30, 5);
    for (int i = 0; i < 20; ++i) encoder.add(testing::draw_light_code(camera, 1 + i / 15.0, noise), i * 6000);
    return encoder.finish();
  }();
  return clip;
}

const Bytes& fragmented() {
  static const Bytes bytes = testing::mux_fragmented(coded(), 5);
  return bytes;
}

Mp4Movie parse(const Bytes& bytes) { return parse_mp4(MemorySource(bytes)); }

Kinds kinds(const Mp4Movie& movie) {
  Kinds result;
  for (const Problem& p : movie.problems) result.push_back(severity_word(p.severity) + " " + p.kind);
  return result;
}

size_t decoded(const Bytes& bytes) {
  const MemorySource source(bytes);
  const Mp4Movie movie = parse_mp4(source);
  ClipDecoder decoder(movie, source);
  DecodedPicture picture;
  size_t count = 0;
  while (decoder.next(picture)) count += picture.damaged ? 0 : 1;
  return count;
}

void expect_all_samples(const Mp4Movie& movie) {
  ASSERT_EQ(movie.samples.size(), 20u);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(movie.samples[i].dts, static_cast<int64_t>(i) * 6000);
    EXPECT_EQ(movie.samples[i].pts, movie.samples[i].dts);
    EXPECT_EQ(movie.samples[i].size, coded().pictures[i].bytes.size());
    EXPECT_EQ(movie.samples[i].sync, coded().pictures[i].sync);
    EXPECT_EQ(movie.samples[i].duration, 6000u);
  }
}

TEST(Mp4, AFragmentedFileIsParsed) {
  const Mp4Movie movie = parse(fragmented());
  EXPECT_EQ(kinds(movie), Kinds{});
  EXPECT_TRUE(movie.has_movie && movie.fragmented);
  EXPECT_EQ(movie.timescale, 90000u);
  EXPECT_EQ(movie.width, 176);
  EXPECT_EQ(movie.height, 144);
  ASSERT_EQ(movie.fragments.size(), 4u);
  EXPECT_EQ(movie.fragments[2].sequence, 3u);
  EXPECT_EQ(movie.fragments[2].decode_time, 60000);
  EXPECT_EQ(movie.fragments[2].first_sample, 10u);
  EXPECT_EQ(movie.fragments[2].offset % 512, 0u);
  expect_all_samples(movie);
  EXPECT_EQ(decoded(fragmented()), 20u);
}

TEST(Mp4, APlainFileIsParsedWithTheMoovAtEitherEnd) {
  for (bool moov_first : {true, false}) {
    const Bytes bytes = testing::mux_plain(coded(), moov_first);
    const Mp4Movie movie = parse(bytes);
    EXPECT_EQ(kinds(movie), Kinds{});
    EXPECT_FALSE(movie.fragmented);
    expect_all_samples(movie);
    EXPECT_EQ(decoded(bytes), 20u);
  }
}

TEST(Mp4, TheSpsIsRead) {
  const auto sps = sps_of_avcc(parse(fragmented()).avcc);
  ASSERT_TRUE(sps.has_value());
  EXPECT_EQ(sps->profile_idc, 66);
  EXPECT_EQ(sps->width, 176);
  EXPECT_EQ(sps->height, 144);
  EXPECT_FALSE(sps->full_range);
}

TEST(Mp4, ACutLosesNoWholePictureBeforeIt) {
  const Mp4Movie whole = parse(fragmented());
  SeedStream random(2, "cuts");
  for (int i = 0; i < 400; ++i) {
    const size_t cut = 1 + random.below(fragmented().size() - 1);
    const Mp4Movie movie = parse(Bytes(fragmented().begin(), fragmented().begin() + static_cast<ptrdiff_t>(cut)));
    size_t expected = 0;
    for (const Mp4Sample& s : whole.samples) expected += s.offset + s.size <= cut ? 1 : 0;
    ASSERT_EQ(movie.samples.size(), expected) << "cut at " << cut;
  }
}

TEST(Mp4, HalfAFileIsTruncated) {
  const Bytes half(fragmented().begin(), fragmented().begin() + static_cast<ptrdiff_t>(fragmented().size() / 2));
  const Kinds found = kinds(parse(half));
  EXPECT_NE(std::find(found.begin(), found.end(), "torn truncated"), found.end());
  const Bytes plain = testing::mux_plain(coded(), false);
  const Kinds none = kinds(parse(Bytes(plain.begin(), plain.begin() + static_cast<ptrdiff_t>(plain.size() / 2))));
  EXPECT_EQ(none, (Kinds{"torn truncated", "damage no-movie"}));
}

TEST(Mp4, ZeroTailsAreNoted) {
  Bytes bytes = fragmented();
  bytes.resize(bytes.size() + 5000, 0);
  const Mp4Movie movie = parse(bytes);
  EXPECT_EQ(kinds(movie), Kinds{"note zero-tail"});
  expect_all_samples(movie);
  EXPECT_EQ(kinds(parse(Bytes(9000, 0))), (Kinds{"note zero-tail", "torn empty"}));
  EXPECT_EQ(kinds(parse({})), Kinds{"torn empty"});
}

TEST(Mp4, PicturesAnnouncedButNeverWrittenAreTorn) {
  Bytes bytes = fragmented();
  const Mp4Movie whole = parse(bytes);
  std::fill(bytes.begin() + static_cast<ptrdiff_t>(whole.samples[17].offset), bytes.end(), 0);
  EXPECT_EQ(decoded(bytes), 17u);
  const MemorySource source(bytes);
  const Mp4Movie movie = parse_mp4(source);
  ClipDecoder decoder(movie, source);
  DecodedPicture picture;
  while (decoder.next(picture)) continue;
  EXPECT_EQ(decoder.unwritten(), 3u);
  EXPECT_EQ(decoder.problems().front().kind, "zero-sample");
}

TEST(Mp4, ADamagedMoofCostsItsOwnFragmentOnly) {
  const Mp4Movie whole = parse(fragmented());
  const auto with = [&](size_t from, size_t count, uint8_t value) {
    Bytes bytes = fragmented();
    std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(from), count, value);
    return bytes;
  };
  const size_t moof = whole.fragments[1].offset;
  for (const Bytes& bytes : {with(moof, 100, 0), with(moof, 8, 0xFF), with(moof + 4, 1, 'x'), with(moof, 1, 0x7F), with(moof + 3, 1, 9)}) {
    const Mp4Movie movie = parse(bytes);
    EXPECT_EQ(movie.samples.size(), 15u);
    EXPECT_EQ(movie.fragments.back().sequence, 4u);
    EXPECT_FALSE(movie.problems.empty());
  }
}

TEST(Mp4, AnMdatOfWrongSizeDoesNotHideTheFragmentsBehind) {
  const Mp4Movie whole = parse(fragmented());
  for (const uint32_t wrong : {0u, 100u, 0x00400000u, 0x7FFFFFFFu}) {
    Bytes bytes = fragmented();
    const size_t mdat = whole.samples[5].offset - 8;
    ASSERT_EQ(std::memcmp(&bytes[mdat + 4], "mdat", 4), 0);
    for (size_t i = 0; i < 4; ++i) bytes[mdat + i] = static_cast<uint8_t>(wrong >> (24 - 8 * i));
    const Mp4Movie movie = parse(bytes);
    EXPECT_EQ(movie.samples.size(), 20u) << wrong;
    EXPECT_FALSE(movie.problems.empty()) << wrong;
  }
}

TEST(Mp4, MissingSwappedAndStaleFragmentsAreSeen) {
  const Mp4Movie whole = parse(fragmented());
  const auto at = [&](size_t i) { return fragmented().begin() + static_cast<ptrdiff_t>(i < 4 ? whole.fragments[i].offset : fragmented().size()); };
  Bytes missing(fragmented().begin(), at(1));
  missing.insert(missing.end(), at(2), at(4));
  EXPECT_EQ(kinds(parse(missing)), (Kinds{"damage sequence-gap", "damage time-gap"}));
  EXPECT_EQ(parse(missing).samples.size(), 15u);

  Bytes stale = fragmented();
  stale.resize((stale.size() + 511) / 512 * 512, 0);
  stale.insert(stale.end(), at(1), at(2));
  const Mp4Movie movie = parse(stale);
  EXPECT_EQ(movie.samples.size(), 20u);
  const Kinds found = kinds(movie);
  EXPECT_EQ(found.back(), "torn stale-fragment");
}

TEST(Mp4, AFlippedBitInAPictureIsADecodeError) {
  Bytes bytes = testing::mux_plain(coded(), true);
  const Mp4Movie whole = parse(bytes);
  for (size_t i = 0; i < 40; ++i) bytes[whole.samples[10].offset + 20 + i] ^= 0x5A;
  const MemorySource source(bytes);
  const Mp4Movie movie = parse_mp4(source);
  ClipDecoder decoder(movie, source);
  DecodedPicture picture;
  while (decoder.next(picture)) continue;
  EXPECT_FALSE(decoder.problems().empty());
}

TEST(Mp4, IsToldFromOtherFiles) {
  EXPECT_TRUE(looks_like_mp4(MemorySource(fragmented())));
  EXPECT_FALSE(looks_like_mp4(MemorySource({})));
  EXPECT_FALSE(looks_like_mp4(MemorySource({0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1})));
  Bytes headless = fragmented();
  std::fill_n(headless.begin(), 512, 0);
  EXPECT_TRUE(looks_like_mp4(MemorySource(headless)));
}

void mutate_and_decode(const Bytes& original, uint64_t seed, int rounds) {
  SeedStream random(seed, "mp4-mutations");
  for (int round = 0; round < rounds; ++round) {
    Bytes bytes = original;
    const uint64_t hits = 1 + random.below(8);
    for (uint64_t i = 0; i < hits; ++i) {
      const size_t at = random.below(random.below(2) == 0 ? std::min<size_t>(bytes.size(), 1200) : bytes.size());
      switch (random.below(4)) {
        case 0: bytes[at] ^= static_cast<uint8_t>(1u << random.below(8)); break;
        case 1: bytes[at] = 0xFF; break;
        case 2: bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(at), bytes.begin() + static_cast<ptrdiff_t>(std::min(bytes.size(), at + random.below(64)))); break;
        default: std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(at), std::min<size_t>(bytes.size() - at, 4), static_cast<uint8_t>(random.next())); break;
      }
      if (bytes.empty()) bytes.push_back(0);
    }
    const Mp4Movie movie = parse(bytes);
    for (const Mp4Sample& s : movie.samples) ASSERT_LE(s.offset + s.size, bytes.size());
    if (round % 10 == 0) decoded(bytes);
  }
}

TEST(Mp4, NoMutationCrashes) {
  mutate_and_decode(fragmented(), 3, 3000);
  mutate_and_decode(testing::mux_plain(coded(), true), 4, 1500);
  mutate_and_decode(testing::mux_plain(coded(), false), 5, 1500);
}

TEST(H264Sps, CroppingAndColourAreRead) {
  // 350x286: 22x18 macroblocks cropped by 2 and 2; VUI with BT.709 in full range. Written by hand, bit by bit.
  class BitWriter {
   public:
    void bits(uint32_t value, int count) {
      for (int i = count - 1; i >= 0; --i) bits_.push_back((value >> i) & 1);
    }
    void ue(uint32_t value) {
      int length = 0;
      while (((value + 1) >> (length + 1)) != 0) ++length;
      bits(0, length);
      bits(value + 1, length + 1);
    }
    Bytes nal() {
      bits_.push_back(true);
      while (bits_.size() % 8 != 0) bits_.push_back(false);
      Bytes out{0x67};
      int zeros = 0;
      for (size_t i = 0; i < bits_.size(); i += 8) {
        uint8_t byte = 0;
        for (size_t b = 0; b < 8; ++b) byte = static_cast<uint8_t>(byte * 2 + (bits_[i + b] ? 1 : 0));
        if (zeros >= 2 && byte <= 3) {
          out.push_back(3);
          zeros = 0;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        out.push_back(byte);
      }
      return out;
    }

   private:
    std::vector<bool> bits_;
  };
  BitWriter w;
  w.bits(66, 8);
  w.bits(0xC0, 8);
  w.bits(30, 8);
  w.ue(0);
  w.ue(0);
  w.ue(2);
  w.ue(0);
  w.bits(0, 1);
  w.ue(21);
  w.ue(17);
  w.bits(1, 1);
  w.bits(0, 1);
  w.bits(1, 1);
  for (uint32_t side : {0u, 1u, 0u, 1u}) w.ue(side);
  w.bits(1, 1);    // vui_parameters_present_flag
  w.bits(0, 1);    // aspect ratio
  w.bits(0, 1);    // overscan
  w.bits(1, 1);    // video_signal_type_present_flag
  w.bits(5, 3);
  w.bits(1, 1);    // full range
  w.bits(1, 1);
  for (int i = 0; i < 3; ++i) w.bits(1, 8);
  const Bytes nal = w.nal();
  const auto sps = parse_h264_sps(nal.data(), nal.size());
  ASSERT_TRUE(sps.has_value());
  EXPECT_EQ(sps->width, 350);
  EXPECT_EQ(sps->height, 286);
  EXPECT_EQ(sps->level_idc, 30);
  EXPECT_TRUE(sps->full_range);
  EXPECT_EQ(sps->colour_primaries, 1);
  EXPECT_EQ(sps->transfer_characteristics, 1);
  EXPECT_EQ(sps->matrix_coefficients, 1);
  for (size_t size = 0; size < 13; ++size) EXPECT_FALSE(parse_h264_sps(nal.data(), size).has_value()) << size;
}

}  // namespace
}  // namespace saksi::judge
