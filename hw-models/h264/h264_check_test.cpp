// Goal: the check finds no difference where there is none, and where there is one it names the right macroblock, stage and syntax element.
// Method: a few pictures through both; then the same results with one thing changed at a time.
#include "hw-models/h264/h264_check.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/seed_stream.h"
#include "base/temp_folder.h"
#include "hw-models/waves/vcd_for_test.h"

namespace saksi::hw {
namespace {

constexpr int kWidth = 96, kHeight = 80;
constexpr size_t kLuma = kWidth * kHeight;

PictureInput picture(int n) {
  PictureInput input;
  input.number = static_cast<uint64_t>(n);
  h264::PictureConfig& c = input.config;
  c.width_mbs = kWidth / 16;
  c.height_mbs = kHeight / 16;
  c.src_stride = c.rec_stride = kWidth;
  c.src_y = 0x1000;
  c.src_c = 0x20000;
  c.rec_y = 0x40000;
  c.rec_c = 0x60000;
  c.ref_y = 0x80000;
  c.ref_c = 0xA0000;
  c.bs_addr = 0xC0000;
  c.bs_size = 0x10000;
  c.qp = 30;
  c.inter = n > 0;
  c.idr = n == 0;
  c.deblock = true;
  SeedStream random(7, "check");
  const auto texture = [&](size_t i, int shift) {
    const int x = static_cast<int>(i % kWidth) + shift, y = static_cast<int>(i / kWidth);
    return static_cast<uint8_t>(100 + 50 * ((x / 9 + y / 7) % 2) + x * y % 13 + static_cast<int>(random.below(6)));
  };
  for (size_t i = 0; i < kLuma; ++i) input.source_luma.push_back(texture(i, 3));
  input.source_chroma.assign(kLuma / 2, 120);
  for (size_t i = 0; i < kLuma; ++i) input.reference_luma.push_back(texture(i, 0));
  input.reference_chroma.assign(kLuma / 2, 121);
  return input;
}

TEST(H264Check, EqualPicturesAreEqual) {
  H264Check check(h264::BusTiming{});
  for (int n = 0; n < 3; ++n) EXPECT_EQ(check.compare(picture(n)).words, "");
}

/// What both make of a picture, to be spoiled.
struct Both {
  Both() : input(picture(1)), circuit(h264::BusTiming{}), twin(h264::BusTiming{}) {
    twin.trace_to(&twin_mbs);
    for (int i = 0; i < 2; ++i) {
      luma[i].resize(kLuma);
      chroma[i].resize(kLuma / 2);
      const h264::PicturePlanes planes{input.source_luma.data(), input.source_chroma.data(),  luma[i].data(),
                                       chroma[i].data(),         input.reference_luma.data(), input.reference_chroma.data()};
      if (i == 0) twin.code(input.config, planes);
      if (i == 1) circuit.code(input.config, planes);
    }
    circuit_mbs = circuit.macroblocks();
    circuit_bytes = circuit.bytes();
    circuit_counters = circuit.counters();
  }
  std::string difference() const {
    return first_difference(input.number, input.config,
                            {&twin_mbs, &circuit_mbs, &twin.bytes(), &circuit_bytes, twin.counters(), circuit_counters, &luma[0], &luma[1],
                             &chroma[0], &chroma[1]})
        .words;
  }
  PictureInput input;
  H264Circuit circuit;
  h264::PictureCoder twin;
  std::vector<uint8_t> luma[2], chroma[2];
  std::vector<h264::PictureCoder::MbTrace> twin_mbs;
  std::vector<H264Circuit::Macroblock> circuit_mbs;
  std::vector<uint8_t> circuit_bytes;
  h264::PictureCounters circuit_counters;
};

TEST(H264Check, NamesWhatDiffersFirst) {
  using Spoil = std::function<void(Both&)>;
  const std::pair<Spoil, std::vector<std::string>> cases[] = {
      {[](Both&) {}, {""}},
      {[](Both& b) { b.circuit_mbs[8].info.kind = h264::MbKind::kIntra16; }, {"picture 1", "(2, 1)", "mode decision", "mb_type", "circuit I_16x16"}},
      {[](Both& b) { b.circuit_mbs[9].deblock.mv[2].x += 1; }, {"(3, 1)", "motion search", "motion vectors"}},
      {[](Both& b) { b.circuit_mbs[7].qp = 31; }, {"(1, 1)", "rate control", "QP of the line", "circuit 31, twin 30"}},
      {[](Both& b) { b.circuit_mbs[4].done_cycle += 2; }, {"(4, 0)", "front end", "clock cycle"}},
      {[](Both& b) { b.circuit_mbs.pop_back(); }, {"sequencer", "macroblocks coded"}},
      {[](Both& b) { b.circuit_bytes.at(9) ^= 4; }, {"entropy coding", "byte 9"}},
      {[](Both& b) { b.luma[1][17 * kWidth + 40] ^= 1; }, {"(2, 1)", "deblocking", "column 40, row 17"}},
      {[](Both& b) { b.circuit_counters.cycles += 1; }, {"sequencer", "clock cycles"}},
  };
  for (const auto& [spoil, words] : cases) {
    Both both;
    spoil(both);
    const std::string difference = both.difference();
    EXPECT_EQ(difference.empty(), words[0].empty()) << difference;
    for (const std::string& word : words) EXPECT_NE(difference.find(word), std::string::npos) << word << " is not in: " << difference;
  }
}

TEST(H264Check, LeavesWavesOfWhereTheyDiffer) {
  const TempFolder folder;
  h264::BusTiming slow;
  slow.read_latency_cycles += 40;
  H264Check check(h264::BusTiming{}, slow);
  ASSERT_EQ(check.compare(picture(0)).words.find("picture 0, macroblock (0, 0)"), 0u);
  const H264Difference difference = check.compare(picture(1));
  ASSERT_NE(difference.words.find("clock cycle"), std::string::npos) << difference.words;
  const std::string path = folder.file("check.fst");
  ASSERT_TRUE(check.record(picture(1), difference.cycle, path));
  const Vcd waves(path);
  ASSERT_TRUE(waves.readable);
  ASSERT_FALSE(waves.times.empty());
  EXPECT_LE(waves.times.front(), difference.cycle * H264Circuit::kShownCyclePs);
  EXPECT_GE(waves.times.back(), (difference.cycle + 100) * H264Circuit::kShownCyclePs);
  const uint64_t edge_ps = difference.cycle * H264Circuit::kShownCyclePs - H264Circuit::kShownCyclePs / 2;
  const std::string& done = waves.changes.at("h264.front_done");
  EXPECT_EQ(done.substr(done.find('\n') + 1).find(std::to_string(edge_ps) + " 1\n"), 0u)
      << "what differed is the cycle at which the front end was done, which the rising edge before brings:\n"
      << done;
}

TEST(H264Check, SaysWhereNoWavesCanBeWritten) {
  H264Check check(h264::BusTiming{});
  EXPECT_FALSE(check.record(picture(0), 100, "/no/such/folder/check.fst"));
}

}  // namespace
}  // namespace saksi::hw
