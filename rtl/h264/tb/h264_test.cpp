// Proves the encoder by two decoders that know nothing of it: the reconstructed picture that it writes to memory must be, byte for byte, what
// FFmpeg and OpenH264 decode from its bitstream. Then its behaviour on the bus, at the registers and in trouble.

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <set>
#include <tuple>

#include "base/temp_folder.h"
#include "regs/h264_regs.hpp"
#include "rtl/h264/tb/proof.h"

namespace saksi::tb {
namespace {

namespace reg = regs::h264;

constexpr int kCifWidth = 352;
constexpr int kCifHeight = 288;
constexpr int kProofPictures = 60;
constexpr int kIdrPeriod = 15;

Job with_qp(int qp) {
  Job job;
  job.qp = qp;
  return job;
}

/// For pictures that refer to the one before.
Job p_with_qp(int qp) {
  Job job = with_qp(qp);
  job.inter = true;
  return job;
}

/// Noise around mid-grey: how hard a picture is to code, as a number.
Picture grain(SeedStream& random, int width, int height, int amplitude) {
  Picture out(width, height);
  for (uint8_t& pixel : out.pixels) pixel = static_cast<uint8_t>(128 - amplitude / 2 + random.below(amplitude + 1));
  return out;
}

// Sixty pictures of three kinds at four quantisers.

class H264Proof : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Qp, H264Proof, ::testing::Values(12, 22, 36, 51));

TEST_P(H264Proof, Clip) {
  Proof proof(kCifWidth, kCifHeight);
  Clip clip(Clip::default_path(), kCifWidth, kCifHeight);
  Picture picture;
  for (int i = 0; i < kProofPictures && !HasFailure(); i++) {
    ASSERT_TRUE(clip.next(picture));
    const Coded coded = proof.check_next(picture, p_with_qp(GetParam()), kIdrPeriod);
    EXPECT_GT(luma_psnr(picture, coded.reconstructed), 55 - 0.7 * GetParam());
  }
}

TEST_P(H264Proof, Noise) {
  Proof proof(kCifWidth, kCifHeight);
  SeedStream random(1, "noise");
  for (int i = 0; i < kProofPictures && !HasFailure(); i++) proof.check_next(noise(random, kCifWidth, kCifHeight), p_with_qp(GetParam()), kIdrPeriod);
}

TEST_P(H264Proof, OddPan) {
  Proof proof(350, 286);
  for (int i = 0; i < kProofPictures && !HasFailure(); i++) proof.check_next(texture(3 * i, 2 * i, 350, 286), p_with_qp(GetParam()), kIdrPeriod);
}

// Sizes.

TEST(H264Size, Smallest) {
  Proof proof(64, 64);
  proof.check(texture(0, 0, 64, 64), with_qp(27));
}

TEST(H264Size, WidthsAroundGroupsOfMacroblocks) {
  for (int width = 64; width <= 144; width += 16) {
    Proof proof(width, 80);
    proof.check(texture(width, 0, width, 80), with_qp(27));
  }
}

TEST(H264Size, Device) {
  Proof proof(640, 360);
  Clip clip(Clip::default_path(), 640, 360);
  Picture picture;
  for (int i = 0; i < 3; i++) {
    ASSERT_TRUE(clip.next(picture));
    proof.check_next(picture, p_with_qp(27), 2);
  }
}

TEST(H264Size, Largest) {
  Proof proof(1920, 1080);
  Clip clip(Clip::default_path(), 1920, 1080);
  Picture picture;
  ASSERT_TRUE(clip.next(picture));
  proof.check(picture, with_qp(27));
}

// The most macroblocks, slices and bytes.
TEST(H264Size, LargestOfPcmAlone) {
  SeedStream random(13, "largest");
  Proof proof(1920, 1088);
  Job job = with_qp(0);
  job.slice_rows = 1;
  const Coded coded = proof.check(noise(random, 1920, 1088), job);
  EXPECT_EQ(coded.pcm_mbs, 120u * 68);
  EXPECT_EQ(coded.nal_sizes.size(), 68u);
}

TEST(H264Size, Tallest) {
  Proof proof(64, 1088);
  proof.check(texture(0, 0, 64, 1088), with_qp(27));
}

TEST(H264Size, StrideBeyondWidth) {
  Proof proof(96, 80);
  const Coded plain = proof.check(texture(0, 0, 96, 80), with_qp(30));
  proof.bench().set_stride(4096);
  const Coded wide = proof.check(texture(0, 0, 96, 80), with_qp(30));
  EXPECT_EQ(plain.nal, wide.nal);
}

// Content.

TEST(H264Content, EveryQp) {
  SeedStream random(2, "every-qp");
  Proof proof(96, 96);
  for (int qp = 0; qp <= 51; qp++) {
    proof.check(texture(5 * qp, 3 * qp, 96, 96), with_qp(qp));
    proof.check(grain(random, 96, 96, 64), with_qp(qp));
    if (HasFailure()) FAIL() << "at QP " << qp;
  }
}

TEST(H264Content, Extremes) {
  SeedStream random(3, "extremes");
  Proof proof(96, 96);
  for (const int qp : {0, 1, 10, 28, 40, 51}) {
    proof.check(checkerboard(96, 96), with_qp(qp));
    proof.check(Picture(96, 96, 0), with_qp(qp));
    proof.check(Picture(96, 96, 255), with_qp(qp));
    // Black and white blocks of 1, 2, 4 and 16 pixels at random: the largest residuals at every frequency.
    for (const int size : {1, 2, 4, 16}) {
      Picture blocks = noise(random, 96, 96);
      for (int y = 0; y < 144; y++) {
        for (int x = 0; x < 96; x++) blocks.pixels[y * 96 + x] = blocks.pixels[y / size * size * 96 + x / size * size] & 128 ? 255 : 0;
      }
      proof.check(blocks, with_qp(qp));
    }
  }
}

TEST(H264Content, FlatPictureIsAlmostNothing) {
  Proof proof(kCifWidth, kCifHeight);
  const Coded coded = proof.check(Picture(kCifWidth, kCifHeight, 128), with_qp(27));
  EXPECT_LT(coded.bs_bytes, 4u * 396 / 8 * 2);
  EXPECT_EQ(luma_psnr(Picture(kCifWidth, kCifHeight, 128), coded.reconstructed), 99);
}

TEST(H264Content, EveryPredictionModeIsUsed) {
  Proof proof(kCifWidth, kCifHeight);
  Clip clip(Clip::default_path(), kCifWidth, kCifHeight);
  Picture picture;
  ASSERT_TRUE(clip.next(picture));
  std::set<int> luma;
  std::set<int> chroma;
  std::set<int> rem;
  for (const int qp : {27, 44}) {
    proof.check(picture, with_qp(qp));
    for (const MacroblockBits& mb : proof.slice().macroblocks) {
      if (mb.mb_type == 0)
        rem.insert(mb.i4_rem.begin(), mb.i4_rem.end());
      else
        luma.insert((mb.mb_type - 1) % 4);
      chroma.insert(mb.chroma_mode);
    }
  }
  EXPECT_EQ(luma.size(), 4u);
  EXPECT_EQ(chroma.size(), 4u);
  EXPECT_EQ(rem.size(), 9u);  // predicted, and eight others
}

TEST(H264Content, ModeDecisionPaysOff) {
  // Vertical and horizontal stripes and a slope are each predicted almost for nothing by one mode, and only by that.
  const std::function<int(int, int)> contents[] = {[](int x, int) { return x / 8 % 2 ? 200 : 40; }, [](int, int y) { return y / 8 % 2 ? 200 : 40; },
                                                   [](int x, int y) { return x + y; }};
  for (const auto& content : contents) {
    Picture picture(96, 96);
    for (int i = 0; i < 96 * 96; i++) picture.luma()[i] = static_cast<uint8_t>(content(i % 96, i / 96));
    Proof proof(96, 96);
    proof.check(picture, with_qp(24));
    int inner_bits = 0;
    for (int i = 0; i < 36; i++) {
      if (i / 6 > 0 && i % 6 > 0) inner_bits += proof.slice().macroblocks[i].bits;
    }
    EXPECT_LT(inner_bits, 25 * 24);
  }
}

// I_PCM, the limit of 3200 bits a macroblock, level_prefix. Proof::check looks at every macroblock.

TEST(H264Pcm, FullScaleNoiseAtQpZeroIsAllPcm) {
  SeedStream random(4, "pcm");
  Proof proof(128, 128);
  const Picture picture = noise(random, 128, 128);
  const Coded coded = proof.check(picture, with_qp(0));
  EXPECT_EQ(coded.pcm_mbs, 64u);
  EXPECT_TRUE(coded.reconstructed == picture);
}

TEST(H264Pcm, BothSidesOfTheLimit) {
  // More and more grain at a low QP walks macroblock after macroblock across the limit.
  SeedStream random(5, "limit");
  Proof proof(128, 128);
  int bits_max = 0;
  int mixed = 0;
  for (const int qp : {0, 4, 8, 12}) {
    for (int amplitude = 8; amplitude <= 200; amplitude += 8) {
      const Coded coded = proof.check(grain(random, 128, 128, amplitude), with_qp(qp));
      mixed += coded.pcm_mbs > 0 && coded.pcm_mbs < 64;
      for (const MacroblockBits& mb : proof.slice().macroblocks) bits_max = std::max(bits_max, mb.mb_type == 25 ? 0 : mb.bits);
    }
    if (HasFailure()) FAIL() << "at QP " << qp;
  }
  EXPECT_GT(mixed, 4);
  EXPECT_GT(bits_max, 3150);
}

TEST(H264Pcm, LongestLevelPrefix) {
  // Black and white blocks at random: few levels, far below 3200 bits, but as large as level_prefix 15 can say. Beyond that a macroblock would
  // become I_PCM (h264_entropy's own test).
  SeedStream random(7, "prefix");
  Proof proof(64, 64);
  Picture picture = noise(random, 64, 64);
  for (int i = 0; i < 64 * 64; i++) picture.luma()[i] = picture.luma()[i / 64 / 8 * 8 * 64 + i % 64 / 8 * 8] & 128 ? 255 : 0;
  std::fill_n(picture.chroma(), 64 * 32, uint8_t{128});
  int prefix_max = 0;
  for (int qp = 0; qp < 12; qp++) {
    proof.check(picture, with_qp(qp));
    for (const MacroblockBits& mb : proof.slice().macroblocks) prefix_max = std::max(prefix_max, mb.level_prefix_max);
  }
  EXPECT_EQ(prefix_max, 15);
}

// The NAL unit.

TEST(H264Nal, EmulationPrevention) {
  // I_PCM samples of black and white noise are full of zero bytes.
  SeedStream random(6, "zeros");
  Proof proof(128, 128);
  Picture picture = noise(random, 128, 128);
  for (uint8_t& pixel : picture.pixels) pixel = pixel < 160 ? pixel % 2 : 255;
  proof.check(picture, with_qp(0));
  EXPECT_GT(proof.slice().emulation_prevention_bytes, 1000);
}

TEST(H264Nal, SliceHeaderValues) {
  Proof proof(64, 64);
  for (const int id : {0, 1, 2, 6, 7, 255, 256, 32766, 65534, 65535}) {
    Job job;
    job.idr_pic_id = id;
    proof.check(texture(0, 0, 64, 64), job);
    for (int n = 1; n <= 16; n++) {
      job.idr = false;
      job.frame_num = n % 16;
      job.qp = 20 + n;
      proof.check(texture(n, 0, 64, 64), job);
    }
  }
}

// The bus.

TEST(H264Bus, BackPressureChangesNothingButTime) {
  for (uint64_t seed = 1; seed <= 4; seed++) {
    SeedStream random(seed, "pressed");
    const Picture picture = seed % 2 ? texture(0, 0, 144, 96) : noise(random, 144, 96);
    Proof free(144, 96);
    const Coded expected = free.check(picture, with_qp(seed % 2 ? 24 : 2));
    Proof pressed(144, 96);
    pressed.set_back_pressure(seed);
    for (int i = 0; i < 2; i++) {
      const Coded coded = pressed.check(picture, with_qp(seed % 2 ? 24 : 2));
      EXPECT_EQ(coded.nal, expected.nal);
      EXPECT_TRUE(coded.reconstructed == expected.reconstructed);
      EXPECT_GT(coded.cycles, expected.cycles);
    }
  }
}

// The same at the lowest and the highest addresses, and across the middle; 4 GB is where the memory ends at the latest.
TEST(H264Bus, MemoryAnywhere) {
  const Picture pictures[] = {texture(0, 0, 96, 96), texture(3, 1, 96, 96)};
  std::vector<Coded> expected;
  for (const uint32_t base : {0x80000000u, 0u, 0x7FF00000u, 0xFFFFFFFFu - H264Bench::kMemorySize + 1, 0x55555000u, 0xAAAAA000u}) {
    H264Bench bench;
    bench.move_memory(base);
    for (int n = 0; n < 2; n++) {
      Job job = p_with_qp(24);
      job.idr = n == 0;
      const Coded coded = bench.encode(pictures[n], job);
      if (base == 0x80000000u) expected.push_back(coded);
      EXPECT_EQ(coded.status, 0u);
      EXPECT_EQ(coded.nal, expected[n].nal);
      EXPECT_TRUE(coded.reconstructed == expected[n].reconstructed);
    }
  }
}

TEST(H264Bus, SamePictureSameCycles) {
  H264Bench bench;
  const Picture picture = texture(0, 0, 96, 96);
  const Coded first = bench.encode(picture, with_qp(27));
  bench.encode(texture(40, 7, 96, 96), with_qp(12));
  const Coded second = bench.encode(picture, with_qp(27));
  EXPECT_EQ(first.nal, second.nal);
  EXPECT_EQ(first.cycles, second.cycles);
}

TEST(H264Bus, WritesNothingElse) {
  H264Bench bench;
  std::fill_n(bench.memory(H264Bench::kMemoryBase), H264Bench::kMemorySize, 0xA5);
  bench.set_stride(112);
  const Coded coded = bench.encode(texture(0, 0, 96, 80), with_qp(20));
  std::vector<uint8_t> expected(H264Bench::kMemorySize, 0xA5);
  const auto keep = [&](uint32_t address, size_t bytes) {
    std::copy_n(bench.memory(address), bytes, expected.begin() + (address - H264Bench::kMemoryBase));
  };
  for (int y = 0; y < 120; y++) {
    keep(H264Bench::kSource + 112 * y, 96);
    keep(bench.reconstructed() + 112 * y, 96);
  }
  keep(H264Bench::kBitstream, coded.bs_bytes);
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), bench.memory(H264Bench::kMemoryBase)));
}

