#include "hw-models/sensor/imx219.h"

#include <algorithm>

#include "base/host_profile.h"
#include "hw-models/sensor/test_pattern.h"
#include "regs/imx219_regs.hpp"

namespace saksi::hw {

namespace r = regs::imx219;
using sc_core::sc_time;
using sc_core::sc_time_stamp;

namespace {

// Linux driver: t4 200 us, and t6 32,000 cycles of the 24 MHz clock until I2C answers; t4 + t5 6.2 ms until it may stream.
constexpr int64_t kAnswersAfterNs = 200'000 + 32'000 * 1'000 / 24;
constexpr int64_t kStreamsAfterNs = 6'200'000;
// Estimates; the data sheet's currents are not in public excerpts.
constexpr uint32_t kStandbyUw = 3'000;
constexpr uint32_t kStreamingUw = 180'000;

constexpr int64_t kLineLengthMin = 3448;
constexpr int64_t kBlankingMin = 4;
constexpr uint32_t kAnalogGainMax = 232;
constexpr uint32_t kDigitalGainMax = 0x0FFF;

sc_time ns(int64_t value) { return sc_time::from_value(static_cast<uint64_t>(value) * 1000); }
int64_t to_ns(const sc_time& time) { return static_cast<int64_t>(time.value() / 1000); }

int binning(uint32_t mode) { return mode == 0 ? 1 : mode == 2 ? 4 : 2; }

/// A lens that changes nothing.
LensConfig no_lens() {
  LensConfig lens;
  lens.mtf50_lp_mm = 0;
  lens.corner_illumination = 1;
  lens.veiling_glare = 0;
  return lens;
}

/// What is before the lens if nothing else is.
class Darkness : public LightSource {
 public:
  void expose_row(const SampleGrid& grid, int, int64_t, int64_t, const RowExposure& out) override {
    for (float* plane : {out.red, out.green, out.blue}) std::fill_n(plane, grid.columns, 0.0f);
  }
};
Darkness darkness;

}  // namespace

Imx219::Imx219(sc_core::sc_module_name name, const Imx219Config& config)
    : sc_module(name),
      makes_pixels_(config.makes_pixels),
      pixels_(config.pixels, config.seed),
      pattern_(config.seed, config.pixels.defect_share),
      lens_(config.lens.value_or(no_lens())),
      regs_(r::kRegisters) {
  SC_HAS_PROCESS(Imx219);
  SC_METHOD(frame_start);
  dont_initialize();
  sensitive << start_event_;
  SC_METHOD(frame_end);
  dont_initialize();
  sensitive << end_event_;
}

void Imx219::power_on() {
  if (powered_) return;
  powered_ = true;
  answers_from_ = sc_time_stamp() + ns(kAnswersAfterNs);
  streams_from_ = sc_time_stamp() + ns(kStreamsAfterNs);
  reset_registers();
  load.set_uw(kStandbyUw);
}

void Imx219::power_off() {
  if (!powered_) return;
  stop_now();
  powered_ = false;
  load.set_uw(0);
}

void Imx219::reset_registers() {
  regs_.reset();
  address_ = 0;
}

bool Imx219::write(const uint8_t* data, size_t size, sc_time now) {
  if (!powered_ || now < answers_from_) return false;
  if (size < 2) return true;
  address_ = static_cast<uint32_t>(data[0] << 8 | data[1]);
  for (size_t i = 2; i < size; ++i) {
    write_register(address_, data[i], now);
    address_ = (address_ + 1) & 0xFFFF;
  }
  return true;
}

bool Imx219::read(uint8_t* data, size_t size, sc_time now) {
  if (!powered_ || now < answers_from_) return false;
  for (size_t i = 0; i < size; ++i) {
    data[i] = static_cast<uint8_t>(regs_.read(address_, 1));
    address_ = (address_ + 1) & 0xFFFF;
  }
  return true;
}

void Imx219::write_register(uint32_t offset, uint8_t value, sc_time now) {
  regs_.write(offset, 1, value);
  if (offset == r::kSoftwareReset && r::kSoftwareResetReset.get(value) != 0) {
    const uint32_t next_address = address_;
    stop_now();
    reset_registers();
    address_ = next_address;
  } else if (offset == r::kModeSelect) {
    const bool wanted = regs_.field(r::kModeSelectStreaming) != 0;
    if (wanted && !streaming_) start_streaming(now);
    // Stopping in the blanking is immediate; in mid-frame, frame_end() does it.
    if (!wanted && streaming_ && !in_frame_) stop_now();
  }
}

uint32_t Imx219::pair(uint32_t high_offset) const { return regs_.value(high_offset) << 8 | regs_.value(high_offset + 1); }

Imx219::Settings Imx219::decode() const {
  const int x0 = static_cast<int>(pair(r::kXStartH)) & ~1;
  const int y0 = static_cast<int>(pair(r::kYStartH)) & ~1;
  const int x1 = std::min(static_cast<int>(pair(r::kXEndH)), kArrayWidth - 1);
  const int y1 = std::min(static_cast<int>(pair(r::kYEndH)), kArrayHeight - 1);
  const int by_x = binning(regs_.field(r::kBinningModeHMode));
  const int by_y = binning(regs_.field(r::kBinningModeVMode));

  Settings s;
  SampleGrid& grid = s.grid;
  grid.field_width = kArrayWidth;
  grid.field_height = kArrayHeight;
  grid.columns = std::max(0, std::min(static_cast<int>(pair(r::kXOutputSizeH)), (x1 - x0 + 1) / by_x)) & ~1;
  grid.rows = std::max(0, std::min(static_cast<int>(pair(r::kYOutputSizeH)), (y1 - y0 + 1) / by_y)) & ~1;
  grid.x = x0;
  grid.y = y0;
  grid.width = grid.columns * by_x;
  grid.height = grid.rows * by_y;
  s.binned_samples = by_x * by_y;
  s.line_length = std::max<int64_t>(pair(r::kLineLengthH), kLineLengthMin);
  s.exposure_lines = std::max<int64_t>(pair(r::kExposureH), 1);
  s.frame_length = std::max({static_cast<int64_t>(pair(r::kFrameLengthH)), s.exposure_lines + kBlankingMin, grid.rows + kBlankingMin});
  s.analog_gain = static_cast<int>(std::min(regs_.value(r::kAnalogGain), kAnalogGainMax));
  s.digital_gain = static_cast<int>(std::clamp<uint32_t>(pair(r::kDigitalGainH), 256, kDigitalGainMax));
  s.bits = regs_.value(r::kCsiDataFormatL) == 0x08 ? 8 : 10;
  s.test_pattern = static_cast<int>(std::min<uint32_t>(pair(r::kTestPatternH), static_cast<uint32_t>(TestPattern::kPn9)));
  return s;
}

sc_time Imx219::line_time(int64_t lines) const {
  // In ps: lines * line_length / 182.4 MHz = lines * line_length * 312500 / 57, from the epoch so that roundings do not add up.
  const __int128 ps = static_cast<__int128>(lines) * active_.line_length * 312'500 / 57;
  return epoch_ + sc_time::from_value(static_cast<uint64_t>(ps));
}

void Imx219::start_streaming(sc_time now) {
  active_ = next_ = decode();
  if (!active_.valid()) return;
  streaming_ = true;
  load.set_uw(kStreamingUw);
  epoch_ = std::max(now, streams_from_);
  lines_ = active_.frame_length;
  start_event_.notify(line_time(lines_) - sc_time_stamp());
}

void Imx219::stop_now() {
  start_event_.cancel();
  end_event_.cancel();
  if (in_frame_ && taken_) sink_->on_frame_abort(sc_time_stamp());
  in_frame_ = false;
  streaming_ = false;
  if (powered_) load.set_uw(kStandbyUw);
}

void Imx219::frame_start() {
  if (next_.line_length != active_.line_length) {
    epoch_ = sc_time_stamp();
    lines_ = 0;
  }
  active_ = next_;
  next_ = decode();
  if (!active_.valid()) {
    stop_now();
    return;
  }
  in_frame_ = true;
  timing_.frame = frames_++;
  timing_.first_row = sc_time_stamp();
  timing_.row_ns_num = active_.line_length * 625;
  timing_.row_ns_den = 114;
  timing_.exposure_ns = (active_.exposure_lines * timing_.row_ns_num + timing_.row_ns_den / 2) / timing_.row_ns_den;
  timing_.columns = active_.grid.columns;
  timing_.rows = active_.grid.rows;
  taken_ = sink_ != nullptr && sink_->on_frame_start(timing_, sc_time_stamp());
  end_event_.notify(line_time(lines_ + timing_.rows) - sc_time_stamp());
}

void Imx219::frame_end() {
  report_truth();
  if (taken_) {
    if (makes_pixels_) compute();
    sink_->on_frame_end(RawFrame{makes_pixels_ ? samples_.data() : nullptr, active_.bits, timing_}, sc_time_stamp());
  }
  in_frame_ = false;
  if (regs_.field(r::kModeSelectStreaming) == 0) {
    stop_now();
    return;
  }
  // The next frame's exposure begins after this frame's start, at the earliest.
  lines_ += std::max(active_.frame_length, next_.exposure_lines + kBlankingMin);
  start_event_.notify(line_time(lines_) - sc_time_stamp());
}

void Imx219::report_truth() {
  if (!truth_) return;
  FrameTruth truth;
  truth.frame = timing_.frame;
  truth.t_row0_ns = to_ns(timing_.first_row) - timing_.exposure_ns / 2;
  truth.row_ns_num = timing_.row_ns_num;
  truth.row_ns_den = timing_.row_ns_den;
  truth.rows = timing_.rows;
  truth.exposure_ns = timing_.exposure_ns;
  truth.t_done_ns = to_ns(sc_time_stamp());
  truth.taken = taken_;
  truth_(truth);
}

void Imx219::compute() {
  const HostProfile::Scope scope(HostWork::kSensor);
  samples_.resize(static_cast<size_t>(timing_.columns) * static_cast<size_t>(timing_.rows));
  if (active_.test_pattern != 0) {
    draw_test_pattern();
  } else {
    expose();
  }
  if (active_.bits == 8) {
    for (uint16_t& sample : samples_) sample = static_cast<uint16_t>(sample >> 2);
  }
}

void Imx219::draw_test_pattern() {
  std::array<uint16_t, 4> solid{};
  const uint32_t colours[4] = {r::kTestpRedH, r::kTestpGreenrH, r::kTestpGreenbH, r::kTestpBlueH};
  for (size_t i = 0; i < 4; ++i) solid[i] = static_cast<uint16_t>(pair(colours[i]) & 1023);
  TestPatternGenerator generator(static_cast<TestPattern>(active_.test_pattern), solid, timing_.columns);
  for (int row = 0; row < timing_.rows; ++row) generator.next_row(row, row_samples(row));
}

int64_t Imx219::readout_ns(int row) const { return to_ns(line_time(lines_ + row)); }

void Imx219::expose() {
  Conversion how;
  how.analog_gain = active_.analog_gain;
  how.digital_gain = active_.digital_gain;
  how.binned_samples = active_.binned_samples;
  how.frame = timing_.frame;
  how.exposure_s = static_cast<float>(timing_.exposure_ns) * 1e-9f;
  pattern_.set_grid(active_.grid);
  lens_.begin_frame(light_ ? *light_ : darkness, active_.grid, timing_.exposure_ns, [this](int row) { return readout_ns(row); });
  const RowSpan wanted = sink_->wanted_rows(timing_);
  for (int row = wanted.first; row < wanted.end; ++row) {
    how.gain_pattern = pattern_.gain_row(row);
    how.offset_pattern = pattern_.offset_row(row);
    how.defects = pattern_.defects(row);
    how.defect_count = pattern_.defect_count(row);
    pixels_.convert_row(how, row, timing_.columns, lens_.row(row), row_samples(row));
  }
}

}  // namespace saksi::hw
