#ifndef SAKSI_HW_MODELS_SENSOR_IMX219_H_
#define SAKSI_HW_MODELS_SENSOR_IMX219_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <systemc>
#include <vector>

#include "hw-models/base/load.h"
#include "hw-models/base/register_file.h"
#include "hw-models/sensor/fixed_pattern.h"
#include "hw-models/sensor/lens.h"
#include "hw-models/sensor/light_source.h"
#include "hw-models/sensor/pixel_model.h"
#include "hw-models/sensor/raw_frame.h"
#include "hw-models/soc/i2c_device.h"

namespace saksi::hw {

struct Imx219Config {
  uint64_t seed = 1;               ///< of the noise
  PixelConfig pixels;              ///< what a pixel makes of light
  std::optional<LensConfig> lens;  ///< without, the scene's light falls on the sensor as it is
  bool makes_pixels = true;        ///< false: frames come at their times without samples
};

/// Sony IMX219, 3280 x 2464 pixels with rolling shutter, on I2C and a camera link. Registers: regs/imx219.yaml.
///
/// Sources: data sheet IMX219PQH5-C (register map, frame length and exposure rule in 5-5 and 5-7, gain in 5-8, stop in mid-frame in 8),
/// Linux driver (pixel rate, start-up times). A row's readout begins exactly LINE_LENGTH / 182.4 MHz after that of the row before; its
/// exposure is the time just before. A frame's pixels are computed in one go when its last row has been read out.
///
/// Not modelled: PLL and lane registers (the pixel rate is fixed), embedded data lines, frame bank B, sub-sampling, mirroring, the chip's own
/// lens shading correction. Two-byte values are taken over when both bytes stand; a frame that starts between them sees a mixture.
class Imx219 : public sc_core::sc_module, public I2cDevice {
 public:
  static constexpr int kArrayWidth = 3280;
  static constexpr int kArrayHeight = 2464;
  static constexpr int64_t kPixelClockHz = 182'400'000;

  Imx219(sc_core::sc_module_name name, const Imx219Config& config);

  /// Wiring, before power_on(). All must outlive the sensor. Without light it is dark; without sink no frame is taken.
  void set_light(LightSource& light) { light_ = &light; }
  void set_sink(RawSink& sink) { sink_ = &sink; }
  /// Called at the end of every frame's readout.
  void set_truth(std::function<void(const FrameTruth&)> truth) { truth_ = std::move(truth); }
  Load load;

  /// Supplies rise at the kernel's time: registers at reset values, standby, silent until the start-up time has passed.
  void power_on();
  /// Supplies fall: everything ends at once.
  void power_off();

  bool write(const uint8_t* data, size_t size, sc_core::sc_time now) override;
  bool read(uint8_t* data, size_t size, sc_core::sc_time now) override;

  bool streaming() const { return streaming_; }

 private:
  /// The registers that a frame obeys, decoded.
  struct Settings {
    SampleGrid grid;
    int binned_samples = 1;  ///< pixels averaged into one sample
    int64_t line_length = 0;
    int64_t exposure_lines = 0;
    int64_t frame_length = 0;  ///< lines, lengthened for the exposure if need be
    int analog_gain = 0;
    int digital_gain = 256;
    int bits = 10;
    int test_pattern = 0;
    bool valid() const { return grid.columns >= 2 && grid.rows >= 2; }
  };

  uint32_t pair(uint32_t high_offset) const;
  Settings decode() const;
  void reset_registers();
  void write_register(uint32_t offset, uint8_t value, sc_core::sc_time now);
  void start_streaming(sc_core::sc_time now);
  void stop_now();
  void frame_start();
  void frame_end();
  void report_truth();
  void compute();
  void draw_test_pattern();
  void expose();
  int64_t readout_ns(int row) const;
  /// When a number of lines since the epoch has passed.
  sc_core::sc_time line_time(int64_t lines) const;
  uint16_t* row_samples(int row) { return &samples_[static_cast<size_t>(row) * static_cast<size_t>(timing_.columns)]; }

  LightSource* light_ = nullptr;
  RawSink* sink_ = nullptr;
  std::function<void(const FrameTruth&)> truth_;
  bool makes_pixels_;
  PixelModel pixels_;
  FixedPattern pattern_;
  Lens lens_;
  RegisterFile regs_;
  uint32_t address_ = 0;  ///< where the next byte goes or comes from

  bool powered_ = false;
  bool streaming_ = false;
  bool in_frame_ = false;
  bool taken_ = false;
  sc_core::sc_time answers_from_;
  sc_core::sc_time streams_from_;

  Settings active_;         ///< of the frame that is read out
  Settings next_;           ///< of the frame after it, being exposed
  sc_core::sc_time epoch_;  ///< line times are counted from here
  int64_t lines_ = 0;       ///< from the epoch to the frame that is read out
  uint64_t frames_ = 0;
  FrameTiming timing_;
  std::vector<uint16_t> samples_;

  sc_core::sc_event start_event_;
  sc_core::sc_event end_event_;
};

}  // namespace saksi::hw

#endif
