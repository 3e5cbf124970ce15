// Goal: libx264 codes as its command line says, and its bits and PSNR are read right. Method: what it writes of itself into the stream, and a grey
// clip whose figures are known.
#include "sim/benchmark/x264_peer.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

std::vector<Nv12Picture> grey(size_t count) {
  const Nv12Picture picture{64, 48, std::vector<uint8_t>(64 * 48, 128), std::vector<uint8_t>(64 * 24, 128)};
  return std::vector<Nv12Picture>(count, picture);
}

TEST(X264Peer, ItIsSetAsTheLineSays) {
  const X264Clip coded = code_by_x264(grey(3), 32);
  ASSERT_EQ(coded.problem, "") << "Debian's libavcodec59 has libx264";
  for (const char* setting : {"cabac=0", "ref=1", "deblock=1:0:0", "subme=0", "psy=0", "bframes=0", "weightp=0", "keyint=60", "scenecut=0", "rc=cqp",
                              "qp=32", "ip_ratio=1.00", "aq=0", "threads=1"}) {
    EXPECT_NE((" " + coded.settings + " ").find(std::string(" ") + setting + " "), std::string::npos) << setting << ": " << coded.settings;
  }
  EXPECT_NE(x264_line("32").find("--preset ultrafast --tune psnr --deblock 0:0"), std::string::npos);
}

// The middle grey that intra prediction begins with needs no residual: 12 macroblocks of an IDR picture, then pictures that are skipped whole. The
// text and the parameter sets, some 700 bytes, do not count.
TEST(X264Peer, OnlySlicesCount) {
  const X264Clip coded = code_by_x264(grey(61), 27);
  ASSERT_EQ(coded.problem, "");
  EXPECT_EQ(coded.psnr_db, 99);
  EXPECT_GT(coded.kbits_a_picture, 0.02);
  EXPECT_LT(coded.kbits_a_picture, 0.09);
}

}  // namespace
}  // namespace saksi::sim