// Trouble, and that the next picture is right again.

TEST(H264Trouble, Overflow) {
  const Picture picture = texture(0, 0, 96, 96);
  Proof proof(96, 96);
  const Coded whole = proof.check(picture, with_qp(20));
  const uint32_t fits = (whole.bs_bytes + 15) / 16 * 16;
  for (const uint32_t size : {0u, 16u, 512u, fits - 16}) {
    H264Bench bench;
    bench.set_bitstream_size(size);
    std::fill_n(bench.memory(H264Bench::kBitstream), whole.bs_bytes + 64, 0xA5);
    const Coded cut = bench.encode(picture, with_qp(20));
    EXPECT_EQ(cut.irq_status, reg::kIrqStatusError.mask());
    EXPECT_EQ(cut.status, reg::kStatusOverflow.mask());
    EXPECT_EQ(cut.bs_bytes, whole.bs_bytes);
    EXPECT_TRUE(std::equal(cut.nal.begin(), cut.nal.end(), whole.nal.begin()));
    for (uint32_t i = size; i < whole.bs_bytes + 64; i++) ASSERT_EQ(bench.memory(H264Bench::kBitstream)[i], 0xA5) << "beyond BS_SIZE " << size;
    EXPECT_TRUE(cut.reconstructed == whole.reconstructed);
    bench.set_bitstream_size(fits);
    const Coded again = bench.encode(picture, with_qp(20));
    EXPECT_EQ(again.status, 0u);
    EXPECT_EQ(again.irq_status, reg::kIrqStatusDone.mask());
    EXPECT_EQ(again.nal, whole.nal);
  }
}

