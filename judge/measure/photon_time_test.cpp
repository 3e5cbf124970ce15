// Goal: the stated 95 % intervals hold the true photon times, and are narrow. Method: clips drawn with known times at random phases, exposures,
// readout times, tone curves, sizes and QPs, coded with libx264; the truth is compared with every frame's interval.
#include "judge/measure/photon_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "judge/media/clip_decoder.h"
#include "judge/test-support/clip_writer.h"

namespace saksi::judge {
namespace {

using testing::SceneCamera;

struct Film {
  SceneCamera camera;
  int qp = 27;
  std::vector<double> photon_s;  ///< the truth
};

PhotonTimes time_film(const Film& film, std::optional<double> period_hint, uint64_t seed) {
  SeedStream noise(seed, "photon-time-test");
  testing::ClipEncoder encoder(film.camera.width, film.camera.height, film.qp, 15);
  for (size_t i = 0; i < film.photon_s.size(); ++i) {
    encoder.add(testing::draw_light_code(film.camera, film.photon_s[i], noise), static_cast<int64_t>(i) * 6000);
  }
  const MemorySource file(testing::mux_fragmented(encoder.finish(), 15));
  const Mp4Movie movie = parse_mp4(file);
  ClipDecoder decoder(movie, file);
  LightCodeReader reader;
  std::vector<FrameReading> readings;
  DecodedPicture picture;
  PhotonHints hints;
  while (decoder.next(picture)) {
    readings.push_back(reader.read(picture.luma));
    hints.pts_s.push_back(movie.seconds(picture.pts));
  }
  hints.frame_period_s = period_hint;
  hints.latest_s = film.photon_s.back() + 1;
  hints.height = film.camera.height;
  return estimate_photon_times(readings, hints);
}

std::vector<double> steady(double first_s, double period_s, int frames) {
  std::vector<double> times;
  for (int i = 0; i < frames; ++i) times.push_back(first_s + i * period_s);
  return times;
}

struct Outcome {
  int frames = 0;
  int known = 0;
  int covered = 0;
  double widest_s = 0;
};

Outcome compare(const Film& film, const PhotonTimes& times) {
  Outcome outcome;
  for (size_t i = 0; i < film.photon_s.size(); ++i) {
    ++outcome.frames;
    const FrameTime& time = times.frames.at(i);
    if (!time.known) continue;
    ++outcome.known;
    if (time.time_s.low <= film.photon_s[i] && film.photon_s[i] <= time.time_s.high) ++outcome.covered;
    outcome.widest_s = std::max(outcome.widest_s, time.time_s.half_width());
  }
  return outcome;
}

TEST(PhotonTime, RandomCamerasAreCovered) {
  SeedStream random(7, "cameras");
  int clips_covered = 0;
  constexpr int kClips = 40;
  std::vector<double> widths;
  for (int clip = 0; clip < kClips; ++clip) {
    Film film;
    const int sizes[4][2] = {{352, 288}, {640, 360}, {320, 240}, {350, 286}};
    const int* size = sizes[random.below(4)];
    film.camera.width = size[0];
    film.camera.height = size[1];
    film.camera.exposure_s = 0.001 + 0.015 * random.uniform();
    film.camera.readout_s = 0.005 + 0.025 * random.uniform();
    film.camera.gamma = 1 + 1.5 * random.uniform();
    film.camera.white = 0.3 + 0.6 * random.uniform();
    film.camera.noise = 0.02 * random.uniform();
    film.camera.blur = static_cast<int>(random.below(2));
    film.qp = 20 + static_cast<int>(random.below(17));
    const double rates[4] = {15, 14.9992, 25, 30};
    const double first_s = 1 + random.uniform();
    film.photon_s = steady(first_s, 1 / rates[random.below(4)], 30);
    const Outcome outcome = compare(film, time_film(film, std::nullopt, static_cast<uint64_t>(clip)));
    EXPECT_GE(outcome.known, 28);
    if (outcome.covered == outcome.known) ++clips_covered;
    widths.push_back(outcome.widest_s);
    if (outcome.covered != outcome.known) std::printf("clip %d: %d of %d covered\n", clip, outcome.covered, outcome.known);
  }
  std::sort(widths.begin(), widths.end());
  std::printf("half-width of a clip's widest interval: median %.2f ms, largest %.2f ms\n", widths[kClips / 2] * 1e3, widths.back() * 1e3);
  // All frames of a clip err together, so 95 % of clips are what is to be expected; 34 of 40 leaves room for chance.
  EXPECT_GE(clips_covered, 34);
  EXPECT_LT(widths[kClips / 2], 0.0005);
  EXPECT_LT(widths.back(), 0.010);
}

TEST(PhotonTime, DroppedFramesAreNumberedAround) {
  Film film;
  film.photon_s = steady(1.234, 1.0 / 15, 40);
  film.photon_s.erase(film.photon_s.begin() + 20, film.photon_s.begin() + 23);
  film.photon_s.erase(film.photon_s.begin() + 7);
  const PhotonTimes times = time_film(film, 1.0 / 15, 1);
  const Outcome outcome = compare(film, times);
  EXPECT_EQ(outcome.covered, 36);
  EXPECT_LT(outcome.widest_s, 0.003);
  EXPECT_EQ(times.frames.at(35).index, 39);
  const Interval hole = times.distance_s(18, 19);
  EXPECT_LE(hole.low, 4.0 / 15);
  EXPECT_GE(hole.high, 4.0 / 15);
  EXPECT_LT(hole.half_width(), 0.0005);
}

TEST(PhotonTime, ARateThatChangesIsSplitIntoStretches) {
  Film film;
  film.photon_s = steady(1.234, 1.0 / 15, 20);
  for (double t : steady(film.photon_s.back() + 0.0551, 0.0551, 20)) film.photon_s.push_back(t);
  const Outcome outcome = compare(film, time_film(film, 1.0 / 15, 2));
  EXPECT_EQ(outcome.covered, outcome.known);
  EXPECT_GE(outcome.known, 38);
  EXPECT_LT(outcome.widest_s, 0.020);
}

TEST(PhotonTime, IrregularFramesStandOnTheirOwn) {
  Film film;
  SeedStream random(3, "irregular");
  double t = 1;
  for (int i = 0; i < 20; ++i) film.photon_s.push_back(t += 0.05 + 0.05 * random.uniform());
  const PhotonTimes times = time_film(film, std::nullopt, 3);
  const Outcome outcome = compare(film, times);
  EXPECT_EQ(outcome.covered, outcome.known);
  EXPECT_LT(outcome.widest_s, 0.020);
}

TEST(PhotonTime, ASingleFrameHasATime) {
  Film film;
  film.photon_s = {2.345};
  const Outcome outcome = compare(film, time_film(film, std::nullopt, 4));
  EXPECT_EQ(outcome.covered, 1);
  EXPECT_LT(outcome.widest_s, 0.020);
}

TEST(PhotonTime, RoundsOfTheCodeAreToldApartByTheEnd) {
  Film film;
  const double round_s = static_cast<double>(light_code::kTickModulus) / light_code::kTickHz;
  film.photon_s = steady(2 * round_s - 0.5, 1.0 / 15, 15);
  const Outcome outcome = compare(film, time_film(film, 1.0 / 15, 5));
  EXPECT_EQ(outcome.covered, 15);
}

TEST(PhotonTime, TheBudgetAddsUpToTheIntervalAndExposureCostsWhatItDoes) {
  Film film;
  film.photon_s = steady(1.2, 1.0 / 15, 40);
  const PhotonTimes times = time_film(film, 1.0 / 15, 9);
  ASSERT_TRUE(times.frames.at(20).known);
  for (const size_t i : {0u, 20u, 39u}) {
    const FrameTime& time = times.frames[i];
    const double u = combined(frame_budget(time.budget, 0));
    // The interval is given as the rectangle with the same 95 % range.
    EXPECT_NEAR(1.96 * u, 0.95 * time.time_s.half_width(), 0.15 * 0.95 * time.time_s.half_width()) << i;
    EXPECT_GT(time.budget.code, 0);
  }
  EXPECT_GT(combined(frame_budget(times.frames[20].budget, 0.001)), 0.001);
}

TEST(PhotonTime, ExposureAndReadoutAreFound) {
  Film film;
  film.camera.exposure_s = 0.008;
  film.camera.readout_s = 0.020;
  film.photon_s = steady(1.2, 1 / 14.93, 60);
  const PhotonTimes times = time_film(film, 1.0 / 15, 6);
  ASSERT_TRUE(times.exposure_s && times.readout_s);
  EXPECT_LE(times.exposure_s->low, 0.008);
  EXPECT_GE(times.exposure_s->high, 0.008);
  EXPECT_LE(times.readout_s->low, 0.020);
  EXPECT_GE(times.readout_s->high, 0.020);
  EXPECT_LT(times.exposure_s->half_width(), 0.003);
  EXPECT_LT(times.readout_s->half_width(), 0.003);
}

}  // namespace
}  // namespace saksi::judge
