// Receiver, encoder and ring together: the two blocks are registers that the test plays.
#include "firmware-under-test/camera/capture.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "regs/h264_regs.h"
#include "regs/isp_regs.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kSlice = SAKSI_CAM_H264_BASE + H264_SLICE;

uint8_t frames[CAPTURE_FRAMES][CAPTURE_FRAME_BYTES];
uint8_t reconstructed[2][CAPTURE_FRAME_BYTES];

class CaptureTest : public testing::Test {
 protected:
  void start(uint32_t gop, uint64_t pre_event, uint32_t ring_bytes = 1 << 20) {
    settings_t settings;
    settings_defaults(&settings);
    settings.width = 64;
    settings.height = 64;
    settings.gop = gop;
    data_.resize(ring_bytes + 16);
    ring_init(ring_.get(), data_.data() + (16 - reinterpret_cast<uintptr_t>(data_.data()) % 16) % 16, ring_bytes, pre_event);
    host_.registers[SAKSI_CAM_H264_BASE + H264_ID] = 0x48323634;
    capture_memory_t memory = {frames, reconstructed};
    before_ = capture_losses();
    ASSERT_TRUE(capture_start(&settings, 820, 616, 512, ring_.get(), &memory));
  }

  size_t arms() { return host_.written(SAKSI_CAM_ISP_BASE + ISP_ARM).size(); }
  size_t starts() { return host_.written(SAKSI_CAM_H264_BASE + H264_CTRL).size(); }
  uint32_t slice() { return host_.registers[kSlice]; }

  void isp(uint32_t causes) {
    host_.now += 100;
    host_.registers[SAKSI_CAM_ISP_BASE + ISP_FRAME_TIME_LO] = static_cast<uint32_t>(host_.now);
    host_.registers[SAKSI_CAM_ISP_BASE + ISP_IRQ_STATUS] = causes;
    host_.raise(SAKSI_CAM_ISP_IRQ);
  }

  void encoder_done(uint32_t bytes, uint32_t causes = H264_IRQ_STATUS_DONE) {
    host_.registers[SAKSI_CAM_H264_BASE + H264_BS_BYTES] = bytes;
    host_.registers[SAKSI_CAM_H264_BASE + H264_IRQ_STATUS] = causes;
    host_.raise(SAKSI_CAM_H264_IRQ);
  }

  void picture() {
    isp(ISP_IRQ_STATUS_DONE);
    encoder_done(100);
  }

  MockHost host_;
  std::unique_ptr<ring_t> ring_ = std::make_unique<ring_t>();
  std::vector<uint8_t> data_;
  capture_losses_t before_ = {};
};

TEST_F(CaptureTest, FramesBecomePicturesWithTheirTimes) {
  start(4, 10000);
  EXPECT_EQ(arms(), 1u);
  isp(ISP_IRQ_STATUS_DONE);
  EXPECT_EQ(arms(), 2u) << "the next buffer is armed at once";
  EXPECT_EQ(starts(), 1u);
  EXPECT_EQ(ring_count(ring_.get()), 0u);
  encoder_done(100);
  ASSERT_EQ(ring_count(ring_.get()), 1u);
  EXPECT_EQ(ring_at(ring_.get(), 0)->time, host_.now);
  EXPECT_TRUE(ring_at(ring_.get(), 0)->is_idr);
}

