// Goal: what the scene shows is in the camera's picture, and the light code tells when it was. Method: scene, sensor and image signal
// processor as in the camera, at the smallest size that the light code must survive; a plain reader that knows where the strips are.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/light_code.h"
#include "base/sha256.h"
#include "hw-models/base/systemc_test.h"
#include "regs/isp_regs.hpp"
#include "sim/scene/scene_yaml.h"
#include "tests/light/camera_rig.h"

namespace saksi {
namespace {

std::unique_ptr<sim::Scene> scene(const std::string& text) { return sim::load_scene(YamlNode::parse(text, "scene.yaml"), {}); }

constexpr const char* kPan = "{name: pan, pattern: pan, lux: 500}";

class LightPath : public hw::SystemcTest {
 protected:
  /// Luma and chroma without padding rows, as bytes.
  static std::string picture_of(const CameraRig& rig) {
    const size_t size = static_cast<size_t>(rig.padded_width()) * static_cast<size_t>(rig.padded_height());
    std::string bytes(reinterpret_cast<const char*>(rig.luma()), size);
    bytes.append(reinterpret_cast<const char*>(rig.chroma()), size / 2);
    return bytes;
  }
};

/// Reads a bank at its known place by the luma in the middle of each cell, against the middle between its own darkest and brightest.
std::optional<uint32_t> read_bank(const CameraRig& rig, const RigSettings& s, int strip, int bank) {
  const double field_y = light_code::kStripCentreY[strip] + (bank - 0.5) * light_code::kBankHeight;
  const int y = static_cast<int>((field_y * 616 - rig.crop_y()) * s.out_height / rig.crop_height());
  int levels[light_code::kCells];
  int low = 255;
  int high = 0;
  for (int i = 0; i < light_code::kCells; ++i) {
    const double field_x = light_code::kStripLeft + (i + 0.5) * light_code::kStripWidth / light_code::kCells;
    const int x = static_cast<int>((field_x * 820 - rig.crop_x()) * s.out_width / rig.crop_width());
    levels[i] = rig.luma()[y * rig.padded_width() + x];
    low = std::min(low, levels[i]);
    high = std::max(high, levels[i]);
  }
  light_code::Cells cells;
  for (size_t i = 0; i < light_code::kCells; ++i) cells[i] = 2 * levels[i] > low + high;
  return light_code::decode(cells, bank);
}

/// Whether a bank shows a tick at some time within the exposure of its rows.
bool shown_while_exposed(const hw::FrameTruth& truth, int strip, int bank, uint32_t tick) {
  const double row = (light_code::kStripCentreY[strip] + (bank - 0.5) * light_code::kBankHeight) * truth.rows;
  const int64_t middle = truth.t_row0_ns + static_cast<int64_t>(row * static_cast<double>(truth.row_ns_num) / static_cast<double>(truth.row_ns_den));
  for (const int64_t t : {middle - truth.exposure_ns / 2, middle, middle + truth.exposure_ns / 2}) {
    if (light_code::shown(bank, light_code::tick_at(t)) == tick) return true;
  }
  return false;
}

void expect_readable(CameraRig& rig, const RigSettings& settings, int frames) {
  for (int frame = 0; frame < frames; ++frame) {
    rig.next_frame();
    for (int strip = 0; strip < light_code::kStrips; ++strip) {
      int readable = 0;
      for (int bank = 0; bank < light_code::kBanks; ++bank) {
        const std::optional<uint32_t> tick = read_bank(rig, settings, strip, bank);
        if (!tick) continue;
        ++readable;
        EXPECT_TRUE(shown_while_exposed(rig.truth(), strip, bank, *tick)) << frame << " " << strip << " " << bank << " " << *tick;
      }
      EXPECT_GE(readable, 1) << "frame " << frame << " strip " << strip;
    }
  }
}

TEST_F(LightPath, EveryStripTellsItsTimeAt352x288) {
  RigSettings settings;
  settings.out_width = 352;
  settings.out_height = 288;
  const std::unique_ptr<sim::Scene> light = scene(kPan);
  CameraRig rig("rig", settings);
  rig.start(*light);
  expect_readable(rig, settings, 20);
}

TEST_F(LightPath, EveryStripTellsItsTimeInADimHall) {
  RigSettings settings;
  settings.out_width = 352;
  settings.out_height = 288;
  settings.analog_gain = 232;
  const std::unique_ptr<sim::Scene> light = scene("{name: dim, pattern: pan, lux: 30, colour_temperature_k: 3000}");
  CameraRig rig("rig", settings);
  rig.start(*light);
  expect_readable(rig, settings, 10);
}

TEST_F(LightPath, EveryStripTellsItsTimeWithTheLongestExposure) {
  RigSettings settings;
  settings.exposure_lines = 881;  // just below one tick
  settings.analog_gain = 160;
  settings.out_width = 352;
  settings.out_height = 288;
  const std::unique_ptr<sim::Scene> light = scene(kPan);
  CameraRig rig("rig", settings);
  rig.start(*light);
  expect_readable(rig, settings, 20);
}

TEST_F(LightPath, AGreyCardIsNeutralAndAsBrightAsItsLuxSay) {
  const std::unique_ptr<sim::Scene> light = scene("{name: card, grey: 0.4, lux: 500, light_code: false}");
  CameraRig rig("rig", RigSettings());
  rig.start(*light);
  rig.next_frame();
  // 2 lux s give 352.8 electrons in green; at gain 4 that is 282 of the 959 steps above black: 0.294, which BT.709 codes as 0.534.
  EXPECT_NEAR(rig.isp.read32(regs::isp::kMeanY) / 256.0, 16 + 219 * 0.534, 0.7);
  double cb = 0;
  double cr = 0;
  for (int i = 0; i < 640 * 360 / 2; i += 2) {
    cb += rig.chroma()[i];
    cr += rig.chroma()[i + 1];
  }
  EXPECT_NEAR(cb / (640 * 90), 128, 0.5);
  EXPECT_NEAR(cr / (640 * 90), 128, 0.5);
}

TEST_F(LightPath, ThePartialFieldShowsAllOfTheCodeToACroppedSensor) {
  RigSettings settings;
  settings.binning = 1;
  settings.out_width = 1920;
  settings.out_height = 1080;
  const std::unique_ptr<sim::Scene> light = scene("{name: far, pattern: pan, lux: 500, field_part: 0.585}");
  CameraRig rig("rig", settings);
  rig.start(*light);
  rig.next_frame();
  // White start cell and black cell beside it, in the middle strip; the scene is 1918.8 pixels wide.
  const auto level = [&rig](int cell) {
    const double scene_x = light_code::kStripLeft + (cell + 0.5) * light_code::kStripWidth / light_code::kCells;
    const int x = static_cast<int>((scene_x - 0.5) * 0.585 * 3280 + 960);
    return static_cast<int>(rig.luma()[(540 - 20) * rig.padded_width() + x]);
  };
  EXPECT_GT(level(0), level(1) + 100);
  EXPECT_GT(level(2), level(1) + 100);
  EXPECT_GT(level(34), level(33) + 100);
}

TEST_F(LightPath, TheSameSeedGivesTheSamePictures) {
  const std::unique_ptr<sim::Scene> light = scene(kPan);
  const std::unique_ptr<sim::Scene> again = scene(kPan);
  RigSettings settings;
  CameraRig one("one", settings);
  CameraRig same("same", settings);
  settings.seed = 2;
  CameraRig other("other", settings);
  one.power_on(*light);
  same.power_on(*again);
  other.power_on(*light);
  run_for_ns(CameraRig::kStartUpMs * 1e6);
  for (CameraRig* rig : {&one, &same, &other}) rig->stream();
  for (int frame = 0; frame < 3; ++frame) one.next_frame();
  ASSERT_EQ(one.truth().frame, same.truth().frame);
  EXPECT_EQ(hex(sha256(picture_of(one))), hex(sha256(picture_of(same))));
  EXPECT_NE(hex(sha256(picture_of(one))), hex(sha256(picture_of(other))));
}

// Another compiler, optimiser or machine must give the same picture.
TEST_F(LightPath, GoldenPicture) {
  const std::unique_ptr<sim::Scene> light = scene("{name: pan, pattern: pan, lux: 300, colour_temperature_k: 4500}");
  CameraRig rig("rig", RigSettings());
  rig.start(*light);
  rig.next_frame();
  rig.next_frame();
  EXPECT_EQ(hex(sha256(picture_of(rig))), "19f5e5bcebbcb2716525dd1bac7abcc989a41a334bbf5d97d50bd7706be607f9");
}

}  // namespace
}  // namespace saksi