// One access in each of the planes that a P picture reads and writes, and in the bitstream; at the first and at the last byte of each.
TEST(H264Trouble, BusErrorInEveryPlane) {
  constexpr uint32_t kLuma = 96 * 96, kChroma = kLuma / 2;
  const Picture first_picture = texture(0, 0, 96, 96);
  const Picture second_picture = texture(3, 1, 96, 96);
  Job second = p_with_qp(20);
  second.idr = false;
  H264Bench bench;
  bench.encode(first_picture, with_qp(20));
  const Coded good = bench.encode(second_picture, second);
  ASSERT_EQ(good.status, 0u);
  const uint32_t rec = bench.reconstructed();
  const uint32_t ref = bench.next_reconstructed();
  const std::pair<uint32_t, uint32_t> planes[] = {
      {H264Bench::kSource, kLuma}, {H264Bench::kSource + kLuma, kChroma}, {ref, kLuma}, {ref + kLuma, kChroma}, {rec, kLuma},
      {rec + kLuma, kChroma},      {H264Bench::kBitstream, good.bs_bytes}};
  for (const auto& [first, size] : planes) {
    for (const uint32_t address : {first, first + size - 1}) {
      bench.encode(first_picture, with_qp(20));
      bench.set_error_range(address, address);
      const Coded bad = bench.encode(second_picture, second);
      EXPECT_EQ(bad.irq_status, reg::kIrqStatusError.mask()) << std::hex << address;
      EXPECT_EQ(bad.status, reg::kStatusBusError.mask()) << std::hex << address;
      bench.set_error_range(1, 0);
      bench.encode(first_picture, with_qp(20));
      const Coded again = bench.encode(second_picture, second);
      EXPECT_EQ(again.irq_status, reg::kIrqStatusDone.mask());
      EXPECT_EQ(again.status, 0u);
      EXPECT_EQ(again.nal, good.nal);
      EXPECT_TRUE(again.reconstructed == good.reconstructed);
    }
  }
}

