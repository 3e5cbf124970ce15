#ifndef SAKSI_SIM_SCENE_TEST_CLIP_H_
#define SAKSI_SIM_SCENE_TEST_CLIP_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace saksi::sim {

/// A grey video of one level a frame, in YUV4MPEG2 (limited range, no loss), at a path that is this test's own.
inline std::string write_test_clip(const std::string& name, const std::vector<uint8_t>& levels, int width = 64, int height = 48,
                                   const std::string& rate = "10:1") {
  const std::string path = ::testing::TempDir() + "saksi-" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + "-" + name;
  std::ofstream out(path, std::ios::binary);
  out << "YUV4MPEG2 W" << width << " H" << height << " F" << rate << " Ip A1:1 C420jpeg\n";
  for (const uint8_t level : levels) {
    out << "FRAME\n"
        << std::string(static_cast<size_t>(width * height), static_cast<char>(level))
        << std::string(static_cast<size_t>((width + 1) / 2 * ((height + 1) / 2) * 2), static_cast<char>(128));
  }
  return path;
}

inline std::string write_test_file(const std::string& name, const std::string& content) {
  const std::string path = ::testing::TempDir() + "saksi-" + ::testing::UnitTest::GetInstance()->current_test_info()->name() + "-" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace saksi::sim

#endif
