// P pictures, slices, rate control and abort, by the same proof: two decoders, the limits of the profile, and the twin to the clock cycle.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>

#include "regs/h264_regs.hpp"
#include "rtl/h264/tb/content.h"
#include "rtl/h264/tb/proof.h"

namespace saksi::tb {
namespace {

namespace reg = regs::h264;

constexpr int kPictures = 6;

Job p_with_qp(int qp) {
  Job job;
  job.qp = qp;
  job.inter = true;
  return job;
}

class H264Inter : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Content, H264Inter, ::testing::ValuesIn(kContents), [](const auto& kind) { return std::string(kind.param); });

TEST_P(H264Inter, SizesAndQps) {
  const int sizes[][2] = {{64, 64}, {118, 74}, {176, 144}, {350, 286}};
  for (const auto& size : sizes) {
    std::vector<Picture> pictures;
    for (int n = 0; n < kPictures; n++) pictures.push_back(content(GetParam(), n, size[0], size[1]));
    for (const int qp : {10, 18, 27, 36, 44, 51}) {
      Proof proof(size[0], size[1]);
      for (int n = 0; n < kPictures; n++) proof.check_next(pictures[n], p_with_qp(qp), kPictures);
      if (HasFailure()) FAIL() << size[0] << " x " << size[1] << ", QP " << qp;
    }
  }
}

TEST(H264Skip, StaticPictureIsAlmostNothing) {
  Proof proof(352, 288);
  proof.check_next(texture(0, 0, 352, 288), p_with_qp(30), 10);
  for (int n = 0; n < 3; n++) {
    const Coded coded = proof.check_next(texture(0, 0, 352, 288), p_with_qp(30), 10);
    EXPECT_GT(coded.skip_mbs, 300u);
    EXPECT_LT(coded.bs_bytes, 600u);
  }
}

TEST(H264Partitions, AllAreUsed) {
  // Four pictures within a picture move apart, their borders off the macroblocks' grid.
  Proof proof(176, 144);
  std::array<int, 4> seen{};
  for (int n = 0; n < 6; n++) {
    Picture picture(176, 144);
    for (int y = 0; y < 144; y++) {
      for (int x = 0; x < 176; x++) {
        const int part = (x >= 88) + 2 * (y >= 72) + (x / 24 + y / 24) % 3;
        picture.luma()[y * 176 + x] = static_cast<uint8_t>(128 + 60 * std::sin((x + part * 2 * n) / 5.0) + 50 * std::cos((y - part * n) / 4.0));
      }
    }
    proof.check_next(picture, p_with_qp(26), 10);
    for (const MacroblockBits& mb : proof.slice().macroblocks) {
      if (mb.inter && !mb.skipped) seen[static_cast<size_t>(mb.mb_type)]++;
    }
  }
  for (const int count : seen) EXPECT_GT(count, 0);
}

TEST(H264Slices, EveryNumberOfLines) {
  for (int rows = 0; rows <= 6; rows++) {
    Proof proof(96, 96);
    Job job = p_with_qp(28);
    job.slice_rows = rows;
    for (int n = 0; n < 3; n++) {
      const Coded coded = proof.check_next(texture(3 * n, n, 96, 96), job, 10);
      EXPECT_EQ(coded.nal_sizes.size(), rows == 0 ? 1u : static_cast<size_t>((6 + rows - 1) / rows));
    }
  }
}

TEST(H264Deblock, CanBeLeftOut) {
  Job job = p_with_qp(38);
  job.deblock = false;
  Proof proof(176, 144);
  for (int n = 0; n < 3; n++) proof.check_next(texture(3 * n, n, 176, 144), job, 10);
}

TEST(H264Rate, FollowsThePlanAndKeepsTheBound) {
  constexpr int kWidth = 352, kHeight = 288, kLines = 18;
  for (const uint32_t plan : {3000u, 6000u, 12000u}) {
    Proof proof(kWidth, kHeight);
    Job job = p_with_qp(34);
    job.rate_control = true;
    job.qp_min = 10;
    job.row_bytes = plan / kLines;
    job.max_bytes = 2 * plan;
    for (int n = 0; n < 4; n++) {
      const Coded coded = proof.check_next(content(n == 2 ? "noise" : "pan", n, kWidth, kHeight), job, 10);
      EXPECT_LE(coded.bs_bytes, job.max_bytes) << "picture " << n;
    }
  }
}

// What the smallest bound allows: next to nothing for each macroblock, noise or not.
TEST(H264Rate, TightestBound) {
  SeedStream random(8, "bound");
  for (const int qp : {10, 30}) {
    Proof proof(128, 96);
    Job job = p_with_qp(qp);
    job.max_bytes = 1280 + 6 * 48;
    for (int n = 0; n < 4; n++) {
      const Coded coded = proof.check_next(n < 2 ? noise(random, 128, 96) : texture(0, 0, 128, 96), job, 3);
      EXPECT_LE(coded.bs_bytes, job.max_bytes);
    }
  }
}

// Next to nothing a line, and more than a picture can take.
TEST(H264Rate, PlansBeyondReason) {
  for (const uint32_t plan : {0u, 1u, 0xFFFFFFu}) {
    Proof proof(96, 96);
    Job job = p_with_qp(27);
    job.rate_control = true;
    job.qp_min = 20;
    job.row_bytes = plan;
    for (int n = 0; n < 3; n++) proof.check_next(texture(3 * n, n, 96, 96), job, 10);
  }
}

// Vectors of half samples lead the bound's last resort to a P_Skip that is not tried: the macroblock is then intra, without levels.
TEST(H264Rate, LastResortNextToVectorsBetweenSamples) {
  uint32_t intra_mbs = 0;
  for (uint32_t more = 50; more <= 400; more += 50) {
    Proof proof(128, 96);
    Job job = p_with_qp(20);
    for (int n = 0; n < 3; n++) {
      Picture picture(128, 96);
      for (int i = 0; i < 128 * 96; i++) {
        picture.luma()[i] = static_cast<uint8_t>(128 + 60 * std::sin((i % 128 + 0.5 * n) / 5.0) + 50 * std::cos((i / 128 + 0.5 * n) / 4.0));
      }
      job.max_bytes = n == 2 ? 1280 + 6 * 48 + more : 0;
      const Coded coded = proof.check_next(picture, job, 10);
      if (n == 2) intra_mbs += coded.intra_mbs;
    }
  }
  EXPECT_GT(intra_mbs, 0u);
}

// Abort.

TEST(H264Abort, AnyTimeAndTheNextPictureIsRight) {
  const Picture picture = texture(0, 0, 96, 96);
  H264Bench whole;
  Job job;
  job.qp = 20;
  const Coded good = whole.encode(picture, job);
  for (int cycles = 1; cycles < static_cast<int>(good.cycles); cycles += 397) {
    H264Bench bench;
    bench.start(picture, job);
    bench.clock(cycles);
    bench.write(reg::kCtrl, reg::kCtrlAbort.put(1));
    const Coded cut = bench.finish();
    EXPECT_EQ(cut.irq_status, reg::kIrqStatusError.mask());
    EXPECT_EQ(cut.status, reg::kStatusAborted.mask());
    EXPECT_LT(cut.cycles, static_cast<uint32_t>(cycles) + 4000);
    const Coded again = bench.encode(picture, job);
    EXPECT_EQ(again.status, 0u);
    EXPECT_EQ(again.nal, good.nal);
    EXPECT_EQ(again.cycles, good.cycles);
    EXPECT_TRUE(again.reconstructed == good.reconstructed);
  }
}

TEST(H264Abort, MeansNothingBetweenPictures) {
  const Picture picture = texture(0, 0, 96, 96);
  H264Bench bench;
  bench.write(reg::kCtrl, reg::kCtrlAbort.put(1));
  EXPECT_EQ(bench.read(reg::kStatus), 0u);
  EXPECT_EQ(bench.encode(picture, Job{}).status, 0u);
}

}  // namespace
}  // namespace saksi::tb
