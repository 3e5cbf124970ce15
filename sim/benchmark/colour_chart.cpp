#include "sim/benchmark/colour_chart.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/error.h"
#include "sim/benchmark/colour_difference.h"

namespace saksi::sim {

namespace {

using Linear = std::array<double, 3>;

constexpr int kColumns = 6, kRows = 4;
constexpr int kWidth = 1640, kHeight = 1232;                         ///< of the chart's file, the sensor's shape
constexpr int kLeft = 320, kTop = 276, kAcross = 1000, kDown = 680;  ///< of the patches in it
constexpr double kGap = 0.12;                                        ///< of a patch, on each side
constexpr uint8_t kCard = 118;
constexpr size_t kMiddleGrey = 21;
/// Rows of the sensor's 616 that a picture of 16 to 9 shows, and where they begin.
constexpr double kCropTop = 78, kCropRows = 460, kSensorRows = 616;

constexpr std::array<std::array<uint8_t, 3>, kChartPatches> kPatches = {
    {{115, 82, 68},  {194, 150, 130}, {98, 122, 157},  {87, 108, 67},   {133, 128, 177}, {103, 189, 170}, {214, 126, 44}, {80, 91, 166},
     {193, 90, 99},  {94, 60, 108},   {157, 188, 64},  {224, 163, 46},  {56, 61, 150},   {70, 148, 73},   {175, 54, 60},  {231, 199, 31},
     {187, 86, 149}, {8, 133, 161},   {243, 243, 242}, {200, 200, 200}, {160, 160, 160}, {122, 122, 121}, {85, 85, 85},   {52, 52, 52}}};

Linear reference(size_t patch) {
  Linear linear;
  for (size_t i = 0; i < 3; ++i) {
    const double value = kPatches[patch][i] / 255.0;
    linear[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  }
  return linear;
}

double luminance(const Linear& rgb) { return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]; }

/// Coded value to light, BT.709.
double light_of(double coded) {
  const double value = std::clamp(coded, 0.0, 1.0);
  return value < 0.081 ? value / 4.5 : std::pow((value + 0.099) / 1.099, 1 / 0.45);
}

/// Mean over the middle of a patch.
Linear measured(const Nv12Picture& picture, int width, int height, int patch) {
  const double x = (kLeft + kAcross * (patch % kColumns + 0.5) / kColumns) / kWidth * width;
  const double row = (kTop + kDown * (patch / kColumns + 0.5) / kRows) / kHeight * kSensorRows;
  const double y = (row - kCropTop) / kCropRows * height;
  const int reach = width / 64;
  double luma = 0, cb = 0, cr = 0, count = 0;
  for (int v = static_cast<int>(y) - reach; v < static_cast<int>(y) + reach; ++v) {
    for (int u = static_cast<int>(x) - reach; u < static_cast<int>(x) + reach; ++u) {
      const size_t colour = static_cast<size_t>(v / 2 * picture.width + u / 2 * 2);
      luma += picture.luma[static_cast<size_t>(v * picture.width + u)];
      cb += picture.chroma[colour];
      cr += picture.chroma[colour + 1];
      count += 1;
    }
  }
  const double base = (luma / count - 16) / 219, blue = (cb / count - 128) / 224, red = (cr / count - 128) / 224;
  const double coded_red = base + 1.5748 * red, coded_blue = base + 1.8556 * blue;
  return {light_of(coded_red), light_of((base - 0.2126 * coded_red - 0.0722 * coded_blue) / 0.7152), light_of(coded_blue)};
}

}  // namespace

void write_colour_chart(const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  out << "P6\n" << kWidth << " " << kHeight << "\n255\n";
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double u = static_cast<double>(x - kLeft) / kAcross * kColumns, v = static_cast<double>(y - kTop) / kDown * kRows;
      const auto inside = [](double place, int count) {
        const double part = place - std::floor(place);
        return place >= 0 && place < count && part > kGap && part < 1 - kGap;
      };
      std::array<uint8_t, 3> colour = {kCard, kCard, kCard};
      if (inside(u, kColumns) && inside(v, kRows)) colour = kPatches[static_cast<size_t>(static_cast<int>(v) * kColumns + static_cast<int>(u))];
      out.write(reinterpret_cast<const char*>(colour.data()), 3);
    }
  }
  out.flush();
  if (!out) throw InfraError(path + ": the chart cannot be written; check free space and permissions");
}

ChartErrors chart_errors(const Nv12Picture& picture, int width, int height) {
  ChartErrors errors;
  errors.exposure = luminance(reference(kMiddleGrey)) / luminance(measured(picture, width, height, static_cast<int>(kMiddleGrey)));
  for (size_t i = 0; i < kChartPatches; ++i) {
    Linear light = measured(picture, width, height, static_cast<int>(i));
    for (double& value : light) value *= errors.exposure;
    errors.ciede2000[i] = ciede2000(lab_of(reference(i)), lab_of(light));
    errors.mean += errors.ciede2000[i] / kChartPatches;
    errors.worst = std::max(errors.worst, errors.ciede2000[i]);
  }
  return errors;
}

}  // namespace saksi::sim
