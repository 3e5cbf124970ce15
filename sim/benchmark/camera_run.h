#ifndef SAKSI_SIM_BENCHMARK_CAMERA_RUN_H_
#define SAKSI_SIM_BENCHMARK_CAMERA_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/board/board.h"

namespace saksi::sim {

/// The reference camera before a scene, recording into its pre-event ring alone.
struct CameraJob {
  std::string scene_path;
  int width = 352;
  int height = 288;
  int fps = 15;
  int gop = 15;
  int qp = 27;           ///< ignored with a bit rate
  int bitrate_kbps = 0;  ///< constant bit rate; 0: constant qp
  double seconds = 10;   ///< simulated, from power-on
  uint64_t seed = 1;
  double scene_from_s = 0;  ///< the scene's time at which the camera is powered on
  hw::EncoderConfig encoder;
};

/// A coded picture, as the firmware saw it come out.
struct CameraPicture {
  uint32_t bytes = 0;
  double cycles = 0;  ///< clock cycles from the start of its coding to the interrupt
};

/// Runs the camera and returns its coded pictures in order. To be called once in a process, since SystemC has one kernel. Throws UsageError for a
/// scene that cannot be shown.
std::vector<CameraPicture> run_camera(const CameraJob& job);

}  // namespace saksi::sim

#endif
