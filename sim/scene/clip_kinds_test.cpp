// Goal: clips of unusual kinds show the right pictures at the right times, or say what is wrong with them. Method: clips made with the ffmpeg command
// line, whose colours and times are known.
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "sim/scene/clip_source.h"
#include "sim/scene/scene_yaml.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

using AtEnd = ClipSource::AtEnd;

/// A clip that ffmpeg makes with these arguments.
std::string made_clip(const std::string& name, const std::string& arguments) {
  const std::string path = write_test_file(name, "");
  const std::string command = "ffmpeg -v error -nostdin -y " + arguments + " '" + path + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command << "\npackages.txt lists ffmpeg for the tests";
  return path;
}

/// The three bytes in the middle of a picture.
std::array<int, 3> middle(const Picture& picture) {
  const size_t at = 3 * (static_cast<size_t>(picture.height / 2 * picture.width) + static_cast<size_t>(picture.width / 2));
  return {picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]};
}

TEST(ClipKinds, TenBitsAreBroughtToEight) {
  // Luma 500 of 1023 in limited range: (500 - 64) / 876 of white, and no colour.
  const std::string clip = made_clip("ten.mkv", "-f lavfi -i color=black:s=64x48:r=10:d=0.5,format=yuv420p10le,geq=lum=500:cb=512:cr=512 -c:v ffv1");
  ClipSource source(clip, AtEnd::kHold);
  for (const int level : middle(source.picture(3))) EXPECT_NEAR(level, 255.0 * (500 - 64) / 876, 1);
}

TEST(ClipKinds, EightThousandColumnsAreShown) {
  const std::string clip = made_clip("8k.mkv", "-f lavfi -i color=red:s=7680x4320:r=10:d=0.1 -c:v mpeg4 -q:v 2");
  ClipSource source(clip, AtEnd::kHold);
  const Picture& picture = source.picture(0);
  EXPECT_EQ(picture.width, 7680);
  EXPECT_EQ(picture.height, 4320);
  const auto colour = middle(picture);
  EXPECT_GT(colour[0], 240);
  EXPECT_LT(colour[1] + colour[2], 40);
  // As a scene too, at the sensor's resolution.
  const auto scene = load_scene(YamlNode::parse("{name: s, clip: '" + clip + "', lux: 100, light_code: false}", "scene.yaml"), {});
  hw::SampleGrid grid;
  grid.field_width = grid.width = 3280;
  grid.field_height = grid.height = 2464;
  grid.columns = 82;
  grid.rows = 61;
  std::vector<float> red(82), green(82);
  scene->expose_row(grid, 30, 0, 10'000'000, {red.data(), green.data(), nullptr});
  EXPECT_NEAR(red[40], 100 * 0.01, 0.1);
  EXPECT_LT(green[40], 0.02);
}

TEST(ClipKinds, FramesOfVariableRateKeepTheirTimes) {
  // Of ten frames a second, number n at luma 20 + 20 n, four are kept.
  const std::string clip = made_clip("variable.mkv",
                                     "-f lavfi -i \"color=black:s=64x48:r=10:d=1,format=yuv420p,geq=lum=20+20*N:cb=128:cr=128,"
                                     "select='eq(n,0)+eq(n,3)+eq(n,4)+eq(n,9)'\" -vsync vfr -c:v ffv1");
  ClipSource source(clip, AtEnd::kHold);
  const int numbers[] = {0, 3, 4, 9};
  for (int64_t id = 0; id < 4; ++id) {
    const int64_t begin_ns = numbers[id] * INT64_C(100'000'000);
    EXPECT_EQ(source.span_at(begin_ns).id, id);
    EXPECT_EQ(source.span_at(begin_ns).begin_ns, begin_ns);
    if (id < 3) {
      EXPECT_EQ(source.span_at(begin_ns).end_ns, numbers[id + 1] * INT64_C(100'000'000));
    }
    EXPECT_NEAR(middle(source.picture(id))[0], (20 + 20 * numbers[id] - 16) * 255 / 219, 1) << id;
  }
}

TEST(ClipKinds, ABrokenFrameIsToldAndTheOthersAreShown) {
  const std::string clip = made_clip("broken.mkv", "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -c:v ffv1 -level 3 -slices 4 -slicecrc 1 -g 1");
  const auto size = std::filesystem::file_size(clip);
  {
    std::fstream file(clip, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(200, '\x5A');
  }
  ClipSource source(clip, AtEnd::kHold);
  for (int64_t id = 0; id < 9; ++id) {
    EXPECT_EQ(source.picture(id).width, 320);
    source.span_at(id * INT64_C(100'000'000));
  }
  source.span_at(INT64_C(950'000'000));
  std::string all;
  for (const std::string& warning : source.warnings()) all += warning + "\n";
  EXPECT_NE(all.find("damaged"), std::string::npos) << all;
}

TEST(ClipKinds, OddSizesOfACompressedClipAreShown) {
  const std::string clip = made_clip("odd.mkv", "-f lavfi -i color=blue:s=99x77:r=10:d=0.2,format=yuv444p -c:v ffv1");
  ClipSource source(clip, AtEnd::kHold);
  EXPECT_EQ(source.picture(1).width, 99);
  EXPECT_EQ(source.picture(1).height, 77);
  EXPECT_GT(middle(source.picture(1))[2], 245);
}

}  // namespace
}  // namespace saksi::sim
