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
#include "sim/scene/row_painter.h"
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
  int64_t from_ns = 0;      ///< the scene's own time at t = 0
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
  struct PictureTexture {
    int64_t id = -1;
    Texture texture;
  };
  /// A ball as the camera sees it: the direction of its middle, and the length of the chord from there to its rim on the unit ball.
  struct Ball {
    Vec3 direction;
    double chord = 0;
    bool around = false;  ///< the camera is in it, or nearly
  };
  void find_times(int64_t t0_ns, int64_t t1_ns, int row);
  void find_thing_times(const Thing& thing, const Pose poses[2], const int64_t times_ns[2], int row);
  void need_times(const SeenPlane& before, const SeenPlane& after, int row, int span);

  void set_grid(const hw::SampleGrid& grid);
  int64_t still_until(int64_t t0_ns, int64_t t1_ns);
  void draw(int64_t t0_ns, int64_t t1_ns, int row, int times);
  void place_lights(int64_t t0_ns, int64_t t1_ns);
  SeenPlane plane_of(const Part& part, const Texture& texture, const Pose& pose, const Vec3& centre, const Vec3& right, const Vec3& down) const;
  Ball ball_of(const Pose& pose, const Vec3& centre, double radius_m) const;
  bool is_in_row(const Ball& ball, int row) const;
  void find_columns(const Ball& ball, int row, SeenPlane* plane) const;
  /// All its parts, or those alone that may be seen in the row.
  enum class Which { kAll, kInRow };
  void place_thing(const Thing& thing, const Pose& pose, int64_t t_ns, int row, Which which);
  const Texture& shown(const Thing& thing, int64_t t_ns);
  using RoomPlanes = std::array<SeenPlane, kRoomSides>;
  RoomPlanes room_planes(const Pose& pose) const;
  void draw_room(const Pose& pose, int row);
  double covered(double t_s) const;
  const Texel* rays_of(int row) const { return &rays_[static_cast<size_t>(row) * static_cast<size_t>(painter_.spans() + 1)]; }

  WorldConfig config_;
  CameraMotion camera_;
  LightCodeStrips strips_;
  std::string source_file_;
  std::vector<std::vector<PictureTexture>> pictures_;  ///< by thing: the latest pictures of those that show some

  hw::SampleGrid grid_;
  double samples_per_radian_ = 1;
  RowPainter painter_;
  std::vector<Texel> rays_;  ///< in the camera's frame, unit vectors: for each row, at the painter's spans
  struct Reach {
    double least_y = 0, most_y = 0;
  };
  std::vector<Reach> reach_;  ///< of each row's rays
  double least_z_ = 0;        ///< of all rays
  bool x_rises_ = true;       ///< along every row

  std::vector<Texel> lights_;         ///< lux s of each light over the piece of time that is being drawn
  std::vector<uint8_t> times_;        ///< for each span, how many times within an exposure are drawn
  std::vector<const Thing*> in_row_;  ///< things that may be seen in the row during its exposure
  std::vector<SeenPlane> planes_;
  std::vector<size_t> nearest_first_;
};

}  // namespace saksi::sim

#endif
