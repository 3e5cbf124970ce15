#include "sim/benchmark/sensor_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "hw-models/sensor/fixed_pattern.h"
#include "hw-models/sensor/sensor_rig.h"
#include "sim/benchmark/emva1288.h"
#include "sim/benchmark/lens_measurement.h"
#include "sim/benchmark/measured_process.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kLimit = 0.03, kPatternLimit = 0.05;
constexpr double kCountLimit = 1e-9;   ///< every one of them
constexpr double kHotElectrons = 900;  ///< a second; the coolest hot pixel has 2000
constexpr int kHighGain = 232;         ///< 256 / (256 - 232): 10.7
constexpr int kLongest = 50'000;       ///< lines, about a second
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
    find_broken();
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
  /// A plane without its broken pixels: EMVA 1288 describes the others.
  RawPlane sound(const RawPlane& plane) const {
    RawPlane out;
    out.reserve(plane.size());
    for (size_t i = 0; i < plane.size(); ++i) {
      if (!broken_[i]) out.push_back(plane[i]);
    }
    return out;
  }
  TemporalFigures pair(const hw::SensorRig::Shot& shot) {
    const std::vector<RawPlane> planes = rig_.take(shot, 2);
    return temporal_of(sound(planes[0]), sound(planes[1]));
  }

  /// Hot pixels are far above the others after a long exposure in the dark, dead ones far below in the light.
  void find_broken() {
    constexpr double kMiddle = 0.4;  // of the full well
    constexpr int kLines = 2000;
    rig_.take({0, kLines, 0}, 1);
    const double lux = kMiddle * pixels_.full_well_e / (pixels_.photons_per_lux_s * pixels_.quantum_efficiency) / rig_.exposure_s();
    const RawPlane dark = rig_.take({0, kLongest, 0}, 1)[0], light = rig_.take({lux, kLines, 0}, 1)[0];
    const auto median = [](RawPlane plane) {
      const auto middle = plane.begin() + static_cast<std::ptrdiff_t>(plane.size() / 2);
      std::nth_element(plane.begin(), middle, plane.end());
      return static_cast<double>(*middle);
    };
    const double dark_level = median(dark), light_level = median(light);
    const double hot_above = dark_level + kHotElectrons / pixels_.electrons_per_dn, dead_below = (pixels_.black_level + light_level) / 2;
    double hot = 0, dead = 0;
    broken_.assign(dark.size(), false);
    for (size_t i = 0; i < dark.size(); ++i) {
      const bool is_hot = dark[i] > hot_above, is_dead = light[i] < dead_below;
      hot += is_hot ? 1 : 0;
      dead += is_dead ? 1 : 0;
      broken_[i] = is_hot || is_dead;
    }
    add_broken(hot, dead);
  }

  /// The chip's own broken pixels among those of a plane.
  void add_broken(double hot_found, double dead_found) {
    hw::SampleGrid grid;
    grid.field_width = hw::Imx219::kArrayWidth;
    grid.field_height = hw::Imx219::kArrayHeight;
    grid.columns = grid.width = grid.rows = grid.height = hw::SensorRig::kSide;
    grid.x = (grid.field_width - grid.width) / 2;
    grid.y = (grid.field_height - grid.height) / 2;
    hw::FixedPattern pattern(hw::Imx219Config().seed, pixels_.defect_share);
    pattern.set_grid(grid);
    double hot = 0, dead = 0;
    for (int row = 0; row < grid.rows; row += 2) {
      for (int i = 0; i < pattern.defect_count(row); ++i) {
        const hw::Defect& defect = pattern.defects(row)[i];
        if (defect.column % 2 == 0) continue;
        (defect.dark_e_s > 0 ? hot : dead) += 1;
      }
    }
    add("hot pixels", "1", hot, hot_found, kCountLimit);
    add("dead pixels", "1", dead, dead_found, kCountLimit);
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
    for (const RawPlane& plane : rig_.take(shot, effort_.stack)) stack.add(sound(plane));
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
  std::vector<bool> broken_;  ///< by sample of a plane
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
  pixels.defect_share = 1e-3f;
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
SensorTable measure_apart(const std::string& name, const std::function<SensorTable()>& measure) {
  const ProcessOutcome outcome = run_measured(
      [&] {
        SensorTable table = measure();
        table.sensor = name;
        fmt::print("{}", json_of(table).dump());
        return 0;
      },
      kWallLimitS);
  const Json json = Json::parse(outcome.output, nullptr, false);
  if (outcome.exit_code != 0 || !json.is_object())
    throw InfraError(fmt::format("the measurement of '{}' failed (exit code {})", name, outcome.exit_code));
  return table_in(json);
}

/// A sharp lens that loses little, and a poor one.
hw::LensConfig sharp_lens() {
  hw::LensConfig lens;
  lens.mtf50_lp_mm = 190;
  lens.corner_illumination = 0.8;
  lens.veiling_glare = 0.001;
  return lens;
}
hw::LensConfig poor_lens() {
  hw::LensConfig lens;
  lens.mtf50_lp_mm = 70;
  lens.corner_illumination = 0.35;
  lens.veiling_glare = 0.03;
  return lens;
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
  SensorBenchmarkResult result;
  const auto add = [&](const std::string& name, const std::function<SensorTable()>& measure) {
    if (options.progress) options.progress(name);
    result.tables.push_back(measure_apart(name, measure));
    if (!options.quick) return;
    for (SensorFigure& figure : result.tables.back().figures) figure.limit = 0;
  };
  add("IMX219, default parameters", [&] { return Measurement(hw::PixelConfig(), effort).measure(); });
  add("larger, hotter, noisier and less even", [&] { return Measurement(other_sensor(), effort).measure(); });
  const int frames = options.quick ? 2 : 16;
  const std::pair<const char*, hw::LensConfig> lenses[] = {
      {"lens, default", hw::LensConfig()}, {"lens, sharp", sharp_lens()}, {"lens, poor", poor_lens()}};
  for (const auto& [name, lens] : lenses) {
    const hw::LensConfig& config = lens;
    // Two benches, so two processes; one table.
    add(name, [&] { return SensorTable{"", measure_sharpness(config, frames), {}}; });
    SensorTable sharpness = std::move(result.tables.back());
    result.tables.pop_back();
    add(name, [&] { return SensorTable{"", measure_field(config, frames), {}}; });
    std::vector<SensorFigure>& figures = result.tables.back().figures;
    figures.insert(figures.begin(), sharpness.figures.begin(), sharpness.figures.end());
  }
  return result;
}

std::string text_of(const SensorBenchmarkResult& result) {
  std::string text = "Image sensor by EMVA 1288 and lens by ISO 12233, from raw frames\n";
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
