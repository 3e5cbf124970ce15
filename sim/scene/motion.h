#ifndef SAKSI_SIM_SCENE_MOTION_H_
#define SAKSI_SIM_SCENE_MOTION_H_

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace saksi::sim {

/// Metres. In the room: x to the right of the camera's first direction, y down from the floor (so what stands has y < 0), z ahead.
struct Vec3 {
  double x = 0, y = 0, z = 0;
  Vec3 operator+(const Vec3& o) const { return {x + o.x, y + o.y, z + o.z}; }
  Vec3 operator-(const Vec3& o) const { return {x - o.x, y - o.y, z - o.z}; }
  Vec3 operator*(double f) const { return {x * f, y * f, z * f}; }
  double dot(const Vec3& o) const { return x * o.x + y * o.y + z * o.z; }
};

/// Some values over time, given at points. Between two points they go smoothly, standing still at both, or evenly; before the first and after the
/// last they stay.
template <size_t kValues>
class Track {
 public:
  struct Point {
    double at_s = 0;
    std::array<double, kValues> values{};
  };
  Track() = default;
  Track(std::vector<Point> points, bool even) : points_(std::move(points)), even_(even) {}

  bool moves() const { return points_.size() > 1; }
  const std::vector<Point>& points() const { return points_; }

  /// At least one point must have been given.
  std::array<double, kValues> at(double t_s) const {
    size_t next = 0;
    while (next < points_.size() && points_[next].at_s <= t_s) ++next;
    if (next == 0) return points_.front().values;
    const Point& from = points_[next - 1];
    if (next == points_.size()) return from.values;
    const double part = (t_s - from.at_s) / (points_[next].at_s - from.at_s);
    const double eased = even_ ? part : part * part * (3 - 2 * part);
    std::array<double, kValues> out = from.values;
    for (size_t i = 0; i < kValues; ++i) out[i] += eased * (points_[next].values[i] - from.values[i]);
    return out;
  }

 private:
  std::vector<Point> points_;
  bool even_ = false;
};

/// Where a camera is and how it is turned: unit vectors of its right, down and ahead.
struct Pose {
  Vec3 place, right, down, ahead;
  Vec3 in_camera(const Vec3& v) const { return {v.dot(right), v.dot(down), v.dot(ahead)}; }
};

/// A camera on somebody's chest. Everything is a function of time alone, so any time can be asked for.
class CameraMotion {
 public:
  enum class Body {
    kFixed,    ///< on a stand
    kSeated,   ///< breathes: 0.3 Hz, 5 mm forth and back, with 0.3 degrees of pitch
    kWalking,  ///< walks while its path moves it: at a full 1.4 m/s 1.9 steps a second, each of 25 mm up and down and of 1.2 degrees of pitch,
               ///< swaying 20 mm and 1.5 degrees to each side at half of that; slower walking shakes in proportion. Stands and breathes where it
               ///< stops.
  };
  struct Shock {
    double at_s = 0;
    double g = 3;  ///< largest acceleration, in units of 9.81 m/s^2
  };
  /// Values of a path's point.
  enum { kX, kHeight, kAhead, kTurn, kPitch, kPathValues };
  struct Config {
    Body body = Body::kSeated;
    Track<kPathValues> path;  ///< metres, and degrees to the right and up
    std::vector<Shock> shocks;
    double phase = 0;  ///< radians: where in a breath and a step time 0 is
  };

  explicit CameraMotion(Config config) : config_(std::move(config)) {}

  Pose at(double t_s) const;

 private:
  double walking_share(double t_s) const;

  Config config_;
};

}  // namespace saksi::sim

#endif
