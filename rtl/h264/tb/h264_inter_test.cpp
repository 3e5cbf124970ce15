// P pictures, slices, rate control and abort, by the same proof: two decoders, the limits of the profile, and the twin to the clock cycle.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>

#include "regs/h264_regs.hpp"
#include "rtl/h264/tb/proof.h"
#include "tests/support/effort.h"

namespace saksi::tb {
namespace {

namespace reg = regs::h264;

constexpr int kPictures = 6;
constexpr const char* kKinds[] = {"static", "pan", "noise", "flash", "cut", "text", "dark", "clip"};

/// Dark pictures keep this much of their light, in 1/256.
constexpr int kDarkness = 24;

uint8_t clip_pixel(int value) { return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value); }

Picture brighter(Picture picture, int by) {
  for (int i = 0; i < picture.width * picture.height; i++) picture.luma()[i] = clip_pixel(picture.luma()[i] + by);
  return picture;
}

/// Lines of small glyph-like patterns, black on white, that scroll upwards.
Picture text(int n, int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const int line = (y + 3 * n) / 12;
      const uint32_t glyph = (x / 7 * 2654435761u + static_cast<uint32_t>(line) * 40503u) * 2246822519u;
      const bool ink = (y + 3 * n) % 12 < 9 && x % 7 < 5 && (glyph >> (x % 7 + 5 * ((y + 3 * n) % 12 / 2)) & 1);
      picture.luma()[y * width + x] = ink ? 20 : 235;
    }
  }
  return picture;
}

Picture dark(Picture picture) {
  for (uint8_t& pixel : picture.pixels) pixel = static_cast<uint8_t>(16 + pixel * kDarkness / 256);
  return picture;
}

/// The n-th picture of a kind of content.
Picture content(const std::string& kind, int n, int width, int height) {
  if (kind == "static") return texture(0, 0, width, height);
  if (kind == "pan") return texture(3 * n, 2 * n, width, height);
  if (kind == "flash") return brighter(texture(n, 0, width, height), n % 3 == 1 ? 90 : 0);
  if (kind == "cut") return texture(n < 3 ? n : 5000 + n, 0, width, height);
  if (kind == "text") return text(n, width, height);
  if (kind == "noise") {
    SeedStream random(static_cast<uint64_t>(n) + 1, "inter-noise");
    return noise(random, width, height);
  }
  Clip clip(Clip::default_path(), width, height);
  Picture picture;
  for (int i = 0; i <= 2 * n; i++) {
    if (!clip.next(picture)) throw std::runtime_error("the clip is too short");
  }
  return kind == "dark" ? dark(picture) : picture;
}

Job p_with_qp(int qp) {
  Job job;
  job.qp = qp;
  job.inter = true;
  return job;
}

class H264Inter : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Content, H264Inter, ::testing::ValuesIn(kKinds), [](const auto& kind) { return std::string(kind.param); });

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
        picture.luma()[y * 176 + x] =
            clip_pixel(static_cast<int>(128 + 60 * std::sin((x + part * 2 * n) / 5.0) + 50 * std::cos((y - part * n) / 4.0)));
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

/// Random numbers, both bounds included.
class Draw {
 public:
  explicit Draw(const std::string& name) : random_(9, name) {}
  int operator()(int low, int high) { return low + static_cast<int>(random_.below(static_cast<uint64_t>(high - low + 1))); }

 private:
  SeedStream random_;
};

/// Any registers that a picture of at least some 4000 bytes can be coded with.
Job any_job(Draw& in, int qp_min) {
  Job job = p_with_qp(in(qp_min, 51));
  job.inter = in(0, 4) != 0;
  job.deblock = in(0, 3) != 0;
  job.slice_rows = in(0, 2) == 0 ? in(1, 5) : 0;
  job.rate_control = in(0, 2) == 0;
  job.qp_min = in(0, 30);
  job.qp_max = in(job.qp_min, 51);
  job.row_bytes = static_cast<uint32_t>(in(10, 600));
  job.max_bytes = in(0, 3) == 0 ? static_cast<uint32_t>(in(4000, 20000)) : 0;
  return job;
}

TEST(H264Random, Registers) {
  Draw in("registers");
  for (uint64_t stream = 0; stream < 25 * test::effort(); stream++) {
    const int width = in(49, 200), height = in(49, 120);
    Proof proof(width / 2 * 2, height / 2 * 2);
    if (in(0, 3) == 0) proof.bench().set_stride(coded_size(width) + 16 * in(0, 20));
    if (in(0, 4) == 0) proof.set_back_pressure(stream);
    const int kind = in(0, 7);
    const int idr_period = in(1, 4);
    for (int n = 0; n < 4; n++) {
      const Job job = any_job(in, 0);
      proof.check_next(content(kKinds[kind], n, width / 2 * 2, height / 2 * 2), job, idr_period);
    }
    if (HasFailure()) FAIL() << "stream " << stream;
  }
}

// Every kind of content at any size up to the largest, which comes first.
TEST(H264Random, SizesUpToTheLargest) {
  Draw in("sizes");
  for (uint64_t stream = 0; stream < 4 * test::effort(); stream++) {
    const int width = stream == 0 ? 1920 : 2 * in(25, 960), height = stream == 0 ? 1088 : 2 * in(25, 544);
    const char* const kind = kKinds[in(0, 7)];
    Job job = any_job(in, 10);
    job.inter = true;
    job.max_bytes = 0;
    Proof proof(width, height);
    for (int n = 0; n < 2; n++) proof.check_next(content(kind, n, width, height), job, 2);
    if (HasFailure()) FAIL() << "stream " << stream << ": " << width << " x " << height << ", " << kind;
  }
}

// A picture is started, and at some cycle aborted, met by a bus error or reset; the bus is held back. The stream after it is as if nothing had been.
TEST(H264Random, TroubleAtAnyCycle) {
  Draw in("trouble");
  for (uint64_t stream = 0; stream < 40 * test::effort(); stream++) {
    const int width = 16 * in(4, 9), height = 16 * in(4, 7);
    const char* const kind = kKinds[in(0, 5)];
    Proof proof(width, height);
    H264Bench& bench = proof.bench();
    if (in(0, 1) == 0) proof.set_back_pressure(stream);
    Job spoilt = any_job(in, 0);
    for (int n = 0; n < 3; n++) {
      spoilt.idr = n == 0;
      const int trouble = in(0, 2);
      if (trouble == 1) {
        const uint32_t places[] = {H264Bench::kSource, bench.reconstructed(), bench.next_reconstructed(), H264Bench::kBitstream};
        const uint32_t address = places[in(0, 3)] + static_cast<uint32_t>(in(0, width * height / 8));
        bench.set_error_range(address, address + static_cast<uint32_t>(in(0, 5000)));
      }
      bench.start(content(kind, n, width, height), spoilt);
      bench.clock(in(0, 128 * width * height / 256));
      if (trouble == 0) bench.write(reg::kCtrl, reg::kCtrlAbort.put(1));
      if (trouble == 2)
        bench.reset();
      else
        bench.finish();
      bench.set_error_range(1, 0);
    }
    const Job job = any_job(in, 0);
    for (int n = 0; n < 2; n++) proof.check_next(content(kind, n, width, height), job, 2);
    if (HasFailure()) FAIL() << "stream " << stream;
  }
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
