#include "hw-models/sensor/sensor_rig.h"

#include <algorithm>

#include "base/error.h"
#include "regs/imx219_regs.hpp"

namespace saksi::hw {

namespace r = regs::imx219;

namespace {

constexpr int kFramesUntilSet = 3;  ///< one is read out, one is exposed
constexpr int kBlankingLines = 32;

}  // namespace

void SensorRig::Light::expose_row(const SampleGrid& grid, int, int64_t t0_ns, int64_t t1_ns, const RowExposure& out) {
  const auto lux_s = static_cast<float>(lux * static_cast<double>(t1_ns - t0_ns) * 1e-9);
  for (float* plane : {out.red, out.green, out.blue}) {
    if (plane) std::fill_n(plane, grid.columns, lux_s);
  }
}

bool SensorRig::Sink::on_frame_start(const FrameTiming&, sc_core::sc_time) {
  if (skip > 0) {
    --skip;
    return false;
  }
  return planes.size() < wanted;
}

void SensorRig::Sink::on_frame_end(const RawFrame& frame, sc_core::sc_time) {
  exposure_s = static_cast<double>(frame.timing.exposure_ns) * 1e-9;
  RawPlane plane;
  plane.reserve(static_cast<size_t>(frame.timing.columns) * static_cast<size_t>(frame.timing.rows) / 4);
  for (int row = 0; row < frame.timing.rows; row += 2) {
    for (int column = 1; column < frame.timing.columns; column += 2) plane.push_back(frame.samples[row * frame.timing.columns + column]);
  }
  planes.push_back(std::move(plane));
}

SensorRig::SensorRig(const Imx219Config& config, View view) : sensor_("sensor", config) {
  const bool whole = view == View::kWholeArray;
  const int width = whole ? Imx219::kArrayWidth : kSide, height = whole ? Imx219::kArrayHeight : kSide;
  const int left = (Imx219::kArrayWidth - width) / 2, top = (Imx219::kArrayHeight - height) / 2;
  columns_ = whole ? width / kBinning : width;
  rows_ = whole ? height / kBinning : height;
  sensor_.set_light(light_);
  sensor_.set_sink(sink_);
  sensor_.power_on();
  sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_MS), sc_core::SC_RUN_TO_TIME);
  write(r::kXStartH, static_cast<uint32_t>(left), 2);
  write(r::kXEndH, static_cast<uint32_t>(left + width - 1), 2);
  write(r::kYStartH, static_cast<uint32_t>(top), 2);
  write(r::kYEndH, static_cast<uint32_t>(top + height - 1), 2);
  write(r::kXOutputSizeH, static_cast<uint32_t>(columns_), 2);
  write(r::kYOutputSizeH, static_cast<uint32_t>(rows_), 2);
  if (whole) {
    constexpr uint32_t kByFour = 2;
    write(r::kBinningModeH, kByFour, 1);
    write(r::kBinningModeV, kByFour, 1);
  }
  write(r::kFrameLengthH, static_cast<uint32_t>(rows_ + kBlankingLines), 2);
  write(r::kModeSelect, 1, 1);
}

void SensorRig::write(uint32_t address, uint32_t value, int bytes) {
  std::vector<uint8_t> data = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  for (int i = bytes; i-- > 0;) data.push_back(static_cast<uint8_t>(value >> (8 * i)));
  if (!sensor_.write(data.data(), data.size(), sc_core::sc_time_stamp())) throw InfraError("the image sensor does not answer over I2C");
}

std::vector<RawPlane> SensorRig::take(const Shot& shot, int count) {
  constexpr double kFrameMs = 20;
  light_.lux = shot.lux;
  write(r::kExposureH, static_cast<uint32_t>(shot.exposure_lines), 2);
  write(r::kAnalogGain, static_cast<uint32_t>(shot.analog_gain), 1);
  sink_.skip = kFramesUntilSet;
  sink_.planes.clear();
  sink_.wanted = static_cast<size_t>(count);
  while (sink_.planes.size() < sink_.wanted) sc_core::sc_start(sc_core::sc_time(kFrameMs, sc_core::SC_MS), sc_core::SC_RUN_TO_TIME);
  return std::move(sink_.planes);
}

}  // namespace saksi::hw
