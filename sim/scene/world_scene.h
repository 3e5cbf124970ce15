#ifndef SAKSI_SIM_SCENE_WORLD_SCENE_H_
#define SAKSI_SIM_SCENE_WORLD_SCENE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/sensor/lens_projection.h"
#include "sim/scene/light_code_strips.h"
#include "sim/scene/lighting.h"
#include "sim/scene/motion.h"
#include "sim/scene/scene.h"
#include "sim/scene/thing.h"

namespace saksi::sim {

struct WorldConfig {
  std::string name;
  hw::LensProjection lens;
  CameraMotion::Config camera;
  /// A hand before the lens: from, to, in seconds. It comes and goes within 0.15 s.
  std::vector<std::array<double, 2>> covered;
  std::vector<Lighting> lights;  ///< the first one is the room's
  Room room;
  std::vector<Part> room_sides;
  std::vector<Thing> things;
  double field_part = 1.0;  ///< of the sensor's field, in width and height, that the light code fills
  bool light_code = true;   ///< a plate with the strips before the lens, in the room's light, unmoved by shake
  uint32_t code_epoch = 0;
};

/// A room with people and things on flat parts, seen by a camera that moves. Each row is drawn for the time of its own exposure, and for several
/// times within it where the picture moves: rolling shutter and motion blur are sampled. Light is integrated over the exposure in closed form.
///
/// Left out: shadows, mirrors, light from one thing on another, the lens's own faults (hw-models/sensor/lens.h has these).
class WorldScene : public Scene {
 public:
  explicit WorldScene(WorldConfig config);

  void expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) override;

  const std::string& name() const override { return config_.name; }
  const std::string& source_file() const override { return source_file_; }
  std::vector<std::string> warnings() const override;

 private:
  using Matrix = std::array<Texel, 3>;  ///< columns: what a ray's x, y and z add to u, v and nearness
  /// A flat part as the camera sees it at one time: a ray d hits it at (u, v) = (m d)[0, 1] / (m d)[2], in parts of its size.
  struct Plane {
    const Texture* texture = nullptr;
    Matrix m;
    float distance = 0;  ///< of the plane, metres
    float texels_per_metre = 0;
    Texel light;              ///< lux s by colour, 1
    float order = 0;          ///< distance of its thing, less what it is nearer
    int first = 0, last = 0;  ///< columns that it may cover, [first, last)
  };
  struct PictureTexture {
    int64_t id = -1;
    Texture texture;
  };

  void set_grid(const hw::SampleGrid& grid);
  /// How many times within an exposure are drawn, for the camera's motion and for that of things.
  struct Shake {
    int camera = 1, things = 1;
  };
  Shake shake_of(int64_t t0_ns, int64_t t1_ns) const;
  int64_t still_until(int64_t t0_ns, int64_t t1_ns);
  void draw_things(const Pose& pose, int64_t t_ns, int row);
  void place_lights(int64_t t0_ns, int64_t t1_ns, int parts);
  Plane plane_of(const Part& part, const Texture& texture, const Pose& pose, const Vec3& centre, const Vec3& right, const Vec3& down) const;
  bool find_columns(const Pose& pose, const Vec3& centre, double radius_m, int row, Plane* plane) const;
  void place_thing(const Thing& thing, const Pose& pose, double t_s, int64_t t_ns, int row);
  const Texture& shown(const Thing& thing, int64_t t_ns);
  void draw_room(const Pose& pose, int row);
  void draw_plane(const Plane& plane, int row);
  void cover(double t_s);

  WorldConfig config_;
  CameraMotion camera_;
  LightCodeStrips strips_;
  std::string source_file_;
  std::vector<std::vector<PictureTexture>> pictures_;  ///< by thing: the latest pictures of those that show some

  hw::SampleGrid grid_;
  double samples_per_radian_x_ = 1, samples_per_radian_y_ = 1;
  static constexpr int kSpan = 16;  ///< columns between two rays that are worked out exactly; between them a ray's direction goes in a straight line
  int spans_ = 0;
  std::vector<Texel> rays_;  ///< in the camera's frame: spans_ + 1 for each row

  std::vector<Texel> lights_;  ///< lux s of each light over the piece of time that is being drawn
  std::vector<Plane> planes_;
  std::vector<Texel> line_, room_line_, sum_;
};

}  // namespace saksi::sim

#endif
