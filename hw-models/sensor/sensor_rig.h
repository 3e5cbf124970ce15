#ifndef SAKSI_HW_MODELS_SENSOR_SENSOR_RIG_H_
#define SAKSI_HW_MODELS_SENSOR_SENSOR_RIG_H_

#include <cstdint>
#include <vector>

#include "hw-models/sensor/imx219.h"

namespace saksi::hw {

/// Samples of one colour of a raw frame, in digital numbers.
using RawPlane = std::vector<uint16_t>;

/// An image sensor on the bench, in front of an evenly lit white surface as EMVA 1288 has it, or of something else: set over I2C, read out raw. It
/// holds a SystemC kernel, of which there is one in a process.
class SensorRig {
 public:
  static constexpr int kSide = 512;   ///< of the window in the middle of the array, pixels
  static constexpr int kBinning = 4;  ///< of the whole array, in both directions

  /// What is read out: a window in the middle, pixel by pixel, or the whole array, binned.
  enum class View { kMiddle, kWholeArray };

  explicit SensorRig(const Imx219Config& config, View view = View::kMiddle);

  /// Puts something else in place of the white surface; Shot::lux does not count then.
  void set_light(LightSource& light) { sensor_.set_light(light); }
  /// The planes' size: half of the frame's.
  int columns() const { return columns_ / 2; }
  int rows() const { return rows_ / 2; }

  /// What frames are taken with.
  struct Shot {
    double lux = 0;          ///< at the surface
    int exposure_lines = 4;  ///< from 4
    int analog_gain = 0;     ///< register value n: gain 256 / (256 - n)
  };
  /// The green samples of the red rows of `count` frames, one after the other, once the settings hold.
  std::vector<RawPlane> take(const Shot& shot, int count);
  /// Seconds of the frames taken last.
  double exposure_s() const { return sink_.exposure_s; }

 private:
  /// White, everywhere the same.
  class Light : public LightSource {
   public:
    void expose_row(const SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const RowExposure& out) override;
    double lux = 0;
  };
  /// Keeps the frames that are wanted.
  class Sink : public RawSink {
   public:
    bool on_frame_start(const FrameTiming& timing, sc_core::sc_time now) override;
    void on_frame_end(const RawFrame& frame, sc_core::sc_time now) override;
    void on_frame_abort(sc_core::sc_time) override {}
    int skip = 0;  ///< frames that are still exposed under the settings before
    size_t wanted = 0;
    double exposure_s = 0;
    std::vector<RawPlane> planes;
  };

  void write(uint32_t address, uint32_t value, int bytes);

  int columns_ = 0, rows_ = 0;
  Light light_;
  Sink sink_;
  Imx219 sensor_;
};

}  // namespace saksi::hw

#endif
