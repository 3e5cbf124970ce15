#include "sim/scene/world_scene.h"

#include <algorithm>
#include <cmath>

#include "base/host_profile.h"
#include "hw-models/sensor/lens.h"
#include "sim/scene/colour.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegree = kPi / 180;
constexpr float kGrazing = 1e-4f;  ///< a plane that is seen from the side is not seen

double seconds(int64_t ns) { return static_cast<double>(ns) * 1e-9; }

/// One of so many equal parts of a dose: lux seconds of each primary, 1.
Texel lux_s(const Lighting::Dose& dose, int parts) {
  const auto lux_s = static_cast<float>(dose.lux_s / parts);
  return Texel{lux_s * dose.colour[0], lux_s * dose.colour[1], lux_s * dose.colour[2], 1};
}

Texel lit(const Texel& light, float share) {
  Texel out = light * share;
  out[3] = 1;
  return out;
}

/// What a ray gives: parts of the size across and down, and nearness.
template <typename Matrix>
Texel seen(const Matrix& m, const Texel& ray) {
  return m[0] * ray[0] + m[1] * ray[1] + m[2] * ray[2];
}

/// Where in a level a ray hits a part, at the rim for a ray that misses it.
Texel place_in(const Texture::Level& level, const Texel& hit) {
  const float width = static_cast<float>(level.width), height = static_cast<float>(level.height);
  const Texel least = {0, 0, 0, 0}, most = {width + 0.99f, height + 0.99f, 0, 0}, half = {0.5f, 0.5f, 0, 0};
  Texel place = hit * (1.0f / hit[2]) * Texel{width, height, 0, 0} + half;
  place = place < least ? least : place;
  return place > most ? most : place;
}

/// A picture as reflectances.
Texture texture_of(const Picture& picture) {
  const auto& table = srgb_to_linear();
  std::vector<Texel> texels(static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height));
  for (size_t i = 0; i < texels.size(); ++i) {
    texels[i] = Texel{table[picture.rgb[3 * i]], table[picture.rgb[3 * i + 1]], table[picture.rgb[3 * i + 2]], 1};
  }
  return Texture(picture.width, picture.height, std::move(texels), true);
}

}  // namespace

WorldScene::WorldScene(WorldConfig config)
    : config_(std::move(config)),
      camera_(config_.camera),
      strips_(config_.code_epoch),
      pictures_(config_.things.size()),
      lights_(config_.lights.size()) {
  constexpr size_t kKept = 4;
  for (size_t i = 0; i < config_.things.size(); ++i) {
    if (!config_.things[i].source) continue;
    pictures_[i].resize(kKept);
    if (source_file_.empty()) source_file_ = config_.things[i].source->file();
  }
}

std::vector<std::string> WorldScene::warnings() const {
  std::vector<std::string> all;
  for (const Thing& thing : config_.things) {
    if (!thing.source) continue;
    for (std::string& warning : thing.source->warnings()) all.push_back(std::move(warning));
  }
  return all;
}

void WorldScene::set_grid(const hw::SampleGrid& grid) {
  if (grid == grid_) return;
  grid_ = grid;
  strips_.set_window(window_of(grid, config_.field_part));
  const auto mm_x = [&](double column) { return (grid.x + column * grid.width / grid.columns - grid.field_width / 2.0) * hw::kPixelPitchMm; };
  const auto mm_y = [&](double y) { return (grid.y + y * grid.height / grid.rows - grid.field_height / 2.0) * hw::kPixelPitchMm; };
  samples_per_radian_x_ = config_.lens.focal_length_mm / hw::kPixelPitchMm * grid.columns / grid.width;
  samples_per_radian_y_ = config_.lens.focal_length_mm / hw::kPixelPitchMm * grid.rows / grid.height;
  spans_ = (grid.columns + kSpan - 1) / kSpan;
  rays_.clear();
  for (int y = 0; y < grid.rows; ++y) {
    for (int knot = 0; knot <= spans_; ++knot) {
      const hw::Ray ray = config_.lens.ray(mm_x(knot * kSpan + 0.5), mm_y(y + 0.5));
      rays_.push_back(Texel{static_cast<float>(ray.x), static_cast<float>(ray.y), static_cast<float>(ray.z), 0});
    }
  }
  line_.assign(static_cast<size_t>(spans_ * kSpan), Texel{0, 0, 0, 0});
  sum_ = line_;
}

