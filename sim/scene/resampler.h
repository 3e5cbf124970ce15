#ifndef SAKSI_SIM_SCENE_RESAMPLER_H_
#define SAKSI_SIM_SCENE_RESAMPLER_H_

#include <array>
#include <vector>

#include "sim/scene/picture_source.h"
#include "sim/scene/scene_window.h"

namespace saksi::sim {

/// Brings pictures to the resolution of a sampling grid: cut to the scene's shape, turned into linear light, averaged by area. Beyond the
/// scene's edges its outermost pixels go on.
class Resampler {
 public:
  void set_window(const SceneWindow& window) { window_ = window; }
  /// Fills three planes of columns * rows values; white is 1.0.
  void resample(const Picture& picture, std::array<std::vector<float>, 3>* planes);

 private:
  /// Which picture pixels a row or column of the grid covers: from `first` on, by weights that add up to 1.
  struct Axis {
    int taps = 0;
    std::vector<int> first;
    std::vector<float> weights;
    /// `samples` equal parts of [begin, end), in pixels of a picture of `size`.
    void set(int samples, double begin, double end, int size);
  };
  void fit(const Picture& picture);
  const float* linear_row(const Picture& picture, int y);

  SceneWindow window_;
  Axis across_, down_;
  std::array<std::vector<float>, 2> linear_;  ///< row y at y mod 2, red, green and blue one after the other
  std::array<int, 2> linear_y_;
  std::vector<float> sums_;
};

}  // namespace saksi::sim

#endif