TEST_F(CaptureTest, SliceValuesFollowTheGop) {
  start(4, 1000000);
  std::vector<uint32_t> frame_nums, idrs, idr_ids;
  for (int i = 0; i < 9; ++i) {
    isp(ISP_IRQ_STATUS_DONE);
    frame_nums.push_back((slice() & H264_SLICE_FRAME_NUM_MASK) >> H264_SLICE_FRAME_NUM_SHIFT);
    idrs.push_back((slice() & H264_SLICE_IDR) != 0);
    if (idrs.back()) idr_ids.push_back(slice() >> H264_SLICE_IDR_PIC_ID_SHIFT);
    EXPECT_EQ(slice() & H264_SLICE_QP_MASK, 27u);
    encoder_done(100);
  }
  EXPECT_EQ(frame_nums, (std::vector<uint32_t>{0, 1, 2, 3, 0, 1, 2, 3, 0}));
  EXPECT_EQ(idrs, (std::vector<uint32_t>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(idr_ids, (std::vector<uint32_t>{0, 1, 0}));
}

// A picture refers to the last good one: what was reconstructed there. One that failed is made anew in the same place.
TEST_F(CaptureTest, PicturesReferToTheLastGoodOne) {
  start(8, 1000000);
  const auto address = [this](uint32_t offset) { return host_.registers[SAKSI_CAM_H264_BASE + offset]; };
  uint32_t last_good = 0;
  for (int i = 0; i < 8; ++i) {
    isp(ISP_IRQ_STATUS_DONE);
    EXPECT_EQ((slice() & H264_SLICE_INTER) != 0, i != 0);
    EXPECT_NE((slice() & H264_SLICE_DEBLOCK), 0u);
    EXPECT_NE(address(H264_REC_Y), address(H264_REF_Y));
    EXPECT_TRUE(i == 0 || address(H264_REF_Y) == last_good) << "picture " << i;
    const bool fails = i == 3 || i == 4;
    if (!fails) last_good = address(H264_REC_Y);
    encoder_done(100, fails ? H264_IRQ_STATUS_ERROR : H264_IRQ_STATUS_DONE);
  }
}

TEST_F(CaptureTest, AnEncoderThatLagsCostsFramesOnlyWhenAllBuffersAreFull) {
  start(4, 1000000);
  for (int i = 0; i < CAPTURE_FRAMES; ++i) isp(ISP_IRQ_STATUS_DONE);
  EXPECT_EQ(arms(), static_cast<size_t>(CAPTURE_FRAMES));
  EXPECT_EQ(capture_losses().no_buffer, before_.no_buffer);
  isp(ISP_IRQ_STATUS_SKIPPED);
  EXPECT_EQ(capture_losses().no_buffer, before_.no_buffer + 1);
  encoder_done(100);
  EXPECT_EQ(arms(), CAPTURE_FRAMES + 1u) << "a buffer is free again";
  EXPECT_EQ(starts(), 2u);
  for (int i = 1; i < CAPTURE_FRAMES; ++i) encoder_done(100);
  EXPECT_EQ(ring_count(ring_.get()), static_cast<uint32_t>(CAPTURE_FRAMES));
}

TEST_F(CaptureTest, APictureThatFailedLeavesNoHoleInFrameNum) {
  start(8, 1000000);
  picture();
  isp(ISP_IRQ_STATUS_DONE);
  encoder_done(100, H264_IRQ_STATUS_ERROR);
  EXPECT_EQ(capture_losses().failed, before_.failed + 1);
  EXPECT_EQ(ring_count(ring_.get()), 1u);
  isp(ISP_IRQ_STATUS_DONE);
  EXPECT_EQ((slice() & H264_SLICE_FRAME_NUM_MASK) >> H264_SLICE_FRAME_NUM_SHIFT, 1u);
}

TEST_F(CaptureTest, AReceiverErrorCostsOneFrame) {
  start(8, 1000000);
  isp(ISP_IRQ_STATUS_SIZE_ERROR);
  EXPECT_EQ(capture_losses().failed, before_.failed + 1);
  EXPECT_EQ(arms(), 2u);
  picture();
  EXPECT_EQ(ring_count(ring_.get()), 1u);
}

TEST_F(CaptureTest, AFullRingCostsFramesAndSaysSo) {
  start(4, 1000000, 16384);
  ring_hold(ring_.get(), 0);
  for (int i = 0; i < 200; ++i) {
    isp(ISP_IRQ_STATUS_DONE);
    if (starts() > ring_count(ring_.get())) encoder_done(100);
  }
  EXPECT_GT(capture_losses().no_room, before_.no_room);
  EXPECT_EQ(capture_losses().no_buffer, before_.no_buffer);
  ring_release(ring_.get(), ring_count(ring_.get()));
  size_t before = starts();
  picture();
  EXPECT_EQ(starts(), before + 1);
}

TEST_F(CaptureTest, CodesNothingBeforeThePressWithoutPreEvent) {
  start(4, 0);
  isp(ISP_IRQ_STATUS_DONE);
  isp(ISP_IRQ_STATUS_DONE);
  EXPECT_EQ(starts(), 0u);
  EXPECT_EQ(arms(), 3u);
  ring_hold(ring_.get(), host_.now);
  isp(ISP_IRQ_STATUS_DONE);
  EXPECT_EQ(starts(), 1u);
  EXPECT_NE(slice() & H264_SLICE_IDR, 0u);
}

}  // namespace
}  // namespace saksi::firmware
