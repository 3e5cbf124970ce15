// Goal: a clip's date is held against the bench's with the uncertainty that it has. Method: clips made by hand that state dates by a signature, by
// their creation time, or not.
#include "judge/measure/clock_offset.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saksi::judge {
namespace {

constexpr int64_t kBench = 1'767'254'400;  // 2026-01-01 08:00 UTC

/// Exposed from 3 s on, 15 frames a second; its first frame cannot be read.
StoredClip clip_of(const std::string& file) {
  StoredClip clip;
  clip.file = file;
  clip.photon.exposure_s = Interval{0.01, 0.01};
  clip.photon.readout_s = Interval{0.018, 0.02};
  for (int i = 0; i < 30; ++i) {
    clip.frames.push_back({i / 15.0, false});
    FrameTime time;
    time.known = i > 0;
    time.time_s = {3 + i / 15.0 - 1e-3, 3 + i / 15.0 + 1e-3};
    clip.photon.frames.push_back(time);
  }
  return clip;
}

Measurement measure_of(const std::vector<StoredClip>& clips, const nlohmann::ordered_json& manifest) {
  Observations observations;
  observations.recording.emplace();
  observations.recording->manifest = manifest;
  observations.card.clips = clips;
  return measure(*find_measurement_kind("clock_offset"), observations);
}

TEST(ClockOffset, ASignedTimeIsHeldAgainstTheExposure) {
  StoredClip clip = clip_of("A.MP4");
  clip.signature.first_time = SignedTime{kBench + 3 + 5.25, 0};
  const Measurement m = measure_of({clip}, {{"date_s", kBench}});
  ASSERT_TRUE(m.value) << m.reason;
  EXPECT_NEAR(*m.value, 5.25, 1e-6);
  EXPECT_NEAR(m.uncertainty, 0.95 * (1e-3 + 0.015), 5e-4);
}

TEST(ClockOffset, ACreationTimeHasWholeSeconds) {
  StoredClip clip = clip_of("A.MP4");
  clip.movie.created_s = kBench + 1;
  const Measurement m = measure_of({clip}, {{"date_s", kBench}});
  ASSERT_TRUE(m.value) << m.reason;
  EXPECT_NEAR(*m.value, -1.5, 1e-3);
  EXPECT_NEAR(m.uncertainty, 0.95 * (0.5 + 0.016), 5e-3);
  EXPECT_GT(combined(m.budget), 0.28);
}

TEST(ClockOffset, TheBenchsOwnDoubtCounts) {
  StoredClip clip = clip_of("A.MP4");
  clip.signature.first_time = SignedTime{kBench + 3.0, 0};
  const Measurement m = measure_of({clip}, {{"date_s", kBench}, {"date_u_s", 0.1}});
  ASSERT_TRUE(m.value) << m.reason;
  EXPECT_NEAR(m.uncertainty, 0.196, 0.02);
}

TEST(ClockOffset, TheFarthestCountsWhicheverWay) {
  StoredClip ahead = clip_of("A.MP4"), behind = clip_of("B.MP4");
  ahead.signature.first_time = SignedTime{kBench + 3.0 + 2, 0};
  behind.signature.first_time = SignedTime{kBench + 3.0 - 9, 0};
  for (const auto& clips : {std::vector<StoredClip>{ahead, behind}, {behind, ahead}}) {
    const Measurement m = measure_of(clips, {{"date_s", kBench}});
    ASSERT_TRUE(m.value) << m.reason;
    EXPECT_NEAR(*m.value, -9, 1e-3);
    EXPECT_EQ(m.clip, "B.MP4");
    EXPECT_EQ(m.samples.size(), 2u);
  }
}

TEST(ClockOffset, WithoutADateOnEitherSideThereIsNone) {
  StoredClip clip = clip_of("A.MP4");
  EXPECT_NE(measure_of({clip}, {{"date_s", kBench}}).reason.find("no clip states a date"), std::string::npos);
  clip.movie.created_s = kBench;
  EXPECT_NE(measure_of({clip}, nlohmann::ordered_json::object()).reason.find("bench's date"), std::string::npos);
  EXPECT_NE(measure_of({clip}, {{"date_s", "soon"}}).reason.find("bench's date"), std::string::npos);
  for (FrameTime& time : clip.photon.frames) time.known = false;
  EXPECT_FALSE(measure_of({clip}, {{"date_s", kBench}}).value);
}

}  // namespace
}  // namespace saksi::judge
