// Goal: the stated intervals hold the true photon times, and are narrow. Method: clips drawn with known times at random phases, exposures,
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
    film.photon_s = steady(1 + random.uniform(), 1 / rates[random.below(4)], 30);
    const PhotonTimes dbg = time_film(film, std::nullopt, static_cast<uint64_t>(clip)); const Outcome outcome = compare(film, dbg);
    EXPECT_GE(outcome.known, 28);
    if (outcome.covered == outcome.known) ++clips_covered;
    widths.push_back(outcome.widest_s);
    if (outcome.covered != outcome.known || outcome.known < 28) {
      std::printf("clip %d: %d of %d covered; %dx%d qp %d e %.2f ms readout %.2f ms gamma %.2f white %.2f noise %.3f blur %d period %.3f ms\n", clip, outcome.covered, outcome.known,
       film.camera.width, film.camera.height, film.qp, film.camera.exposure_s * 1e3, film.camera.readout_s * 1e3, film.camera.gamma, film.camera.white, film.camera.noise, film.camera.blur, (film.photon_s[1]-film.photon_s[0])*1e3);
      for (size_t i = 0; i < 30; i += 5) { const FrameTime& t = dbg.frames[i]; std::printf("   %zu known %d stretch %d  [%.3f %.3f] ms\n", i, t.known, t.stretch, (t.time_s.low - film.photon_s[i])*1e3, (t.time_s.high - film.photon_s[i])*1e3); }
      if (dbg.exposure_s) std::printf("  e [%.2f %.2f] r [%.2f %.2f]\n", dbg.exposure_s->low*1e3, dbg.exposure_s->high*1e3, dbg.readout_s->low*1e3, dbg.readout_s->high*1e3);
    }
  }
  std::sort(widths.begin(), widths.end());
  std::printf("half-width of a clip's widest interval: median %.2f ms, largest %.2f ms\n", widths[kClips / 2] * 1e3, widths.back() * 1e3);
  EXPECT_GE(clips_covered, kClips - 1);
  EXPECT_LT(widths[kClips / 2], 0.003);
  EXPECT_LT(widths.back(), 0.010);
}

}  // namespace
}  // namespace saksi::judge
