#include "tests/light/camera_rig.h"

#include <vector>

#include "regs/imx219_regs.hpp"
#include "regs/isp_regs.hpp"

namespace saksi {

namespace s = regs::imx219;
namespace i = regs::isp;
using sc_core::sc_time;

namespace {

constexpr uint32_t kIspBase = 0x10020000;
constexpr uint32_t kRamBase = 0x80000000;
constexpr uint32_t kLumaAt = kRamBase;
constexpr uint32_t kChromaAt = kRamBase + 0x400000;

hw::Imx219Config sensor_config(const RigSettings& settings) {
  hw::Imx219Config config;
  config.seed = settings.seed;
  return config;
}

hw::RamConfig ram_config() {
  hw::RamConfig config;
  config.size = 0x800000;
  return config;
}

}  // namespace

CameraRig::CameraRig(sc_core::sc_module_name name, const RigSettings& settings)
    : sc_module(name), sensor("sensor", sensor_config(settings)), isp("isp", {}), settings_(settings), bus_("bus"), ram_("ram", ram_config()) {
  isp.dma.socket.bind(bus_.target);
  bus_.map(kRamBase, ram_.size(), ram_.target);
  bus_.map(kIspBase, i::kSize, isp.reg_target);
  sensor.set_sink(isp);
  sensor.set_truth([this](const hw::FrameTruth& truth) { truth_ = truth; });
  isp.irq.connect([this](bool level) {
    if (!level) return;
    ++done_;
    isp.write32(i::kIrqStatus, 0xF);
    isp.write32(i::kArm, 1);
  });
}

void CameraRig::start(hw::LightSource& light) {
  power_on(light);
  sc_core::sc_start(sc_time(kStartUpMs, sc_core::SC_MS));
  stream();
}

void CameraRig::power_on(hw::LightSource& light) {
  sensor.set_light(light);
  sensor.power_on();
}

void CameraRig::stream() {
  configure_sensor();
  configure_isp();
  set(s::kModeSelect, 1, 1);
}

void CameraRig::next_frame() {
  const int before = done_;
  while (done_ == before) sc_core::sc_start(sc_time(1, sc_core::SC_MS));
}

const uint8_t* CameraRig::luma() const { return ram_.direct(); }
const uint8_t* CameraRig::chroma() const { return ram_.direct() + (kChromaAt - kLumaAt); }

void CameraRig::set(uint32_t address, uint32_t value, int bytes) {
  std::vector<uint8_t> data = {static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  for (int b = bytes - 1; b >= 0; --b) data.push_back(static_cast<uint8_t>(value >> (8 * b)));
  sensor.write(data.data(), data.size(), sc_core::sc_time_stamp());
}

void CameraRig::configure_sensor() {
  columns_ = settings_.binning == 1 ? 1920 : hw::Imx219::kArrayWidth / settings_.binning;
  rows_ = settings_.binning == 1 ? 1080 : hw::Imx219::kArrayHeight / settings_.binning;
  const int width = columns_ * settings_.binning;
  const int height = rows_ * settings_.binning;
  const int x = (hw::Imx219::kArrayWidth - width) / 2;
  const int y = (hw::Imx219::kArrayHeight - height) / 2;
  set(s::kXStartH, static_cast<uint32_t>(x), 2);
  set(s::kXEndH, static_cast<uint32_t>(x + width - 1), 2);
  set(s::kYStartH, static_cast<uint32_t>(y), 2);
  set(s::kYEndH, static_cast<uint32_t>(y + height - 1), 2);
  set(s::kXOutputSizeH, static_cast<uint32_t>(columns_), 2);
  set(s::kYOutputSizeH, static_cast<uint32_t>(rows_), 2);
  set(s::kBinningModeH, static_cast<uint32_t>(settings_.binning / 2), 1);
  set(s::kBinningModeV, static_cast<uint32_t>(settings_.binning / 2), 1);
  set(s::kFrameLengthH, static_cast<uint32_t>(settings_.frame_lines), 2);
  set(s::kExposureH, static_cast<uint32_t>(settings_.exposure_lines), 2);
  set(s::kAnalogGain, static_cast<uint32_t>(settings_.analog_gain), 1);
}

void CameraRig::configure_isp() {
  // The largest part of the raw frame that has the picture's shape.
  crop_width_ = columns_;
  crop_height_ = columns_ * settings_.out_height / settings_.out_width & ~1;
  if (crop_height_ > rows_) {
    crop_height_ = rows_;
    crop_width_ = rows_ * settings_.out_width / settings_.out_height & ~1;
  }
  crop_x_ = (columns_ - crop_width_) / 2 & ~1;
  crop_y_ = (rows_ - crop_height_) / 2 & ~1;
  const auto both = [](int low, int high) { return static_cast<uint32_t>(low) | static_cast<uint32_t>(high) << 16; };
  isp.write32(i::kInSize, both(columns_, rows_));
  isp.write32(i::kCropPos, both(crop_x_, crop_y_));
  isp.write32(i::kCropSize, both(crop_width_, crop_height_));
  isp.write32(i::kOutSize, both(settings_.out_width, settings_.out_height));
  isp.write32(i::kOutStride, static_cast<uint32_t>(padded_width()));
  isp.write32(i::kOutY, kLumaAt);
  isp.write32(i::kOutC, kChromaAt);
  isp.write32(i::kWbGainRb, both(502, 557));
  isp.write32(i::kIrqEnable, 0xF);
  isp.write32(i::kCtrl, 1);
  isp.write32(i::kArm, 1);
}

}  // namespace saksi
