#include "judge/test-support/light_scene.h"

#include <algorithm>
#include <cmath>

#include "base/light_code.h"

namespace saksi::judge::testing {

namespace {

constexpr double kTick = 1.0 / light_code::kTickHz;

/// Light of a bank's cells at a row: the mean over the exposure of that row.
std::vector<double> bank_light(int bank, double middle_s, double exposure_s) {
  const double begin = middle_s - exposure_s / 2;
  const double end = middle_s + exposure_s / 2;
  std::vector<double> light(light_code::kCells, 0.0);
  const int64_t first = static_cast<int64_t>(std::floor(begin / kTick));
  const int64_t last = static_cast<int64_t>(std::floor(end / kTick));
  for (int64_t tick = first; tick <= last; ++tick) {
    const double from = std::max(begin, static_cast<double>(tick) * kTick);
    const double to = std::min(end, static_cast<double>(tick + 1) * kTick);
    if (to <= from) continue;
    const light_code::Cells cells = light_code::encode(light_code::shown(bank, tick));
    for (size_t i = 0; i < cells.size(); ++i) light[i] += (cells[i] ? light_code::kWhite : light_code::kBlack) * (to - from) / exposure_s;
  }
  return light;
}

/// Which bank of which strip shows at a scene height; -1 none, -2 the black margin.
int bank_at(double y) {
  for (double centre : light_code::kStripCentreY) {
    if (std::abs(y - centre) < light_code::kBankHeight) return y < centre ? 0 : 1;
    if (std::abs(y - centre) < light_code::kBankHeight + light_code::kMargin) return -2;
  }
  return -1;
}

double background(double x, double y) {
  const double wave = std::abs(std::fmod(x * 7 + y * 3, 2.0) - 1);
  return 0.15 + 0.4 * wave + 0.2 * y;
}

}  // namespace

Picture draw_light_code(const SceneCamera& camera, double photon_s, SeedStream& noise) {
  const int w = camera.width;
  const int h = camera.height;
  const double aspect = static_cast<double>(w) / h / (4.0 / 3.0);
  const double field_w = std::min(1.0, aspect) / camera.zoom;
  const double field_h = std::min(1.0, 1 / aspect) / camera.zoom;
  Picture picture{w, h, std::vector<uint8_t>(static_cast<size_t>(w * h) + 2 * static_cast<size_t>(((w + 1) / 2) * ((h + 1) / 2)), 128)};
  std::vector<double> row(static_cast<size_t>(w));
  std::vector<double> blurred(static_cast<size_t>(w));
  constexpr int kSub = 4;
  for (int y = 0; y < h; ++y) {
    const double middle = photon_s + camera.readout_s * ((y + 0.5) / h - 0.5);
    const double scene_y = 0.5 + camera.shift_y + ((y + 0.5) / h - 0.5) * field_h;
    const int bank = camera.show_code ? bank_at(scene_y) : -1;
    std::vector<double> cells;
    if (bank >= 0) cells = bank_light(bank, middle, camera.exposure_s);
    for (int x = 0; x < w; ++x) {
      double light = 0;
      for (int s = 0; s < kSub; ++s) {
        const double scene_x = 0.5 + camera.shift_x + ((x + (s + 0.5) / kSub) / w - 0.5) * field_w;
        const double cell = (scene_x - light_code::kStripLeft) / light_code::kStripWidth * light_code::kCells;
        if (bank >= 0 && cell >= 0 && cell < light_code::kCells) {
          light += cells[static_cast<size_t>(cell)];
        } else if (bank != -1 && cell > -1 && cell < light_code::kCells + 1) {
          light += light_code::kBlack;
        } else {
          light += background(scene_x, scene_y);
        }
      }
      row[static_cast<size_t>(x)] = light / kSub * camera.white / light_code::kWhite;
    }
    for (int x = 0; x < w; ++x) {
      double sum = 0;
      for (int d = -camera.blur; d <= camera.blur; ++d) sum += row[static_cast<size_t>(std::clamp(x + d, 0, w - 1))];
      const double signal = std::pow(std::clamp(sum / (2 * camera.blur + 1), 0.0, 1.0), 1 / camera.gamma);
      const double grain = (noise.uniform() + noise.uniform() + noise.uniform() + noise.uniform() - 2) * 1.7320508 * camera.noise;
      picture.bytes[static_cast<size_t>(y * w + x)] = static_cast<uint8_t>(std::clamp(16 + 219 * (signal + grain), 0.0, 255.0));
    }
  }
  return picture;
}

}  // namespace saksi::judge::testing
