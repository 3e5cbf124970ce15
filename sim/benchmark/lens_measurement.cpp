#include "sim/benchmark/lens_measurement.h"

#include <algorithm>
#include <cmath>

#include "hw-models/sensor/sensor_rig.h"
#include "sim/benchmark/slanted_edge.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kSharpnessLimit = 0.05, kFieldLimit = 0.03;
constexpr double kLux = 400;
constexpr double kDarkReflectance = 0.05;
constexpr int kLines = 500;
constexpr int kHighGain = 232;

hw::Imx219Config behind(const hw::LensConfig& lens) {
  hw::Imx219Config config;
  config.lens = lens;
  return config;
}

void fill(const hw::SampleGrid& grid, const hw::RowExposure& out, const std::vector<float>& light) {
  for (float* plane : {out.red, out.green, out.blue}) std::copy_n(light.begin(), grid.columns, plane);
}

/// Dark to the left and white to the right of a line through the array's middle that leans a little; a sample has its exact share of both.
class EdgeLight : public hw::LightSource {
 public:
  void expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) override {
    constexpr int kSlices = 16;  // a row's height in slices, in each of which the edge is taken as upright
    const double lux_s = kLux * static_cast<double>(t1_ns - t0_ns) * 1e-9;
    const double slope = std::tan(kLean);
    std::vector<float> light(static_cast<size_t>(grid.columns), 0.0f);
    const double step_x = static_cast<double>(grid.width) / grid.columns, step_y = static_cast<double>(grid.height) / grid.rows;
    for (int slice = 0; slice < kSlices; ++slice) {
      const double y = grid.y + step_y * (row + (slice + 0.5) / kSlices) - grid.field_height / 2.0;
      const double edge = (grid.field_width / 2.0 + slope * y - grid.x) / step_x;
      for (int x = 0; x < grid.columns; ++x) {
        const double white = std::clamp(x + 1 - edge, 0.0, 1.0);
        light[static_cast<size_t>(x)] += static_cast<float>(lux_s * (kDarkReflectance + (1 - kDarkReflectance) * white) / kSlices);
      }
    }
    fill(grid, out, light);
  }

 private:
  static constexpr double kLean = 5 * kPi / 180;
};

/// White, but for a black patch in the middle, a twelfth of the field wide and high, if it is wanted.
class FieldLight : public hw::LightSource {
 public:
  bool has_patch = false;
  double lux = kLux;
  void expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) override {
    constexpr int kPart = 24;  // half of a twelfth
    const auto lux_s = static_cast<float>(lux * static_cast<double>(t1_ns - t0_ns) * 1e-9);
    std::vector<float> light(static_cast<size_t>(grid.columns), lux_s);
    if (has_patch && std::abs(row - grid.rows / 2) < grid.rows / kPart) {
      std::fill(light.begin() + grid.columns / 2 - grid.columns / kPart, light.begin() + grid.columns / 2 + grid.columns / kPart, 0.0f);
    }
    fill(grid, out, light);
  }
};

/// The mean of some frames, the black level taken off.
std::vector<double> mean_of(const std::vector<hw::RawPlane>& planes) {
  std::vector<double> mean(planes[0].size(), 0.0);
  for (const hw::RawPlane& plane : planes) {
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += (plane[i] - hw::PixelConfig().black_level) / static_cast<double>(planes.size());
  }
  return mean;
}

/// The mean over a square about a place, in parts of the picture.
double mean_about(const std::vector<double>& picture, int columns, int rows, double u, double v) {
  constexpr int kReach = 6;
  const int x0 = std::clamp(static_cast<int>(u * columns), kReach, columns - 1 - kReach),
            y0 = std::clamp(static_cast<int>(v * rows), kReach, rows - 1 - kReach);
  double sum = 0;
  for (int y = y0 - kReach; y <= y0 + kReach; ++y) {
    for (int x = x0 - kReach; x <= x0 + kReach; ++x) sum += picture[static_cast<size_t>(y * columns + x)];
  }
  return sum / ((2 * kReach + 1) * (2 * kReach + 1));
}

}  // namespace

std::vector<SensorFigure> measure_sharpness(const hw::LensConfig& lens, int frames) {
  hw::SensorRig rig(behind(lens));
  EdgeLight edge;
  rig.set_light(edge);
  EdgePicture picture{rig.columns(), rig.rows(), mean_of(rig.take({0, kLines, 0}, frames))};
  EdgeResponse response = edge_response(picture);
  // A plane has every second sample of a row.
  for (size_t i = 0; i < response.frequency.size(); ++i) {
    response.frequency[i] /= 2 * hw::kPixelPitchMm;
    const double pixel = response.frequency[i] * hw::kPixelPitchMm;
    if (pixel > 0) response.contrast[i] /= std::sin(kPi * pixel) / (kPi * pixel);
  }
  return {{"MTF50 of the lens", "lp/mm", lens.mtf50_lp_mm, response.frequency_at(0.5), kSharpnessLimit}};
}

std::vector<SensorFigure> measure_field(const hw::LensConfig& lens, int frames) {
  hw::SensorRig rig(behind(lens), hw::SensorRig::View::kWholeArray);
  FieldLight field;
  rig.set_light(field);
  const int columns = rig.columns(), rows = rig.rows();
  const std::vector<double> white = mean_of(rig.take({0, kLines, 0}, frames));
  double corners = 0;
  // Squares of 13 planes' samples in the corners; the illumination that was set is worked out at their middles.
  constexpr double kIn = 7;
  for (const double u : {kIn / columns, 1 - kIn / columns}) {
    for (const double v : {kIn / rows, 1 - kIn / rows}) corners += mean_about(white, columns, rows, u, v) / 4;
  }
  const double on_axis = mean_about(white, columns, rows, 0.5, 0.5);
  const double x = (0.5 - kIn / columns) * hw::Imx219::kArrayWidth, y = (0.5 - kIn / rows) * hw::Imx219::kArrayHeight;
  const double half_diagonal = std::hypot(hw::Imx219::kArrayWidth, hw::Imx219::kArrayHeight) / 2;
  const double fall = 1 + hw::shading_constant(lens.corner_illumination) * (x * x + y * y) / (half_diagonal * half_diagonal);

  // At a high gain, or the converter's steps would be as large as the glare; and what is there without light is taken off.
  const hw::SensorRig::Shot high{0, kLines, kHighGain};
  field.has_patch = true;
  const double patch = mean_about(mean_of(rig.take(high, frames)), columns, rows, 0.5, 0.5);
  field.lux = 0;
  const double dark = mean_about(mean_of(rig.take(high, frames)), columns, rows, 0.5, 0.5);
  const double black = (patch - dark) * (256 - kHighGain) / 256;
  // Glare lifts the corner as it does the middle.
  return {{"illumination near the corner", "%", 100 / (fall * fall), 100 * (corners - black) / (on_axis - black), kFieldLimit},
          {"veiling glare", "%", 100 * lens.veiling_glare, 100 * black / on_axis, kFieldLimit}};
}

}  // namespace saksi::sim
