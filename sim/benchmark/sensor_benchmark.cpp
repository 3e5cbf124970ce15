#include "sim/benchmark/sensor_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "hw-models/sensor/sensor_rig.h"
#include "sim/benchmark/emva1288.h"
#include "sim/benchmark/measured_process.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kLimit = 0.03, kPatternLimit = 0.05;
constexpr int kHighGain = 232;  ///< 256 / (256 - 232): 10.7
constexpr double kWallLimitS = 600;

struct Effort {
  int steps = 60;
  int stack = 64;
  int dark_pairs = 8;
};

double gain_of(int n) { return 256.0 / (256 - n); }

/// A sensor on the bench, and what it was made with.
class Measurement {
 public:
  Measurement(const hw::PixelConfig& pixels, const Effort& effort) : pixels_(pixels), effort_(effort), rig_(config_of(pixels)) {}

  SensorTable measure() {
    transfer();
    dark();
    patterns();
    return std::move(table_);
  }

 private:
  static hw::Imx219Config config_of(const hw::PixelConfig& pixels) {
    hw::Imx219Config config;
    config.pixels = pixels;
    return config;
  }
  void add(const char* name, const char* unit, double set, double found, double limit) { table_.figures.push_back({name, unit, set, found, limit}); }
  TemporalFigures pair(const hw::SensorRig::Shot& shot) {
    const std::vector<RawPlane> planes = rig_.take(shot, 2);
    return temporal_of(planes[0], planes[1]);
  }

  /// A series over exposure times up to a tenth beyond saturation.
  void transfer() {
    constexpr int kLines = 2000;
    constexpr double kBeyond = 1.1;
    const double line_s = [&] {
      rig_.take({0, kLines, 0}, 1);
      return rig_.exposure_s() / kLines;
    }();
    const double electrons_per_lux_s = pixels_.photons_per_lux_s * pixels_.quantum_efficiency;
    lux_ = kBeyond * pixels_.full_well_e / electrons_per_lux_s / (kLines * line_s);
    std::vector<TransferStep> steps;
    for (int i = 1; i <= effort_.steps; ++i) {
      TransferStep step;
      const int lines = std::max(4, kLines * i / effort_.steps);
      step.dark = pair({0, lines, 0});
      step.light = pair({lux_, lines, 0});
      step.exposure_s = rig_.exposure_s();
      step.photons = lux_ * step.exposure_s * pixels_.photons_per_lux_s;
      steps.push_back(step);
    }
    figures_ = evaluate_transfer(steps);
    half_lines_ = static_cast<int>(kLines / kBeyond / 2);
    add("system gain K", "DN/e-", 1 / pixels_.electrons_per_dn, figures_.gain_dn_per_e, kLimit);
    add("quantum efficiency, green", "e-/photon", pixels_.quantum_efficiency, figures_.quantum_efficiency, kLimit);
    const double full_e = std::min<double>(pixels_.full_well_e, (1023 - pixels_.black_level) * pixels_.electrons_per_dn);
    add("full well", "e-", full_e, figures_.full_well_e, kLimit);
    add("black level", "DN", pixels_.black_level, figures_.dark_offset_dn, 0);
    table_.notes.push_back(fmt::format("linearity error {:.3f} % of the reading from 5 to 95 % of saturation", 100 * figures_.linearity_error));
    table_.notes.push_back(fmt::format("saturation capacity {:.0f} e-, where the variance is highest", figures_.saturation_e));
    table_.notes.push_back(
        fmt::format("read noise, dark current and DSNU at analogue gain {:.1f}: at 1 the dark variance is {} the quantisation floor of 0.24 DN^2",
                    gain_of(kHighGain), figures_.is_quantised ? "below" : "little above"));
  }

  /// Noise without light, and how the dark signal grows, at the highest gain.
  void dark() {
    constexpr int kLongest = 50'000;  // lines, about a second
    std::vector<double> times, means;
    double variance = 0;
    for (int i = 0; i <= effort_.dark_pairs; ++i) {
      const TemporalFigures dark = pair({0, std::max(4, kLongest * i / effort_.dark_pairs), kHighGain});
      times.push_back(rig_.exposure_s());
      means.push_back(dark.mean);
      if (i == 0) variance = dark.variance;
    }
    const double gain = figures_.gain_dn_per_e * gain_of(kHighGain);
    double n = 0, t = 0, m = 0, tt = 0, tm = 0;
    for (size_t i = 0; i < times.size(); ++i) {
      n += 1;
      t += times[i];
      m += means[i];
      tt += times[i] * times[i];
      tm += times[i] * means[i];
    }
    add("read noise", "e-", pixels_.read_noise_e, std::sqrt(variance - 1.0 / 12) / gain, kLimit);
    add("dark current", "e-/s", dark_current(pixels_), (n * tm - t * m) / (n * tt - t * t) / gain, kLimit);
  }