TEST(H264Trouble, BadConfiguration) {
  H264Bench bench;
  const auto size = [](int width, int height) { return reg::kPicSizeWidthMbs.put(width) | reg::kPicSizeHeightMbs.put(height); };
  const std::pair<uint32_t, uint32_t> bad[] = {{size(3, 4), 20},    {size(4, 3), 20}, {size(121, 68), 20},
                                               {size(120, 69), 20}, {0, 20},          {size(4, 4), 52}};
  for (const auto& [pic_size, qp] : bad) {
    bench.write(reg::kPicSize, pic_size);
    bench.write(reg::kSlice, reg::kSliceQp.put(qp));
    bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
    EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusConfigError.mask());
    EXPECT_EQ(bench.read(reg::kIrqStatus), reg::kIrqStatusError.mask());
    bench.write(reg::kIrqStatus, reg::kIrqStatusError.mask());
  }
  EXPECT_EQ(bench.encode(texture(0, 0, 64, 64), with_qp(20)).status, 0u);
}

// Whatever the registers hold, a picture of no allowed size is refused at once, and nothing goes out on the bus, where the bench would see it.
TEST(H264Trouble, AnyRegistersWithABadSize) {
  SeedStream random(12, "bad-size");
  H264Bench bench;
  for (int n = 0; n < 50; n++) {
    for (const auto& info : reg::kRegisters) {
      if (info.access == regs::Access::kReadWrite && info.offset != reg::kIrqEnable) {
        bench.write(info.offset, n == 0 ? 0xFFFFFFFF : static_cast<uint32_t>(random.next()));
      }
    }
    bench.write(reg::kPicSize, n % 2 ? 0 : 0xFFFFFFFF);
    bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
    EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusConfigError.mask());
    bench.clock(50);
    EXPECT_EQ(bench.read(reg::kIrqStatus), reg::kIrqStatusError.mask());
    bench.write(reg::kIrqStatus, reg::kIrqStatusError.mask());
  }
  EXPECT_EQ(bench.encode(texture(0, 0, 64, 64), with_qp(20)).status, 0u);
}