/// How many times within an exposure are drawn: so many that between two of them nothing moves by more than about two and a half samples.
WorldScene::Shake WorldScene::shake_of(int64_t t0_ns, int64_t t1_ns) const {
  constexpr double kShift = 2.5, kNearM = 0.8, kAheadPart = 0.25;
  constexpr int kMost = 16;
  const double from = seconds(t0_ns), to = seconds(t1_ns);
  const Pose a = camera_.at(from), b = camera_.at(to);
  const Vec3 ahead = b.ahead - a.ahead, across = b.right - a.right, moved = b.place - a.place;
  // What lies ahead grows while the camera comes nearer, and shifts by a part of that only.
  const Vec3 steps = a.in_camera(moved);
  const double shift = std::hypot(steps.x, steps.y) + kAheadPart * std::abs(steps.z);
  const double camera = std::sqrt(ahead.dot(ahead)) + 0.5 * std::sqrt(across.dot(across)) + shift / kNearM;
  double things = 0;
  for (const Thing& thing : config_.things) {
    if (!thing.moves() || from < thing.from_s || from >= thing.to_s) continue;
    const Vec3 d = thing.place(to) - thing.place(from), away = thing.place(from) - a.place;
    things = std::max(things, std::sqrt(d.dot(d)) / std::max(kNearM / 2, std::sqrt(away.dot(away))));
  }
  const auto samples = [&](double radians) { return std::clamp(static_cast<int>(std::ceil(radians * samples_per_radian_x_ / kShift)), 1, kMost); };
  return {samples(camera), samples(things)};
}

/// Until when every picture that is shown stays the same, at most t1_ns.
int64_t WorldScene::still_until(int64_t t0_ns, int64_t t1_ns) {
  for (const Thing& thing : config_.things) {
    if (thing.source) t1_ns = std::min(t1_ns, thing.source->span_at(std::max<int64_t>(t0_ns, 0)).end_ns);
  }
  return t1_ns;
}

void WorldScene::expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) {
  const HostProfile::Scope scope(HostWork::kScene);
  set_grid(grid);
  std::fill(sum_.begin(), sum_.end(), Texel{0, 0, 0, 0});
  for (int64_t t = t0_ns; t < t1_ns;) {
    const int64_t end = std::max(t + 1, still_until(t, t1_ns));
    const Shake shake = shake_of(t, end);
    const bool still = shake.camera == 1;
    const int count = static_cast<int>(std::min<int64_t>(std::max(shake.camera, shake.things), end - t));
    for (int i = 0; i < count; ++i) {
      const int64_t from = t + (end - t) * i / count, to = t + (end - t) * (i + 1) / count;
      // A room that stands still is drawn once, in the light of the whole piece, and things move before it in equal shares of that.
      const int64_t middle = from + (to - from) / 2;
      const Pose pose = camera_.at(seconds(still ? t + (end - t) / 2 : middle));
      if (!still || i == 0) {
        place_lights(still ? t : from, still ? end : to, still ? count : 1);
        draw_room(pose, row);
        if (count > 1) room_line_ = line_;
      } else {
        line_ = room_line_;
      }
      draw_things(pose, middle, row);
    }
    t = end;
  }
  float* const planes[3] = {out.red, out.green, out.blue};
  for (int colour = 0; colour < 3; ++colour) {
    if (!planes[colour]) continue;
    for (int x = 0; x < grid.columns; ++x) planes[colour][x] = sum_[static_cast<size_t>(x)][colour];
  }
  if (!config_.light_code) return;
  const Texel light = lux_s(config_.lights[0].over(t0_ns, t1_ns), 1);
  strips_.draw(row, t0_ns, t1_ns, {light[0], light[1], light[2]}, planes);
}

void WorldScene::draw_things(const Pose& pose, int64_t t_ns, int row) {
  const double t_s = seconds(t_ns);
  planes_.clear();
  for (const Thing& thing : config_.things) {
    if (t_s >= thing.from_s && t_s < thing.to_s) place_thing(thing, pose, t_s, t_ns, row);
  }
  // Far ones first; what is equally far in the order of the file.
  std::stable_sort(planes_.begin(), planes_.end(), [](const Plane& a, const Plane& b) { return a.order > b.order; });
  for (const Plane& plane : planes_) draw_plane(plane, row);
  if (!config_.covered.empty()) cover(t_s);
  for (size_t x = 0; x < sum_.size(); ++x) sum_[x] += line_[x];
}

