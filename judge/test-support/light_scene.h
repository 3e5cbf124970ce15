#ifndef SAKSI_JUDGE_TEST_SUPPORT_LIGHT_SCENE_H_
#define SAKSI_JUDGE_TEST_SUPPORT_LIGHT_SCENE_H_

#include <cstdint>
#include <vector>

#include "base/seed_stream.h"

namespace saksi::judge::testing {

/// A camera that films the light code, drawn directly as luma. All that the judge must not know is a parameter here.
struct SceneCamera {
  int width = 640;
  int height = 360;
  double readout_s = 0.0175;   ///< from the picture's first to its last row
  double exposure_s = 0.010;
  double gamma = 2.2;          ///< luma = light ^ (1 / gamma)
  double white = 0.8;          ///< signal of the white cells in parts of full scale
  double noise = 0.01;         ///< standard deviation of each pixel's luma, in parts of full scale
  int blur = 0;                ///< half-width in pixels of a box that blurs each row
  double zoom = 1.0;           ///< more than 1: the scene is larger than the picture's field
  double shift_x = 0;          ///< of the picture's field, in parts of the scene
  double shift_y = 0;
  bool show_code = true;
};

/// A picture in planar 4:2:0, chroma neutral.
struct Picture {
  int width;
  int height;
  std::vector<uint8_t> bytes;
};

/// Draws what the camera records if the middle of the exposure at the picture's centre row is at `photon_s`. The picture shows the middle of the
/// 4:3 scene, cut to the picture's aspect.
Picture draw_light_code(const SceneCamera& camera, double photon_s, SeedStream& noise);

}  // namespace saksi::judge::testing

#endif