TEST(H264Trouble, ResetInMidPicture) {
  const Picture picture = texture(0, 0, 96, 96);
  H264Bench bench;
  const Coded good = bench.encode(picture, with_qp(20));
  for (const int cycles : {1, 50, 500, 1000, 2000}) {
    H264Bench other;
    other.start(picture, with_qp(30));
    other.clock(cycles);
    other.reset();
    EXPECT_EQ(other.read(reg::kStatus), 0u);
    const Coded again = other.encode(picture, with_qp(20));
    EXPECT_EQ(again.nal, good.nal);
    EXPECT_TRUE(again.reconstructed == good.reconstructed);
  }
}

// Registers.

TEST(H264Registers, ResetValues) {
  H264Bench bench;
  for (const auto& info : reg::kRegisters) EXPECT_EQ(bench.read(info.offset), info.reset) << info.name;
  EXPECT_FALSE(bench.irq());
}

TEST(H264Registers, ReadBackWhatCanBeWritten) {
  H264Bench bench;
  for (const auto& info : reg::kRegisters) {
    if (info.access != regs::Access::kReadWrite) continue;
    uint32_t mask = 0xFFFFFFF0;  // addresses, strides and sizes are multiples of 16
    if (info.offset == reg::kIrqEnable) mask = reg::kIrqEnableDone.mask() | reg::kIrqEnableError.mask();
    if (info.offset == reg::kPicSize) mask = reg::kPicSizeWidthMbs.mask() | reg::kPicSizeHeightMbs.mask();
    if (info.offset == reg::kSlice) {
      mask = reg::kSliceQp.mask() | reg::kSliceIdr.mask() | reg::kSliceInter.mask() | reg::kSliceDeblock.mask() | reg::kSliceFrameNum.mask() |
             reg::kSliceIdrPicId.mask();
    }
    if (info.offset == reg::kSliceRows) mask = reg::kSliceRowsLines.mask();
    if (info.offset == reg::kRate) mask = reg::kRateControl.mask() | reg::kRateQpMin.mask() | reg::kRateQpMax.mask();
    if (info.offset == reg::kRowBytes) mask = reg::kRowBytesBytes.mask();
    if (info.offset == reg::kMaxBytes) mask = reg::kMaxBytesBytes.mask();
    if (info.offset == reg::kNalIndex) mask = reg::kNalIndexIndex.mask();
    for (const uint32_t value : {0xFFFFFFFFu, 0x12345678u, 0u}) {
      bench.write(info.offset, value);
      EXPECT_EQ(bench.read(info.offset), value & mask) << info.name;
    }
    bench.write(info.offset, 0xFFFFFFFF);
    bench.write(info.offset, 0, 0x2);  // one byte
    EXPECT_EQ(bench.read(info.offset), mask & 0xFFFF00FF) << info.name;
  }
}