void WorldScene::place_lights(int64_t t0_ns, int64_t t1_ns, int parts) {
  for (size_t i = 0; i < lights_.size(); ++i) {
    lights_[i] = lux_s(config_.lights[i].over(t0_ns, t1_ns), parts);
  }
}

WorldScene::Plane WorldScene::plane_of(const Part& part, const Texture& texture, const Pose& pose, const Vec3& centre, const Vec3& right,
                                       const Vec3& down) const {
  const Vec3 c = pose.in_camera(centre - pose.place), u = pose.in_camera(right), v = pose.in_camera(down);
  Vec3 n{u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x};
  double distance = n.dot(c);
  if (distance < 0) {
    n = n * -1;
    distance = -distance;
  }
  const Vec3 across = u * (distance / part.width_m) - n * (c.dot(u) / part.width_m - 0.5);
  const Vec3 along = v * (distance / part.height_m) - n * (c.dot(v) / part.height_m - 0.5);
  Plane plane;
  plane.texture = &texture;
  const auto column = [](double a, double b, double d) { return Texel{static_cast<float>(a), static_cast<float>(b), static_cast<float>(d), 0}; };
  plane.m = {column(across.x, along.x, n.x), column(across.y, along.y, n.y), column(across.z, along.z, n.z)};
  plane.distance = static_cast<float>(distance);
  plane.texels_per_metre = static_cast<float>(texture.finest().width / part.width_m);
  plane.last = grid_.columns;
  return plane;
}

/// The columns of a row in which a ball about a centre can be seen; false if in none. A wide estimate: what it says is never too little.
bool WorldScene::find_columns(const Pose& pose, const Vec3& centre, double radius_m, int row, Plane* plane) const {
  plane->first = 0;
  plane->last = grid_.columns;
  const Vec3 c = pose.in_camera(centre - pose.place);
  const double length = std::sqrt(c.dot(c));
  if (length <= radius_m * 1.05) return true;
  const double half = std::asin(radius_m / length), off = std::atan2(std::hypot(c.x, c.y), c.z);
  const bool fisheye = config_.lens.kind == hw::LensProjection::Kind::kFisheye;
  const double farthest = off + half;
  constexpr double kWidestFisheye = 2.2, kWidestStraight = 1.35;
  if (farthest > (fisheye ? kWidestFisheye : kWidestStraight)) return true;
  // The most that a small angle is stretched by anywhere within the ball.
  const double stretch = fisheye ? std::max(1.0, farthest / std::sin(std::min(farthest, kPi / 2)) * (farthest > kPi / 2 ? farthest : 1))
                                 : 1 / (std::cos(farthest) * std::cos(farthest));
  double x_mm = 0, y_mm = 0;
  const hw::Ray direction{c.x / length, c.y / length, c.z / length};
  if (!config_.lens.place(direction, &x_mm, &y_mm)) return true;
  const double x = ((x_mm / hw::kPixelPitchMm + grid_.field_width / 2.0) - grid_.x) * grid_.columns / grid_.width;
  const double y = ((y_mm / hw::kPixelPitchMm + grid_.field_height / 2.0) - grid_.y) * grid_.rows / grid_.height;
  constexpr double kMargin = 3;
  const double reach_x = half * stretch * samples_per_radian_x_ + kMargin, reach_y = half * stretch * samples_per_radian_y_ + kMargin;
  if (std::abs(y - row) > reach_y || x + reach_x < 0 || x - reach_x > grid_.columns) return false;
  plane->first = std::max(0, static_cast<int>(x - reach_x));
  plane->last = std::min(grid_.columns, static_cast<int>(x + reach_x) + 1);
  return true;
}

const Texture& WorldScene::shown(const Thing& thing, int64_t t_ns) {
  auto& kept = pictures_[static_cast<size_t>(&thing - config_.things.data())];
  const int64_t id = thing.source->span_at(std::max<int64_t>(t_ns, 0)).id;
  PictureTexture& slot = kept[static_cast<size_t>(id) % kept.size()];
  if (slot.id != id) {
    slot.texture = texture_of(thing.source->picture(id));
    slot.id = id;
  }
  return slot.texture;
}