  PlaneStack stack(const hw::SensorRig::Shot& shot) {
    PlaneStack stack;
    for (const RawPlane& plane : rig_.take(shot, effort_.stack)) stack.add(plane);
    return stack;
  }

  void patterns() {
    const PlaneStack half = stack({lux_, half_lines_, 0}), dark = stack({0, half_lines_, 0});
    add("PRNU", "%", 100 * pixels_.prnu, 100 * prnu_of(half, dark), kPatternLimit);
    const PlaneStack amplified = stack({0, 4, kHighGain});
    const double gain = figures_.gain_dn_per_e * gain_of(kHighGain);
    add("DSNU", "e-", pixels_.dsnu_e, std::sqrt(std::max(0.0, amplified.spatial_variance())) / gain, kPatternLimit);
  }

  const hw::PixelConfig pixels_;
  const Effort effort_;
  hw::SensorRig rig_;
  SensorTable table_;
  EmvaFigures figures_;
  double lux_ = 0;
  int half_lines_ = 0;
};

/// What the default is not: larger, hotter, noisier, less even.
hw::PixelConfig other_sensor() {
  hw::PixelConfig pixels;
  pixels.quantum_efficiency = 0.4f;
  pixels.full_well_e = 7200;
  pixels.electrons_per_dn = 7.5f;
  pixels.read_noise_e = 4;
  pixels.prnu = 0.02f;
  pixels.dsnu_e = 2;
  pixels.dark_current_e_s = 10;
  pixels.temperature_c = 60;
  return pixels;
}

Json json_of(const SensorTable& table) {
  Json json = {{"sensor", table.sensor}, {"figures", Json::array()}, {"notes", table.notes}};
  for (const SensorFigure& f : table.figures) {
    json["figures"].push_back({{"name", f.name}, {"unit", f.unit}, {"set", f.set}, {"found", f.found}, {"limit", f.limit}});
  }
  return json;
}

SensorTable table_in(const Json& json) {
  SensorTable table{json.at("sensor"), {}, json.at("notes")};
  for (const Json& f : json.at("figures")) table.figures.push_back({f.at("name"), f.at("unit"), f.at("set"), f.at("found"), f.at("limit")});
  return table;
}

/// In a process of its own, as there is one SystemC kernel in each.
SensorTable measure_apart(const std::string& sensor, const hw::PixelConfig& pixels, const Effort& effort) {
  const ProcessOutcome outcome = run_measured(
      [&] {
        SensorTable table = Measurement(pixels, effort).measure();
        table.sensor = sensor;
        fmt::print("{}", json_of(table).dump());
        return 0;
      },
      kWallLimitS);
  const Json json = Json::parse(outcome.output, nullptr, false);
  if (outcome.exit_code != 0 || !json.is_object())
    throw InfraError(fmt::format("the measurement of '{}' failed (exit code {})", sensor, outcome.exit_code));
  return table_in(json);
}

}  // namespace

bool SensorBenchmarkResult::all_right() const {
  return std::all_of(tables.begin(), tables.end(), [](const SensorTable& table) {
    return std::all_of(table.figures.begin(), table.figures.end(), [](const SensorFigure& figure) { return figure.met(); });
  });
}

SensorBenchmarkResult run_sensor_benchmark(const SensorBenchmarkOptions& options) {
  Effort effort;
  if (options.quick) effort = {24, 8, 2};
  const std::pair<const char*, hw::PixelConfig> sensors[] = {{"IMX219, default parameters", hw::PixelConfig()},
                                                             {"larger, hotter, noisier and less even", other_sensor()}};
  SensorBenchmarkResult result;
  for (const auto& [name, pixels] : sensors) {
    if (options.progress) options.progress(name);
    result.tables.push_back(measure_apart(name, pixels, effort));
    if (!options.quick) continue;
    for (SensorFigure& figure : result.tables.back().figures) figure.limit = 0;
  }
  return result;
}

std::string text_of(const SensorBenchmarkResult& result) {
  std::string text = "Image sensor by EMVA 1288, from raw frames\n";
  for (const SensorTable& table : result.tables) {
    text += fmt::format("\n{:<40} {:>10} {:>10} {:>9} {:>8}\n", table.sensor, "set", "found", "error", "limit");
    for (const SensorFigure& f : table.figures) {
      const std::string limit = f.limit > 0 ? fmt::format("{:.0f} %{}", 100 * f.limit, f.met() ? "" : "  exceeded") : "";
      text += fmt::format("{:<40} {:>10.4g} {:>10.4g} {:>+7.2f} % {:>8}\n", f.name + " (" + f.unit + ")", f.set, f.found, 100 * f.error(), limit);
    }
    for (const std::string& note : table.notes) text += "  " + note + "\n";
  }
  return text;
}

nlohmann::ordered_json json_of(const SensorBenchmarkResult& result) {
  Json json = Json::array();
  for (const SensorTable& table : result.tables) json.push_back(json_of(table));
  return json;
}

}  // namespace saksi::sim
