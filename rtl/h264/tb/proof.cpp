#include "rtl/h264/tb/proof.h"

#include <gtest/gtest.h>

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
  return coded;
}

Coded Proof::check_next(const Picture& picture, int qp, int idr_period) {
  Job job;
  job.qp = qp;
  job.idr = count_ % idr_period == 0;
  job.frame_num = count_ % idr_period % 16;
  job.idr_pic_id = count_ / idr_period % 2;
  count_++;
  return check(picture, job);
}

void Proof::check_limits(const Coded& coded, const Job& job) {
  ASSERT_EQ(coded.bs_bytes, coded.nal.size());
  ASSERT_NO_THROW(slice_ = read_slice(coded.nal, coded_size(width_) / 16, coded_size(height_) / 16));
  EXPECT_EQ(slice_.nal_unit_type, job.idr ? 5 : 1);
  EXPECT_NE(slice_.nal_ref_idc, 0);
  EXPECT_EQ(slice_.frame_num, job.frame_num);
  EXPECT_EQ(slice_.idr_pic_id, job.idr ? job.idr_pic_id : -1);
  EXPECT_EQ(slice_.qp, job.qp);
  uint32_t pcm_mbs = 0;
  int bits_max = 0;
  for (const MacroblockBits& mb : slice_.macroblocks) {
    pcm_mbs += mb.mb_type == kPcmType;
    bits_max = std::max(bits_max, mb.bits);
  }
  EXPECT_LE(bits_max, kMbBitsMax);
  EXPECT_EQ(pcm_mbs, coded.pcm_mbs);
}

void Proof::check_decoders(const Coded& coded, const Job& job) {
  Bytes access_unit;
  if (job.idr) access_unit = parameter_sets(width_, height_);
  access_unit.insert(access_unit.end(), {0, 0, 0, 1});
  access_unit.insert(access_unit.end(), coded.nal.begin(), coded.nal.end());
  Picture decoded;
  EXPECT_TRUE(ffmpeg_->decode(access_unit, decoded)) << "FFmpeg: " << ffmpeg_->what();
  EXPECT_TRUE(decoded == coded.reconstructed) << "FFmpeg decodes another picture, PSNR " << luma_psnr(decoded, coded.reconstructed);
  EXPECT_TRUE(openh264_->decode(access_unit, decoded)) << "OpenH264: " << openh264_->what();
  const Picture expected = cropped(coded.reconstructed, width_, height_);
  EXPECT_TRUE(decoded == expected) << "OpenH264 decodes another picture, PSNR " << luma_psnr(decoded, expected);
}

}  // namespace saksi::tb