void WorldScene::place_thing(const Thing& thing, const Pose& pose, double t_s, int64_t t_ns, int row) {
  constexpr double kHeadHz = 0.25, kHeadM = 0.05, kSyllableHz = 2.3, kArmHz = 0.8;
  const Vec3 place = thing.place(t_s);
  Vec3 right{1, 0, 0}, down{0, 1, 0};
  if (thing.lies) {
    down = {0, 0, -1};
  } else if (thing.turn_deg) {
    right = {std::cos(*thing.turn_deg * kDegree), 0, -std::sin(*thing.turn_deg * kDegree)};
  } else {
    const Vec3 away = place - pose.place;
    const double length = std::max(1e-3, std::hypot(away.x, away.z));
    right = {away.z / length, 0, -away.x / length};
  }
  const Vec3 nearer{right.z, 0, -right.x};  // to the camera
  Plane found;
  if (thing.parts.size() > 1 && !find_columns(pose, place - Vec3{0, thing.middle_m, 0}, thing.reach_m, row, &found)) return;
  const double head = thing.head_turn_deg * kDegree * std::sin(2 * kPi * kHeadHz * t_s + thing.phase);
  const Vec3 way = place - pose.place;
  const double distance = std::sqrt(way.dot(way));
  for (const Part& drawn : thing.parts) {
    const bool off = t_s >= thing.off_s;
    if (drawn.comes_off && off) continue;
    Part part = drawn;
    if (off) part.share = 1;
    Vec3 across = right, along = down;
    if (part.moves == Part::Moves::kFace || part.moves == Part::Moves::kMouth) {
      part.right_m += kHeadM * std::sin(head);
      part.width_m *= std::max(0.2, std::cos(head));
    }
    if (part.moves == Part::Moves::kMouth) {
      part.height_m *= 0.45 + 0.55 * thing.speaks * std::abs(std::sin(kPi * kSyllableHz * t_s + thing.phase));
    }
    if (part.moves == Part::Moves::kArm) {
      if (thing.gesture_deg <= 0) continue;
      const double angle = -thing.gesture_deg * kDegree * (0.55 + 0.45 * std::sin(2 * kPi * kArmHz * t_s + thing.phase));
      across = right * std::cos(angle) + down * std::sin(angle);
      along = down * std::cos(angle) - right * std::sin(angle);
    }
    const Vec3 centre = place + right * part.right_m - Vec3{0, part.up_m, 0} + nearer * part.nearer_m;
    if (!find_columns(pose, centre, std::hypot(part.width_m, part.height_m) / 2, row, &found)) continue;
    Plane plane = plane_of(part, thing.source ? shown(thing, t_ns) : *drawn.texture, pose, centre, across, along);
    plane.first = found.first;
    plane.last = found.last;
    plane.light = lit(lights_[thing.light], thing.share * part.share);
    plane.order = static_cast<float>(distance - part.nearer_m - thing.on_top_m);
    planes_.push_back(plane);
  }
}

void WorldScene::draw_room(const Pose& pose, int row) {
  const Room& room = config_.room;
  const double half = room.width_m / 2, ahead = room.depth_m - room.behind_m, middle = ahead - room.depth_m / 2, up = -room.height_m / 2;
  const Vec3 right{1, 0, 0}, down{0, 1, 0}, forth{0, 0, 1};
  const struct {
    Vec3 centre, right, down;
  } sides[kRoomSides] = {{{0, up, ahead}, right, down},       {{0, up, -room.behind_m}, right * -1, down},
                         {{-half, up, middle}, forth, down},  {{half, up, middle}, forth * -1, down},
                         {{0, 0, middle}, right, forth * -1}, {{0, -room.height_m, middle}, right, forth}};
  std::array<Plane, kRoomSides> planes;
  for (size_t i = 0; i < kRoomSides; ++i) {
    const Part& part = config_.room_sides[i];
    planes[i] = plane_of(part, *part.texture, pose, sides[i].centre, sides[i].right, sides[i].down);
    planes[i].light = lit(lights_[0], room.share);
  }
  // A ray ends at the side that it comes to first: where its nearness by the distance is greatest.
  const auto first_hit = [&](const Texel& ray) {
    size_t hit = 0;
    float most = -1;
    for (size_t i = 0; i < kRoomSides; ++i) {
      const float nearness = (planes[i].m[0][2] * ray[0] + planes[i].m[1][2] * ray[1] + planes[i].m[2][2] * ray[2]) / planes[i].distance;
      if (nearness > most) {
        most = nearness;
        hit = i;
      }
    }
    return hit;
  };
  const Texel* rays = &rays_[static_cast<size_t>(row) * static_cast<size_t>(spans_ + 1)];
  size_t from = first_hit(rays[0]);
  for (int span = 0; span < spans_; ++span) {
    const size_t to = first_hit(rays[span + 1]);
    const Texel step = (rays[span + 1] - rays[span]) * (1.0f / kSpan);
    Texel* out = &line_[static_cast<size_t>(span) * kSpan];
    if (from == to) {
      planes[from].first = span * kSpan;
      planes[from].last = (span + 1) * kSpan;
      draw_plane(planes[from], row);
    } else {
      for (int x = 0; x < kSpan; ++x) {
        const Texel ray = rays[span] + step * static_cast<float>(x);
        const Plane& plane = planes[first_hit(ray)];
        const Texture::Level& level = plane.texture->level_for(1);
        const Texel hit = seen(plane.m, ray);
        out[x] = level.at(place_in(level, hit)) * plane.light;
      }
    }
    from = to;
  }
}

