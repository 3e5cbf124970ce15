#include "reports/stills.h"

#include <gtest/gtest.h>

#include "reports/test-support/sample_run.h"

namespace saksi::report {

TEST(Stills, ShowTheFirstThoseAroundThePressAndTheLast) {
  EXPECT_EQ(frames_to_show(sample_run().frames, 5'500'000'000), (std::vector<size_t>{0, 1, 43, 44, 45, 46, 47, 104}));
}

TEST(Stills, WithoutAPressTheFirstOnes) {
  EXPECT_EQ(frames_to_show(sample_run().frames, std::nullopt), (std::vector<size_t>{0, 1, 2, 3, 4, 5, 6, 104}));
}

TEST(Stills, WithoutPreEventVideoTheFirstComesAfterThePress) {
  EXPECT_EQ(frames_to_show(sample_run().frames, 0), (std::vector<size_t>{0, 1, 2, 104}));
}

TEST(Stills, FewFramesAreAllShown) {
  const std::vector<StoredFrame> frames = {{"A.MP4", 0, 10, 0}, {"A.MP4", 1, std::nullopt, 0}};
  EXPECT_EQ(frames_to_show(frames, 5), (std::vector<size_t>{0, 1}));
  EXPECT_TRUE(frames_to_show({}, 5).empty());
}

TEST(Stills, NoCardNoStills) {
  ReportInput input = sample_run();
  input.stills.clear();
  input.frames.clear();
  read_stills(input);
  EXPECT_TRUE(input.stills.empty());
  EXPECT_TRUE(input.frames.empty());
}

}  // namespace saksi::report
