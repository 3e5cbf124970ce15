// Goal: the code is found and read in pictures as cameras make them, and never read wrong. Method: pictures drawn with known times, coded
// with libx264 and decoded again; every clean bank must show a tick that ran during the exposure.
#include "judge/media/light_code_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "judge/media/light_code_search.h"
#include "judge/media/mp4.h"
#include "judge/test-support/clip_writer.h"

namespace saksi::judge {
namespace {

using testing::SceneCamera;

struct Tally {
  int frames = 0;
  int readable = 0;
  int clean_banks = 0;
  int blended_banks = 0;
  int wrong_banks = 0;
};

/// True if a bank could show `tick` (or, blended, change from it) at any time of its row's exposure.
bool is_right(const SceneCamera& camera, const BankReading& bank, int parity, double photon_s) {
  const double middle = photon_s + camera.readout_s * (bank.row / camera.height - 0.5);
  // A pixel row of doubt for where the bank's centre is.
  const double slack = camera.readout_s / camera.height + 1e-6;
  const int64_t first = static_cast<int64_t>(std::floor((middle - camera.exposure_s / 2 - slack) * light_code::kTickHz));
  const int64_t last = static_cast<int64_t>(std::floor((middle + camera.exposure_s / 2 + slack) * light_code::kTickHz));
  for (int64_t tick = first; tick <= last; ++tick) {
    if (light_code::shown(parity, tick) == bank.tick) return true;
  }
  return false;
}

Tally film(const SceneCamera& camera, int qp, int frames, double first_s, double period_s, uint64_t seed) {
  SeedStream noise(seed, "light-code-reader-test");
  testing::ClipEncoder encoder(camera.width, camera.height, qp, 15);
  for (int i = 0; i < frames; ++i) encoder.add(testing::draw_light_code(camera, first_s + i * period_s, noise), i * 6000);
  const MemorySource file(testing::mux_fragmented(encoder.finish(), 15));
  const Mp4Movie movie = parse_mp4(file);
  ClipDecoder decoder(movie, file);
  LightCodeReader reader;
  Tally tally;
  DecodedPicture picture;
  while (decoder.next(picture)) {
    const double photon_s = first_s + static_cast<double>(picture.sample) * period_s;
    ++tally.frames;
    const FrameReading reading = reader.read(picture.luma);
    if (reading.readable()) ++tally.readable;
    for (const StripReading& strip : reading.strip) {
      for (int parity = 0; parity < light_code::kBanks; ++parity) {
        const BankReading& bank = strip.bank[parity];
        if (!bank.readable) continue;
        ++(bank.blended ? tally.blended_banks : tally.clean_banks);
        if (!is_right(camera, bank, parity, photon_s)) ++tally.wrong_banks;
      }
    }
  }
  return tally;
}

struct Case {
  const char* name;
  SceneCamera camera;
  int qp;
};

SceneCamera camera_of(int width, int height) {
  SceneCamera camera;
  camera.width = width;
  camera.height = height;
  return camera;
}

std::vector<Case> cases() {
  std::vector<Case> list;
  list.push_back({"vga-wide", camera_of(640, 360), 27});
  list.push_back({"cif-qp36", camera_of(352, 288), 36});
  list.push_back({"cif-qp40-noisy", camera_of(352, 288), 40});
  list.back().camera.noise = 0.04;
  list.push_back({"qcif", camera_of(176, 144), 27});
  list.push_back({"odd-size", camera_of(350, 286), 36});
  list.push_back({"full-hd", camera_of(1920, 1080), 36});
  list.push_back({"linear-tone", camera_of(640, 360), 30});
  list.back().camera.gamma = 1.0;
  list.push_back({"dark", camera_of(640, 360), 30});
  list.back().camera.white = 0.08;
  list.push_back({"overexposed", camera_of(640, 360), 30});
  list.back().camera.white = 1.6;
  list.push_back({"blurred", camera_of(640, 360), 30});
  list.back().camera.blur = 4;
  list.push_back({"short-exposure", camera_of(640, 360), 30});
  list.back().camera.exposure_s = 0.0005;
  list.push_back({"one-tick-exposure", camera_of(640, 360), 30});
  list.back().camera.exposure_s = 0.0163;
  list.push_back({"zoomed-in", camera_of(640, 480), 30});
  list.back().camera.zoom = 1.15;
  list.push_back({"zoomed-out-shifted", camera_of(640, 480), 30});
  list.back().camera.zoom = 0.8;
  list.back().camera.shift_x = 0.08;
  list.back().camera.shift_y = -0.05;
  return list;
}

class LightCodePictures : public ::testing::TestWithParam<Case> {};

TEST_P(LightCodePictures, AreReadAndNeverWrong) {
  const Case& c = GetParam();
  const int frames = c.camera.width > 1000 ? 8 : 24;
  const Tally tally = film(c.camera, c.qp, frames, 1.2345, 0.0671, 1);
  EXPECT_EQ(tally.frames, frames);
  EXPECT_GE(tally.readable, frames * 95 / 100);
  EXPECT_GE(tally.clean_banks, frames * 3);
  EXPECT_EQ(tally.wrong_banks, 0);
  RecordProperty("blended", tally.blended_banks);
}

INSTANTIATE_TEST_SUITE_P(Cameras, LightCodePictures, ::testing::ValuesIn(cases()), [](const auto& param) {
  std::string name = param.param.name;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
});

TEST(LightCodeReader, FindsThePlaceToAFractionOfACell) {
  const SceneCamera camera = camera_of(640, 360);
  SeedStream noise(1, "place");
  const testing::Picture picture = testing::draw_light_code(camera, 2.0083, noise);
  const std::optional<CodeLocation> place = find_light_code({picture.bytes.data(), camera.width, camera.width, camera.height});
  ASSERT_TRUE(place.has_value());
  EXPECT_NEAR(place->left, 0.08 * 640, 1.0);
  EXPECT_NEAR(place->width, 0.84 * 640, 1.5);
  EXPECT_NEAR(place->origin, -60, 2.0);
  EXPECT_NEAR(place->height, 480, 4.0);
}

TEST(LightCodeReader, AlsoReadsTheWrapOfTheCounter) {
  const double wrap_s = static_cast<double>(light_code::kTickModulus) / light_code::kTickHz;
  const Tally tally = film(camera_of(640, 360), 27, 12, wrap_s - 0.4, 0.0671, 2);
  EXPECT_GE(tally.readable, 12);
  EXPECT_EQ(tally.wrong_banks, 0);
}

TEST(LightCodeReader, NothingIsReadWhereThereIsNoCode) {
  SceneCamera camera = camera_of(640, 360);
  camera.show_code = false;
  EXPECT_EQ(film(camera, 27, 8, 1, 0.0671, 3).readable, 0);
  SeedStream random(4, "noise");
  testing::Picture picture{640, 360, std::vector<uint8_t>(640 * 360)};
  LightCodeReader reader;
  for (int i = 0; i < 20; ++i) {
    for (uint8_t& pixel : picture.bytes) pixel = static_cast<uint8_t>(random.next());
    EXPECT_FALSE(reader.read({picture.bytes.data(), 640, 640, 360}).readable());
  }
}

TEST(LightCodeReader, TinyAndEmptyPicturesAreNotRead) {
  const std::vector<uint8_t> pixels(16, 0);
  LightCodeReader reader;
  EXPECT_FALSE(reader.read({pixels.data(), 4, 4, 4}).readable());
  EXPECT_FALSE(reader.read({nullptr, 0, 0, 0}).readable());
}

TEST(LightCodeReader, TickDistanceWraps) {
  EXPECT_EQ(tick_distance(5, 7), 2);
  EXPECT_EQ(tick_distance(light_code::kTickModulus - 1, 1), 2);
  EXPECT_EQ(tick_distance(1, light_code::kTickModulus - 1), -2);
}

}  // namespace
}  // namespace saksi::judge