TEST(H264Registers, ReadOnlyAndUnknownAddressesTakeNoHarm) {
  H264Bench bench;
  for (const uint32_t offset : {reg::kId, reg::kStatus, reg::kBsBytes, reg::kCycles, reg::kPcmMbs, reg::kSize, 0xFFCu, reg::kId + 1, reg::kId + 2}) {
    const uint32_t before = bench.read(offset);
    bench.write(offset, ~before);
    EXPECT_EQ(bench.read(offset), before);
  }
  EXPECT_EQ(bench.read(reg::kSize), 0u);
}

TEST(H264Registers, InterruptFollowsStatusAndEnable) {
  H264Bench bench;
  bench.start(texture(0, 0, 64, 64), with_qp(27));
  EXPECT_EQ(bench.read(reg::kStatus), reg::kStatusBusy.mask());
  bench.write(reg::kIrqEnable, 0);
  bench.clock(5000);
  EXPECT_EQ(bench.read(reg::kStatus), 0u);
  EXPECT_EQ(bench.read(reg::kIrqStatus), reg::kIrqStatusDone.mask());
  EXPECT_FALSE(bench.irq());
  bench.write(reg::kIrqEnable, reg::kIrqEnableDone.mask());
  EXPECT_TRUE(bench.irq());
  bench.write(reg::kIrqStatus, reg::kIrqStatusError.mask());
  EXPECT_TRUE(bench.irq());
  bench.write(reg::kIrqStatus, reg::kIrqStatusDone.mask());
  EXPECT_FALSE(bench.irq());
  EXPECT_EQ(bench.read(reg::kIrqStatus), 0u);
}

