#ifndef SAKSI_SIM_SCENE_PICTURE_SCENE_H_
#define SAKSI_SIM_SCENE_PICTURE_SCENE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/light_code_strips.h"
#include "sim/scene/light_yaml.h"
#include "sim/scene/picture_source.h"
#include "sim/scene/resampler.h"
#include "sim/scene/scene.h"

namespace saksi::sim {

struct PictureSceneConfig {
  std::string name;
  LightConfig light;               ///< at the subject
  double white_reflectance = 1.0;  ///< what a picture's white reflects
  double field_part = 1.0;         ///< of the sensor's field, in width and height about the centre, that the scene fills
  bool light_code = true;
  int64_t from_ns = 0;      ///< the scene's own time at t = 0
  uint32_t code_epoch = 0;  ///< tick that the light code shows at t = 0, even
};

/// Pictures from a source, lit, with the light code drawn in: as on a screen before the camera. A picture is cut at its sides or at top and
/// bottom to the field's shape, and brought to the grid once for each picture and grid.
class PictureScene : public Scene {
 public:
  PictureScene(const PictureSceneConfig& config, std::unique_ptr<PictureSource> source);

  void expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) override;

  const std::string& name() const override { return config_.name; }
  const std::string& source_file() const override { return source_->file(); }
  std::vector<std::string> warnings() const override { return source_->warnings(); }

 private:
  /// A picture in linear light at the grid's resolution.
  struct Sampled {
    int64_t id = -1;
    std::array<std::vector<float>, 3> planes;
  };

  void set_grid(const hw::SampleGrid& grid);
  const Sampled& sampled(int64_t id);
  void expose_pictures(int row, int64_t t0_ns, int64_t t1_ns, float* const out[3]);

  PictureSceneConfig config_;
  std::unique_ptr<PictureSource> source_;
  Lighting lighting_;

  hw::SampleGrid grid_;
  Resampler resampler_;
  /// The latest pictures: the rows of a frame, each with its exposure, may reach over a few.
  static constexpr size_t kKept = 4;
  std::array<Sampled, kKept> kept_;
  size_t next_slot_ = 0;
  LightCodeStrips strips_;
};

}  // namespace saksi::sim

#endif
