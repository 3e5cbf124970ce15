#include "hw-models/isp/isp.h"

#include <cstring>

#include "base/host_profile.h"
#include "regs/isp_regs.hpp"

namespace saksi::hw {

namespace r = regs::isp;
using sc_core::sc_time;

namespace {

constexpr uint32_t kDone = r::kIrqStatusDone.mask();
constexpr uint32_t kSkipped = r::kIrqStatusSkipped.mask();
constexpr uint32_t kSizeError = r::kIrqStatusSizeError.mask();
constexpr uint32_t kBusError = r::kIrqStatusBusError.mask();

// Estimates for a small ISP: its clock alone, and its clock with pixels passing.
constexpr uint32_t kIdleUw = 5'000;
constexpr uint32_t kBusyUw = 60'000;

int signed_13(int value) { return value < 4096 ? value : value - 8192; }

uint64_t ten_mhz(const sc_time& when) { return when.value() / 100'000; }

}  // namespace

Isp::Isp(sc_core::sc_module_name name, const IspConfig& config) : RegBlock(name, r::kRegisters), dma("dma"), config_(config) {
  if (!config_.mtime) config_.mtime = ten_mhz;
  regs.on_write(r::kCtrl, [this](uint32_t) { write_ctrl(); });
  regs.on_write(r::kArm, [this](uint32_t value) {
    if (r::kArmArm.get(value) == 0) return;
    armed_ = true;
    update_status();
  });
  regs.on_write(r::kIrqStatus, [this](uint32_t) { update_irq(); });
  regs.on_write(r::kIrqEnable, [this](uint32_t) { update_irq(); });
  regs.on_write(r::kStatZone, [this](uint32_t) { show_zone(); });
  SC_HAS_PROCESS(Isp);
  SC_METHOD(finish);
  dont_initialize();
  sensitive << done_event_;
}

void Isp::reset() {
  RegBlock::reset();
  done_event_.cancel();
  armed_ = receiving_ = finishing_ = false;
  enabled_ = false;
  statistics_ = {};
  load.set_uw(0);
}

void Isp::write_ctrl() {
  const bool enable = regs.field(r::kCtrlEnable) != 0;
  if (enable && !enabled_) regs.set(r::kFrameCount, 0);
  enabled_ = enable;
  if (!enable) armed_ = false;
  update_status();
}

bool Isp::on_frame_start(const FrameTiming& timing, sc_time now) {
  if (!enabled_) return false;
  regs.set(r::kFrameCount, regs.value(r::kFrameCount) + 1);
  if (!armed_) {
    raise(kSkipped);
    return false;
  }
  armed_ = false;
  receiving_ = true;
  receiving_job_ = latch();
  receiving_job_.time = config_.mtime(now);
  const IspSettings& s = receiving_job_.settings;
  receiving_job_.fits = timing.columns == s.in_width && timing.rows == s.in_height && s.valid() && receiving_job_.stride % 16 == 0 &&
                        receiving_job_.stride >= static_cast<uint32_t>(padded_to_16(s.out_width));
  update_status();
  return true;
}

Isp::Job Isp::latch() const {
  const auto field = [this](regs::Field f) { return static_cast<int>(regs.field(f)); };
  Job job;
  IspSettings& s = job.settings;
  s.in_width = field(r::kInSizeWidth);
  s.in_height = field(r::kInSizeHeight);
  s.crop_x = field(r::kCropPosX);
  s.crop_y = field(r::kCropPosY);
  s.crop_width = field(r::kCropSizeWidth);
  s.crop_height = field(r::kCropSizeHeight);
  s.out_width = field(r::kOutSizeWidth);
  s.out_height = field(r::kOutSizeHeight);
  s.black_level = field(r::kBlackLevelLevel);
  s.red_gain = field(r::kWbGainRbRed);
  s.green_gain = field(r::kWbGainGGreen);
  s.blue_gain = field(r::kWbGainRbBlue);
  s.gamma = field(r::kGammaCurve) != 0;
  s.defect_threshold = field(r::kDefectThreshold);
  s.shading_k = field(r::kShadingK);
  s.shading_radius = field(r::kShadingRadius);
  s.shading_x = field(r::kShadingCentreX);
  s.shading_y = field(r::kShadingCentreY);
  s.gradient_demosaic = field(r::kDemosaicGradient) != 0;
  const regs::Field matrix[] = {r::kCcmRR, r::kCcmRG, r::kCcmRbB, r::kCcmGR, r::kCcmGG, r::kCcmGbB, r::kCcmBR, r::kCcmBG, r::kCcmBbB};
  for (size_t i = 0; i < s.colour_matrix.size(); ++i) s.colour_matrix[i] = signed_13(field(matrix[i]));
  s.luma_finish = {field(r::kDenoiseLuma), field(r::kSharpenGain), field(r::kSharpenCoring)};
  s.chroma_finish.denoise = field(r::kDenoiseChroma);
  job.stride = regs.value(r::kOutStride);
  job.luma = regs.value(r::kOutY);
  job.chroma = regs.value(r::kOutC);
  return job;
}

RowSpan Isp::wanted_rows(const FrameTiming&) const {
  if (!receiving_job_.fits) return {0, 0};
  return {receiving_job_.settings.first_row(), receiving_job_.settings.end_row()};
}

void Isp::on_frame_end(const RawFrame& frame, sc_time now) {
  if (!receiving_) return;
  receiving_ = false;
  finishing_job_ = receiving_job_;
  finishing_job_.cause = run(finishing_job_, frame);
  finishing_ = true;
  notify_at(done_event_, now + sc_time::from_value(static_cast<uint64_t>(kLatencyNs) * 1000));
  update_status();
}

void Isp::on_frame_abort(sc_time) {
  if (!receiving_) return;
  receiving_ = false;
  update_status();
  raise(kSizeError);
}

uint32_t Isp::run(Job& job, const RawFrame& frame) {
  const HostProfile::Scope scope(HostWork::kIsp);
  if (!job.fits) return kSizeError;
  const IspSettings& s = job.settings;
  const size_t width = static_cast<size_t>(padded_to_16(s.out_width));
  const size_t height = static_cast<size_t>(padded_to_16(s.out_height));
  Nv12Planes planes;
  planes.stride = job.stride;
  planes.luma = dma.direct(job.luma, (height - 1) * job.stride + width);
  planes.chroma = dma.direct(job.chroma, (height / 2 - 1) * job.stride + width);
  if (!planes.luma || !planes.chroma) return kBusError;
  uint64_t luma_sum = 0;
  if (frame.samples) {
    const uint16_t* raw = ten_bit(frame);
    luma_sum = pipeline_.process(s, raw, planes);
    job.statistics = statistics_of(s, raw);
  }
  for (size_t row = 0; dma.observed() && row < height; ++row) {
    dma.wrote(planes.luma + row * job.stride, width);
    if (row % 2 == 0) dma.wrote(planes.chroma + row / 2 * job.stride, width);
  }
  job.mean_y = static_cast<uint32_t>(luma_sum * 256 / (static_cast<uint64_t>(s.out_width) * static_cast<uint64_t>(s.out_height)));
  return kDone;
}

const uint16_t* Isp::ten_bit(const RawFrame& frame) {
  if (frame.bits == 10) return frame.samples;
  const size_t count = static_cast<size_t>(frame.timing.columns) * static_cast<size_t>(frame.timing.rows);
  widened_.resize(count);
  for (size_t i = 0; i < count; ++i) widened_[i] = static_cast<uint16_t>(frame.samples[i] << 2);
  return widened_.data();
}

void Isp::finish() {
  finishing_ = false;
  if (finishing_job_.cause == kDone) {
    regs.set(r::kFrameTimeLo, static_cast<uint32_t>(finishing_job_.time));
    regs.set(r::kFrameTimeHi, static_cast<uint32_t>(finishing_job_.time >> 32));
    regs.set(r::kMeanY, finishing_job_.mean_y);
    statistics_ = finishing_job_.statistics;
    show_zone();
  }
  update_status();
  raise(finishing_job_.cause);
}

void Isp::show_zone() {
  const size_t index = regs.field(r::kStatZoneZone);
  const ZoneStatistics zone = index < statistics_.zones.size() ? statistics_.zones[index] : ZoneStatistics();
  regs.set(r::kStatRg, zone.red | static_cast<uint32_t>(zone.green) << 16);
  regs.set(r::kStatBc, zone.blue | static_cast<uint32_t>(zone.clipped) << 16);
}

void Isp::raise(uint32_t cause) {
  regs.set_bits(r::kIrqStatus, cause);
  update_irq();
}

void Isp::update_status() {
  regs.set_field(r::kStatusReceiving, receiving_ ? 1 : 0);
  regs.set_field(r::kStatusArmed, armed_ ? 1 : 0);
  load.set_uw(receiving_ || finishing_ ? kBusyUw : enabled_ ? kIdleUw : 0);
}

void Isp::update_irq() { irq.set((regs.value(r::kIrqStatus) & regs.value(r::kIrqEnable)) != 0); }

}  // namespace saksi::hw
