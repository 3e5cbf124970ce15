#include "rtl/h264/tb/proof.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "regs/h264_regs.hpp"

namespace saksi::tb {
namespace reg = regs::h264;

namespace {
constexpr int kMbBitsMax = 3200;  // table A-1 and clause A.2.1
constexpr int kPcmType = 25;
}  // namespace

Proof::Proof(int width, int height) : width_(width), height_(height) {}

Coded Proof::check(const Picture& picture, const Job& job) {
  const Coded coded = bench_.encode(padded(picture), job);
  EXPECT_EQ(coded.irq_status, reg::kIrqStatusDone.mask());
  EXPECT_EQ(coded.status, 0u);
  check_limits(coded, job);
  check_decoders(coded, job);
  check_twin(coded);
  return coded;
}

void Proof::set_back_pressure(uint64_t seed) {
  bench_.set_back_pressure(seed);
  timed_ = false;
}

Coded Proof::check_next(const Picture& picture, Job job, int idr_period) {
  job.idr = count_ % idr_period == 0;
  job.frame_num = count_ % idr_period % 16;
  job.idr_pic_id = count_ / idr_period % 2;
  count_++;
  return check(picture, job);
}

void Proof::check_limits(const Coded& coded, const Job& job) {
  ASSERT_EQ(coded.bs_bytes, coded.nal.size());
  const int width_mbs = coded_size(width_) / 16;
  const int height_mbs = coded_size(height_) / 16;
  size_t at = 0;
  size_t index = 0;
  for (const uint32_t size : coded.nal_sizes) {
    ASSERT_LE(at + size, coded.nal.size());
    SliceBits slice;
    ASSERT_NO_THROW(slice = read_slice(Bytes(coded.nal.begin() + at, coded.nal.begin() + at + size), width_mbs, height_mbs));
    EXPECT_EQ(slice.first_mb, static_cast<int>(index) * job.slice_rows * width_mbs);
    EXPECT_EQ(slice.nal_unit_type, job.idr ? 5 : 1);
    EXPECT_EQ(slice.inter, job.inter && !job.idr);
    EXPECT_NE(slice.nal_ref_idc, 0);
    EXPECT_EQ(slice.frame_num, job.frame_num);
    EXPECT_EQ(slice.idr_pic_id, job.idr ? job.idr_pic_id : -1);
    EXPECT_EQ(slice.disable_deblocking_filter_idc, job.deblock ? 0 : 1);
    if (!job.rate_control) {
      EXPECT_EQ(slice.qp, job.qp);
    }
    if (index == 0)
      slice_ = slice;
    else
      slice_.macroblocks.insert(slice_.macroblocks.end(), slice.macroblocks.begin(), slice.macroblocks.end());
    at += size;
    index++;
  }
  EXPECT_EQ(at, coded.nal.size());
  EXPECT_EQ(static_cast<int>(slice_.macroblocks.size()), width_mbs * height_mbs);
  if (job.max_bytes != 0) {
    EXPECT_LE(coded.bs_bytes, job.max_bytes);
  }
  uint32_t pcm_mbs = 0;
  uint32_t skip_mbs = 0;
  uint32_t intra_mbs = 0;
  int bits_max = 0;
  for (const MacroblockBits& mb : slice_.macroblocks) {
    pcm_mbs += !mb.inter && mb.mb_type == kPcmType;
    skip_mbs += mb.skipped;
    intra_mbs += !mb.inter && !mb.skipped;
    bits_max = std::max(bits_max, mb.bits);
  }
  EXPECT_LE(bits_max, kMbBitsMax);
  EXPECT_EQ(pcm_mbs, coded.pcm_mbs);
  EXPECT_EQ(skip_mbs, coded.skip_mbs);
  EXPECT_EQ(intra_mbs, coded.intra_mbs);
}

void Proof::check_decoders(const Coded& coded, const Job& job) {
  Bytes access_unit;
  if (job.idr) access_unit = parameter_sets(width_, height_);
  auto nal = coded.nal.begin();
  for (const uint32_t size : coded.nal_sizes) {
    access_unit.insert(access_unit.end(), {0, 0, 0, 1});
    access_unit.insert(access_unit.end(), nal, nal + size);
    nal += size;
  }
  Picture decoded;
  EXPECT_TRUE(ffmpeg_->decode(access_unit, decoded)) << "FFmpeg: " << ffmpeg_->what();
  EXPECT_TRUE(decoded == coded.reconstructed) << "FFmpeg decodes another picture, PSNR " << luma_psnr(decoded, coded.reconstructed);
  EXPECT_TRUE(openh264_->decode(access_unit, decoded)) << "OpenH264: " << openh264_->what();
  const Picture expected = cropped(coded.reconstructed, width_, height_);
  EXPECT_TRUE(decoded == expected) << "OpenH264 decodes another picture, PSNR " << luma_psnr(decoded, expected);
}

void Proof::check_twin(const Coded& coded) {
  const hw::h264::PictureConfig& config = bench_.config();
  const size_t luma_bytes = config.rec_c - config.rec_y;
  std::vector<uint8_t> picture(luma_bytes * 3 / 2);
  hw::h264::PicturePlanes planes;
  planes.source_luma = bench_.memory(config.src_y);
  planes.source_chroma = bench_.memory(config.src_c);
  planes.luma = picture.data();
  planes.chroma = picture.data() + luma_bytes;
  planes.reference_luma = bench_.memory(config.ref_y);
  planes.reference_chroma = bench_.memory(config.ref_c);
  twin_.code(config, planes);
  EXPECT_TRUE(twin_.bytes() == coded.nal) << "twin: other bitstream";
  EXPECT_EQ(twin_.nal_sizes(), coded.nal_sizes);
  EXPECT_EQ(twin_.overflow(), false);
  const hw::h264::PictureCounters& counters = twin_.counters();
  if (timed_) {
    EXPECT_EQ(counters.cycles, coded.cycles) << "twin: other clock cycles";
  }
  EXPECT_EQ(counters.pcm_mbs, coded.pcm_mbs);
  EXPECT_EQ(counters.skip_mbs, coded.skip_mbs);
  EXPECT_EQ(counters.intra_mbs, coded.intra_mbs);
  EXPECT_EQ(counters.qp_sum, coded.qp_sum);
  const int width = coded_size(width_);
  int different = 0;
  for (int y = 0; y < coded_size(height_) * 3 / 2; y++) {
    different +=
        !std::equal(picture.data() + y * config.rec_stride, picture.data() + y * config.rec_stride + width, coded.reconstructed.luma() + y * width);
  }
  EXPECT_EQ(different, 0) << "twin: other picture in that many rows";
}

}  // namespace saksi::tb