void WorldScene::draw_plane(const Plane& plane, int row) {
  const Texel* rays = &rays_[static_cast<size_t>(row) * static_cast<size_t>(spans_ + 1)];
  const int first = plane.first / kSpan, last = std::min(spans_, (plane.last + kSpan - 1) / kSpan);
  const bool opaque = plane.texture->opaque();
  const float texels = plane.distance * plane.texels_per_metre / static_cast<float>(samples_per_radian_x_);
  if (first >= last) return;
  Texel from = seen(plane.m, rays[first]);
  for (int span = first; span < last; ++span) {
    const Texel to = seen(plane.m, rays[span + 1]);
    const Texel begin = from, step = (to - from) * (1.0f / kSpan);
    from = to;
    if (begin[2] < kGrazing && to[2] < kGrazing) continue;
    const bool front = begin[2] > kGrazing && to[2] > kGrazing;
    // The rim of a texture reaches half a texel of its level beyond it; a level has at least two texels.
    constexpr float kRim = 0.26f;
    const auto beyond = [&](int axis) {
      return (begin[axis] < -kRim * begin[2] && to[axis] < -kRim * to[2]) || (begin[axis] > (1 + kRim) * begin[2] && to[axis] > (1 + kRim) * to[2]);
    };
    if (front && !opaque && (beyond(0) || beyond(1))) continue;
    const float facing = std::max(0.02f, std::max(begin[2], to[2]));
    const Texture::Level& level = plane.texture->level_for(texels / (facing * std::sqrt(facing)));
    Texel* out = &line_[static_cast<size_t>(span) * kSpan];
    if (opaque && front) {
      for (int x = 0; x < kSpan; ++x) out[x] = level.at(place_in(level, begin + step * static_cast<float>(x))) * plane.light;
      continue;
    }
    const float width = static_cast<float>(level.width), height = static_cast<float>(level.height);
    const Texel size = {width, height, 0, 0}, half = {0.5f, 0.5f, 0, 0};
    for (int x = 0; x < kSpan; ++x) {
      const Texel hit = begin + step * static_cast<float>(x);
      if (hit[2] <= kGrazing) continue;
      const Texel place = hit * (1.0f / hit[2]) * size + half;
      if (place[0] < 0 || place[1] < 0 || place[0] >= width + 1 || place[1] >= height + 1) continue;
      const Texel texel = level.at(place);
      out[x] = out[x] * (1 - texel[3]) + texel * plane.light;
    }
  }
}

/// Skin before the lens lets a little red light through.
void WorldScene::cover(double t_s) {
  constexpr double kComesInS = 0.15;
  constexpr Texel kThrough = {0.004f, 0.0008f, 0.0005f, 1};
  double share = 0;
  for (const auto& [from, to] : config_.covered) {
    share = std::max(share, std::clamp(std::min(t_s - from, to - t_s) / kComesInS, 0.0, 1.0));
  }
  if (share <= 0) return;
  const auto hand = static_cast<float>(share);
  Texel mean{0, 0, 0, 0};
  for (const Texel& texel : line_) mean += texel;
  mean = mean * (1.0f / static_cast<float>(line_.size())) * kThrough;
  for (Texel& texel : line_) texel = texel * (1 - hand) + mean * hand;
}

}  // namespace saksi::sim
