#include "firmware-under-test/drivers/isp.h"

#include <gtest/gtest.h>

#include <vector>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "regs/isp_regs.h"

namespace saksi::firmware {
namespace {

isp_settings_t settings_for(uint32_t in_width, uint32_t in_height, uint32_t out_width, uint32_t out_height) {
  isp_settings_t settings = {};
  settings.in_width = in_width;
  settings.in_height = in_height;
  settings.out_width = out_width;
  settings.out_height = out_height;
  settings.stride = (out_width + 15) / 16 * 16;
  return settings;
}

TEST(Isp, CropsTheCentreToTheShapeOfThePicture) {
  isp_settings_t wide = settings_for(820, 616, 640, 360);
  ASSERT_TRUE(isp_fit_crop(&wide));
  EXPECT_EQ(wide.crop_width, 820u);
  EXPECT_EQ(wide.crop_height, 460u);
  EXPECT_EQ(wide.crop_x, 0u);
  EXPECT_EQ(wide.crop_y, 78u);
  isp_settings_t tall = settings_for(820, 616, 200, 400);
  ASSERT_TRUE(isp_fit_crop(&tall));
  EXPECT_EQ(tall.crop_width, 308u);
  EXPECT_EQ(tall.crop_height, 616u);
  EXPECT_EQ(tall.crop_x, 256u);
}

TEST(Isp, EveryEvenSizeHasACropOrNeedsALargerReadOut) {
  for (uint32_t width = 64; width <= 1920; width += 14) {
    for (uint32_t height = 64; height <= 1080; height += 14) {
      isp_settings_t settings = settings_for(820, 616, width, height);
      bool fits = isp_fit_crop(&settings);
      if (!fits) settings = settings_for(1640, 1232, width, height), fits = isp_fit_crop(&settings);
      if (!fits) settings = settings_for(1920, 1080, width, height), fits = isp_fit_crop(&settings);
      ASSERT_TRUE(fits) << width << "x" << height;
      EXPECT_EQ((settings.crop_x | settings.crop_y | settings.crop_width | settings.crop_height) % 2, 0u);
      EXPECT_LE(settings.crop_x + settings.crop_width, settings.in_width);
      EXPECT_LE(settings.crop_y + settings.crop_height, settings.in_height);
    }
  }
}

std::vector<std::pair<isp_event_t, uint64_t>> events;

TEST(Isp, SetsEverythingBeforeItEnablesAndReportsFrames) {
  MockHost host;
  isp_settings_t settings = settings_for(820, 616, 640, 360);
  ASSERT_TRUE(isp_fit_crop(&settings));
  events.clear();
  isp_init(&settings, [](isp_event_t event, uint64_t time) { events.push_back({event, time}); });
  EXPECT_EQ(host.writes.back().address, SAKSI_CAM_ISP_BASE + ISP_CTRL);
  EXPECT_EQ(host.writes.back().value, ISP_CTRL_ENABLE);
  EXPECT_EQ(host.registers[SAKSI_CAM_ISP_BASE + ISP_OUT_SIZE], 640u | 360u << 16);
  host.registers[SAKSI_CAM_ISP_BASE + ISP_FRAME_TIME_LO] = 5;
  host.registers[SAKSI_CAM_ISP_BASE + ISP_FRAME_TIME_HI] = 1;
  host.registers[SAKSI_CAM_ISP_BASE + ISP_IRQ_STATUS] = ISP_IRQ_STATUS_DONE | ISP_IRQ_STATUS_SKIPPED;
  host.raise(SAKSI_CAM_ISP_IRQ);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].first, ISP_FRAME_DONE);
  EXPECT_EQ(events[0].second, (1ull << 32) + 5);
  EXPECT_EQ(events[1].first, ISP_FRAME_SKIPPED);
  EXPECT_EQ(host.writes.back().value, ISP_IRQ_STATUS_DONE | ISP_IRQ_STATUS_SKIPPED) << "acknowledged";
}

TEST(Isp, ArmsAfterTheAddresses) {
  MockHost host;
  static uint8_t luma[16], chroma[16];
  isp_arm(luma, chroma);
  ASSERT_EQ(host.writes.size(), 3u);
  EXPECT_EQ(host.writes[0].address, SAKSI_CAM_ISP_BASE + ISP_OUT_Y);
  EXPECT_EQ(host.writes[1].address, SAKSI_CAM_ISP_BASE + ISP_OUT_C);
  EXPECT_EQ(host.writes[2].address, SAKSI_CAM_ISP_BASE + ISP_ARM);
}

}  // namespace
}  // namespace saksi::firmware