TEST(H264Registers, ConfigurationLatchesAndStartIsIgnoredWhileBusy) {
  const Picture picture = texture(0, 0, 96, 96);
  H264Bench bench;
  const Coded expected = bench.encode(picture, with_qp(20));
  bench.start(picture, with_qp(20));
  bench.clock(300);
  for (const auto& info : reg::kRegisters) {
    if (info.access == regs::Access::kReadWrite && info.offset != reg::kIrqEnable) bench.write(info.offset, 0x00050005);
  }
  bench.write(reg::kCtrl, reg::kCtrlStart.put(1));
  const Coded coded = bench.finish();
  EXPECT_EQ(coded.nal, expected.nal);
  EXPECT_TRUE(coded.reconstructed == expected.reconstructed);
  EXPECT_EQ(coded.cycles, expected.cycles);
  bench.clock(1000);
  EXPECT_EQ(bench.read(reg::kStatus), 0u);
  EXPECT_FALSE(bench.irq());
}

TEST(H264Registers, CyclesCountFromStartToDone) {
  H264Bench bench;
  bench.start(texture(0, 0, 96, 96), with_qp(27));
  const uint64_t before = bench.cycles();
  while (!bench.irq()) bench.clock();
  const uint64_t seen = bench.cycles() - before;
  const uint32_t counted = bench.read(reg::kCycles);
  EXPECT_NEAR(static_cast<double>(seen), counted, 4);
}

#if !SAKSI_RTL_COVERAGE
// Verilator's --savable, which the wrapper relies on to look into a picture under way.

TEST(H264State, SavedInMidPictureRunsOnIdentically) {
  const TempFolder folder;
  const std::string file = folder.file("h264_state");
  const Picture picture = texture(0, 0, 96, 96);
  H264Bench bench;
  bench.start(picture, with_qp(20));
  bench.clock(1500);
  bench.save(file);
  const Coded expected = bench.finish();
  H264Bench other;
  other.start(picture, with_qp(20));
  other.clock(1500);
  other.restore(file);
  const Coded coded = other.finish();
  EXPECT_EQ(coded.nal, expected.nal);
  EXPECT_EQ(coded.cycles, expected.cycles);
}
#endif

}  // namespace
}  // namespace saksi::tb
