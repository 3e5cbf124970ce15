// The twin of the entropy stage on a picture small enough to be coded by hand. The Verilated stage is held against the twin, and both against a
// reader and a decoder, in rtl/h264/tb/stages/entropy_test.cpp.

#include "hw-models/h264/model/entropy.h"

#include <gtest/gtest.h>

#include <string>

namespace saksi::hw::h264 {
namespace {

PictureConfig p_picture() {
  PictureConfig config;
  config.width_mbs = 4;
  config.height_mbs = 4;
  config.bs_size = 4096;
  config.inter = true;
  config.frame_num = 3;
  return config;
}

Place place_of(const PictureConfig& config, int address) {
  Place place;
  place.x = address % config.width_mbs;
  place.y = address / config.width_mbs;
  place.has_left = place.x != 0;
  place.has_top = place.y != 0;
  place.slice_first = address == 0;
  place.slice_last = address == config.width_mbs * config.height_mbs - 1;
  place.picture_last = place.slice_last;
  return place;
}

std::string bits_of(const std::vector<uint8_t>& bytes) {
  std::string bits;
  for (const uint8_t byte : bytes) {
    for (int i = 7; i >= 0; i--) bits += byte >> i & 1 ? '1' : '0';
  }
  return bits;
}

const std::string kSliceHeader =
    "01000001"  // nal_ref_idc 2, nal_unit_type 1
    "1"         // first_mb_in_slice 0
    "00110"     // slice_type 5
    "1"         // pic_parameter_set_id 0
    "0011"      // frame_num
    "00"        // num_ref_idx_active_override_flag, ref_pic_list_modification_flag_l0
    "0"         // adaptive_ref_pic_marking_mode_flag
    "1"         // slice_qp_delta 0
    "010";      // disable_deblocking_filter_idc 1

TEST(EntropyCoder, CodesByHandWhatTheStandardSays) {
  const PictureConfig config = p_picture();
  EntropyCoder coder;
  coder.start_picture(config);
  MbInfo info;
  info.kind = MbKind::kInter;
  info.cbp_luma = 1;
  MbLevels levels{};
  levels.levels[0] = {0, 3, 0, 1, -1, -1, 0, 1};
  levels.nonzero[0] = 0b10111010;
  // Start to done 3, slice header 2, macroblock header 2; the first block's four parts 2, the others 1 each.
  EXPECT_EQ(coder.code(info, levels, nullptr, place_of(config, 0), 26), 12);
  for (int i = 1; i < 15; i++) EXPECT_EQ(coder.code(MbInfo(), levels, nullptr, place_of(config, i), 26), 3);
  EXPECT_EQ(coder.code(MbInfo(), levels, nullptr, place_of(config, 15), 26), 7);

  std::string expected = kSliceHeader +
                         "1"           // mb_skip_run 0
                         "1"           // P_L0_16x16
                         "11"          // mvd_l0 0, 0
                         "011"         // coded_block_pattern 1
                         "1"           // mb_qp_delta 0
                         "0000100"     // coeff_token: 5 levels, 3 of them trailing ones
                         "011"         // their signs: 1, -1, -1
                         "1"           // level 1
                         "0010"        // level 3
                         "111"         // total_zeros 3
                         "101101"      // run_before 1, 0, 0, 1
                         "111111111"   // empty blocks: 1111 twice with nC 5, 1 with nC 0
                         "000010000";  // mb_skip_run 15
  expected += '1';
  while (expected.size() % 8 != 0) expected += '0';
  EXPECT_EQ(bits_of(coder.bytes()), expected);
  ASSERT_EQ(coder.nal_sizes().size(), 1u);
  EXPECT_EQ(coder.nal_sizes()[0], expected.size() / 8);
}

TEST(EntropyCoder, CountsTheBitsOfAMacroblock) {
  const PictureConfig config = p_picture();
  EntropyCoder coder;
  coder.start_picture(config);
  MbInfo info;
  info.kind = MbKind::kInter;
  info.cbp_luma = 1;
  MbLevels levels{};
  bool pcm = true;
  levels.levels[0][0] = 2063;  // level_prefix 15 reaches to 16 + 2047
  levels.nonzero[0] = 1;
  EXPECT_EQ(coder.count(info, levels, place_of(config, 0), pcm), 2 + 2 + 2 + 3);
  EXPECT_FALSE(pcm);
  levels.levels[0][0] = 2065;
  coder.count(info, levels, place_of(config, 0), pcm);
  EXPECT_TRUE(pcm);
  EXPECT_TRUE(coder.bytes().empty());
}

TEST(EntropyCoder, PreventsStartCodesAndDrainsWords) {
  PictureConfig config = p_picture();
  config.inter = false;
  EntropyCoder coder;
  coder.start_picture(config);
  MbInfo info;
  info.kind = MbKind::kPcm;
  const MbLevels levels{};
  const std::array<uint8_t, 384> black{};
  EXPECT_EQ(coder.code(info, levels, black.data(), place_of(config, 0), 26), 3 + 2 + 51);
  // Every second zero byte needs a 3 behind it, give or take what the header leaves.
  EXPECT_NEAR(static_cast<double>(coder.bytes().size()), 384 * 1.5, 12);
  const uint32_t words = static_cast<uint32_t>(coder.bytes().size()) / 16;
  EXPECT_EQ(coder.words(), words);
  EXPECT_EQ(coder.drain(false), words / 4 * 4);
  EXPECT_EQ(coder.words(), words % 4);
  EXPECT_EQ(coder.drain(true), words % 4 + (coder.bytes().size() % 16 != 0 ? 1 : 0));
  EXPECT_EQ(coder.words(), 0u);
}

}  // namespace
}  // namespace saksi::hw::h264
