#include "rtl/h264/tb/h264_bench.h"

#include <gtest/gtest.h>

namespace saksi::tb {
namespace {
TEST(H264, First) {
  H264Bench bench;
  Clip clip(Clip::default_path(), 352, 288);
  auto ff = make_ffmpeg_decoder();
  auto oh = make_openh264_decoder();
  Picture p, d;
  for (int n = 0; n < 5 && clip.next(p); n++) {
    Coded c = bench.encode(p, {27, true, 0, n & 1});
    printf("status %x irq %x bytes %u cycles %u pcm %u psnr %.2f\n", c.status, c.irq_status, c.bs_bytes, c.cycles, c.pcm_mbs, luma_psnr(p, c.reconstructed));
    Bytes au = parameter_sets(352, 288);
    au.insert(au.end(), {0, 0, 0, 1});
    au.insert(au.end(), c.nal.begin(), c.nal.end());
    EXPECT_TRUE(ff->decode(au, d)) << ff->what();
    EXPECT_TRUE(d == c.reconstructed) << luma_psnr(d, c.reconstructed);
    EXPECT_TRUE(oh->decode(au, d)) << oh->what();
    EXPECT_TRUE(d == c.reconstructed) << luma_psnr(d, c.reconstructed);
  }
}
}  // namespace
}  // namespace saksi::tb
