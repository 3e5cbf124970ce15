#ifndef SAKSI_TESTS_LIGHT_CAMERA_RIG_H_
#define SAKSI_TESTS_LIGHT_CAMERA_RIG_H_

#include <cstdint>
#include <systemc>

#include "hw-models/isp/isp.h"
#include "hw-models/sensor/imx219.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"

namespace saksi {

/// How the camera of a test is set.
struct RigSettings {
  int binning = 4;  ///< 1: 1920 x 1080 from the middle of the array; 2, 4: the whole field
  int out_width = 640;
  int out_height = 360;
  int frame_lines = 3527;    ///< 15 frames/s
  int exposure_lines = 529;  ///< 10 ms
  int analog_gain = 192;     ///< 4.0
  uint64_t seed = 1;
};

/// Sensor, image signal processor and memory, without a processor: registers are written by the test, a buffer is armed for every frame.
class CameraRig : public sc_core::sc_module {
 public:
  CameraRig(sc_core::sc_module_name name, const RigSettings& settings);

  /// Powers the sensor and waits until it answers; then streams.
  void start(hw::LightSource& light);
  /// The two parts of start() without the wait, for rigs that run together.
  void power_on(hw::LightSource& light);
  /// From now on every frame lands in memory, one after the other in the same buffer.
  void stream();
  static constexpr double kStartUpMs = 7;
  /// Runs the kernel until another frame is in memory.
  void next_frame();

  int padded_width() const { return hw::padded_to_16(settings_.out_width); }
  int padded_height() const { return hw::padded_to_16(settings_.out_height); }
  const uint8_t* luma() const;
  const uint8_t* chroma() const;
  /// When the light of the last frame fell.
  const hw::FrameTruth& truth() const { return truth_; }
  /// The part of the sensor's rows and columns that the picture shows.
  int crop_x() const { return crop_x_; }
  int crop_y() const { return crop_y_; }
  int crop_width() const { return crop_width_; }
  int crop_height() const { return crop_height_; }

  hw::Imx219 sensor;
  hw::Isp isp;

 private:
  void set(uint32_t address, uint32_t value, int bytes);
  void configure_sensor();
  void configure_isp();

  RigSettings settings_;
  int columns_ = 0;
  int rows_ = 0;
  int crop_x_ = 0;
  int crop_y_ = 0;
  int crop_width_ = 0;
  int crop_height_ = 0;
  hw::Bus bus_;
  hw::Ram ram_;
  hw::FrameTruth truth_;
  int done_ = 0;
};

}  // namespace saksi

#endif
