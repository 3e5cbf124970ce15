#include "sim/scene/world_scene.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/host_profile.h"
#include "hw-models/sensor/lens.h"
#include "sim/scene/colour.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegree = kPi / 180;
/// Of the illuminance on a desk, what falls on the upright plate with the light code: as much as on a wall.
constexpr float kUprightShare = 0.35f;

double seconds(int64_t ns) { return static_cast<double>(ns) * 1e-9; }

/// Lux seconds of each primary.
Texel lux_s(const Lighting::Dose& dose) {
  const auto lux_s = static_cast<float>(dose.lux_s);
  return Texel{lux_s * dose.colour[0], lux_s * dose.colour[1], lux_s * dose.colour[2], 0};
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
    Thing& thing = config_.things[i];
    if (thing.parts.size() == 1) thing.reach_m = std::hypot(thing.parts[0].width_m, thing.parts[0].height_m) / 2;
    if (!thing.source) continue;
    pictures_[i].resize(kKept);
    if (source_file_.empty()) source_file_ = thing.source->file();
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
  samples_per_radian_ = config_.lens.focal_length_mm / hw::kPixelPitchMm * grid.columns / grid.width;
  painter_.set_columns(grid.columns);
  rays_.clear();
  reach_.clear();
  least_z_ = 1;
  x_rises_ = true;
  for (int y = 0; y < grid.rows; ++y) {
    Reach reach{1, -1};
    double x = -2;
    for (int knot = 0; knot <= painter_.spans(); ++knot) {
      const hw::Ray ray = config_.lens.ray(mm_x(knot * RowPainter::kSpan + 0.5), mm_y(y + 0.5));
      rays_.push_back(Texel{static_cast<float>(ray.x), static_cast<float>(ray.y), static_cast<float>(ray.z), 0});
      reach = {std::min(reach.least_y, ray.y), std::max(reach.most_y, ray.y)};
      least_z_ = std::min(least_z_, ray.z);
      x_rises_ = x_rises_ && ray.x > x;
      x = ray.x;
    }
    reach_.push_back(reach);
  }
}

namespace {

/// The side of the room at which a ray ends: the one that it comes to first, so where its nearness by the distance is greatest.
size_t first_hit(const std::array<SeenPlane, kRoomSides>& planes, const Texel& ray) {
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
}

}  // namespace

/// How many times within an exposure are drawn, for each span: so many that between two of them nothing in it moves by more than about two and a half
/// samples. What is at rest at both ends of an exposure is taken to be at rest in between.
void WorldScene::find_times(int64_t t0_ns, int64_t t1_ns, int row) {
  constexpr double kNearM = 0.3, kStill = 2;  // nothing of a room is nearer; samples
  const Pose poses[2] = {camera_.at(seconds(t0_ns)), camera_.at(seconds(t1_ns))};
  const int64_t times_ns[2] = {t0_ns, t1_ns};
  const Vec3 ahead = poses[1].ahead - poses[0].ahead, across = poses[1].right - poses[0].right, way = poses[1].place - poses[0].place;
  const double turn = std::sqrt(ahead.dot(ahead)) + std::sqrt(across.dot(across)), way_m = std::sqrt(way.dot(way));
  const bool still = (turn + way_m / kNearM) * samples_per_radian_ < kStill;
  times_.assign(static_cast<size_t>(painter_.spans()), 1);
  if (!still) {
    const RoomPlanes before = room_planes(poses[0]), after = room_planes(poses[1]);
    for (int span = 0; span < painter_.spans(); ++span) {
      const size_t side = first_hit(before, rays_of(row)[span]);
      need_times(before[side], after[side], row, span);
    }
  }
  in_row_.clear();
  for (const Thing& thing : config_.things) {
    if (seconds(t1_ns) < thing.from_s || seconds(t0_ns) >= thing.to_s) continue;
    const Vec3 place = thing.place(seconds(t0_ns)), moved = thing.place(seconds(t1_ns)) - place;
    Ball ball = ball_of(poses[0], place - Vec3{0, thing.middle_m, 0}, thing.reach_m + std::sqrt(moved.dot(moved)) + way_m);
    ball.chord += 2 * turn;
    if (!is_in_row(ball, row)) continue;
    in_row_.push_back(&thing);
    if (!still || thing.moves()) find_thing_times(thing, poses, times_ns, row);
  }
}

void WorldScene::find_thing_times(const Thing& thing, const Pose poses[2], const int64_t times_ns[2], int row) {
  planes_.clear();
  for (int i = 0; i < 2; ++i) place_thing(thing, poses[i], times_ns[i], row, Which::kAll);
  const size_t parts = planes_.size() / 2;
  for (size_t part = 0; part < parts; ++part) {
    const SeenPlane &before = planes_[part], &after = planes_[parts + part];
    const int first = std::min(before.first, after.first) / RowPainter::kSpan, last = std::max(before.last, after.last);
    for (int span = first; span * RowPainter::kSpan < last; ++span) need_times(before, after, row, span);
  }
}

/// Looks how far a part moves in a span, and asks for as many times there and wherever it gets to.
void WorldScene::need_times(const SeenPlane& before, const SeenPlane& after, int row, int span) {
  constexpr float kShift = 2.5f, kMost = 16, kSurely = 0.999f;
  const Texel* rays = rays_of(row) + span;
  const Texel begin = before.seen(rays[0]), end = before.seen(rays[1]), later = after.seen(rays[0]), later_end = after.seen(rays[1]);
  if (before.misses(begin, end) && after.misses(later, later_end)) return;
  if (begin[2] <= 0 || later[2] <= 0) return;
  const Texel moved = later * (1 / later[2]) - begin * (1 / begin[2]);
  const Texture::Level& finest = before.texture->finest();
  const float samples_per_texel = 1 / std::max(1e-6f, before.texels_at(begin[2]));
  const float across = std::abs(moved[0] * static_cast<float>(finest.width)), along = std::abs(moved[1] * static_cast<float>(finest.height));
  if ((across + along) * samples_per_texel <= kShift * kSurely) return;  // so is what the hypotenuse gives
  const float texels = std::hypot(moved[0] * static_cast<float>(finest.width), moved[1] * static_cast<float>(finest.height));
  const float samples = std::min(texels / std::max(1e-6f, before.texels_at(begin[2])), kMost * kShift);
  const auto times = static_cast<uint8_t>(std::max(1.0f, std::ceil(samples / kShift)));
  if (times == 1) return;
  const int reach = 1 + static_cast<int>(samples) / RowPainter::kSpan;
  for (int at = std::max(0, span - reach); at <= std::min(painter_.spans() - 1, span + reach); ++at) {
    times_[static_cast<size_t>(at)] = std::max(times_[static_cast<size_t>(at)], times);
  }
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
  painter_.begin_row();
  const int64_t from_ns = t0_ns + config_.from_ns, to_ns = t1_ns + config_.from_ns;
  for (int64_t t = from_ns; t < to_ns;) {
    const int64_t end = std::max(t + 1, still_until(t, to_ns));
    find_times(t, end, row);
    const int most = *std::max_element(times_.begin(), times_.end());
    for (int times = 1; times <= most; ++times) {
      if (std::find(times_.begin(), times_.end(), times) == times_.end()) continue;
      for (int i = 0; i < times; ++i) draw(t + (end - t) * i / times, t + (end - t) * (i + 1) / times, row, times);
    }
    t = end;
  }
  float* const planes[3] = {out.red, out.green, out.blue};
  const Texel* light = painter_.light();
  for (int colour = 0; colour < 3; ++colour) {
    if (!planes[colour]) continue;
    for (int x = 0; x < grid.columns; ++x) planes[colour][x] = light[x][colour];
  }
  if (!config_.light_code) return;
  const Texel plate = lux_s(config_.lights[0].over(from_ns, to_ns)) * kUprightShare;
  strips_.draw(row, t0_ns, t1_ns, {plate[0], plate[1], plate[2]}, planes);
}

/// A piece of time in which those spans hardly move for which there are so many.
void WorldScene::draw(int64_t t0_ns, int64_t t1_ns, int row, int times) {
  // Skin before the lens lets a little red light through, as much of it as would come from the room.
  constexpr Texel kThrough = {0.0014f, 0.0003f, 0.0002f, 0};
  const int64_t t_ns = t0_ns + (t1_ns - t0_ns) / 2;
  const double t_s = seconds(t_ns);
  place_lights(t0_ns, t1_ns);
  const auto hand = static_cast<float>(covered(t_s));
  painter_.begin_layers(1 - hand, lights_[0] * kThrough * hand, [&](int span) { return times_[static_cast<size_t>(span)] == times; });
  if (hand >= 1) return;
  const Pose pose = camera_.at(t_s);
  planes_.clear();
  for (const Thing* thing : in_row_) {
    if (t_s >= thing->from_s && t_s < thing->to_s) place_thing(*thing, pose, t_ns, row, Which::kInRow);
  }
  nearest_first_.resize(planes_.size());
  std::iota(nearest_first_.begin(), nearest_first_.end(), size_t{0});
  // Of what is equally far, the later in the file lies on top.
  std::sort(nearest_first_.begin(), nearest_first_.end(),
            [&](size_t a, size_t b) { return planes_[a].order != planes_[b].order ? planes_[a].order < planes_[b].order : a > b; });
  for (const size_t i : nearest_first_) painter_.paint(planes_[i], rays_of(row));
  draw_room(pose, row);
}

void WorldScene::place_lights(int64_t t0_ns, int64_t t1_ns) {
  for (size_t i = 0; i < lights_.size(); ++i) lights_[i] = lux_s(config_.lights[i].over(t0_ns, t1_ns));
}

SeenPlane WorldScene::plane_of(const Part& part, const Texture& texture, const Pose& pose, const Vec3& centre, const Vec3& right,
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
  SeenPlane plane;
  plane.texture = &texture;
  const auto column = [](double a, double b, double d) { return Texel{static_cast<float>(a), static_cast<float>(b), static_cast<float>(d), 0}; };
  plane.m = {column(across.x, along.x, n.x), column(across.y, along.y, n.y), column(across.z, along.z, n.z)};
  plane.distance = static_cast<float>(distance);
  plane.texels = static_cast<float>(distance * texture.finest().width / part.width_m / samples_per_radian_);
  plane.last = grid_.columns;
  return plane;
}

WorldScene::Ball WorldScene::ball_of(const Pose& pose, const Vec3& centre, double radius_m) const {
  constexpr double kNearly = 1.05, kSamples = 4;
  const Vec3 c = pose.in_camera(centre - pose.place);
  const double length = std::sqrt(c.dot(c));
  if (length <= radius_m * kNearly) return {{0, 0, 1}, 2, true};
  // 2 sin(asin(s) / 2) is never more than s (1 + 0.27 s^2) for s to 0.953; and some samples for the rim.
  const double s = radius_m / length;
  return {c * (1 / length), s * (1 + 0.27 * s * s) + kSamples / samples_per_radian_, false};
}

/// Whether any ray of the row may hit it: never no if one does.
bool WorldScene::is_in_row(const Ball& ball, int row) const {
  if (ball.around) return true;
  const Reach& reach = reach_[static_cast<size_t>(row)];
  return ball.direction.z + ball.chord > least_z_ && ball.direction.y + ball.chord > reach.least_y && ball.direction.y - ball.chord < reach.most_y;
}

/// The columns of a row in which it may be seen: never too few.
void WorldScene::find_columns(const Ball& ball, int row, SeenPlane* plane) const {
  plane->first = 0;
  plane->last = grid_.columns;
  if (ball.around || !x_rises_) return;
  const Texel* rays = rays_of(row);
  const Texel* end = rays + painter_.spans() + 1;
  const auto from = static_cast<float>(ball.direction.x - ball.chord), to = static_cast<float>(ball.direction.x + ball.chord);
  const Texel* first = std::partition_point(rays, end, [&](const Texel& ray) { return ray[0] < from; });
  const Texel* last = std::partition_point(first, end, [&](const Texel& ray) { return ray[0] <= to; });
  plane->first = std::max(0, static_cast<int>(first - rays) - 1) * RowPainter::kSpan;
  plane->last = std::min(grid_.columns, static_cast<int>(last - rays) * RowPainter::kSpan);
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

void WorldScene::place_thing(const Thing& thing, const Pose& pose, int64_t t_ns, int row, Which which) {
  const double t_s = seconds(t_ns);
  constexpr double kArmPart = 0.45, kArmHz = 0.8, kHeadHz = 0.25, kHeadM = 0.05, kSyllableHz = 2.3;
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
      const double angle = -thing.gesture_deg * kDegree * (1 - kArmPart + kArmPart * std::sin(2 * kPi * kArmHz * t_s + thing.phase));
      across = right * std::cos(angle) + down * std::sin(angle);
      along = down * std::cos(angle) - right * std::sin(angle);
    }
    const Vec3 centre = place + right * part.right_m - Vec3{0, part.up_m, 0} + nearer * part.nearer_m;
    const Ball ball = ball_of(pose, centre, std::hypot(part.width_m, part.height_m) / 2);
    if (which == Which::kInRow && !is_in_row(ball, row)) continue;
    SeenPlane plane = plane_of(part, thing.source ? shown(thing, t_ns) : *drawn.texture, pose, centre, across, along);
    find_columns(ball, row, &plane);
    plane.light = lights_[thing.light] * (thing.share * part.share);
    plane.order = static_cast<float>(distance - part.nearer_m - thing.on_top_m);
    planes_.push_back(plane);
  }
}

WorldScene::RoomPlanes WorldScene::room_planes(const Pose& pose) const {
  const Room& room = config_.room;
  const double half = room.width_m / 2, ahead = room.depth_m - room.behind_m, middle = ahead - room.depth_m / 2, up = -room.height_m / 2;
  const Vec3 right{1, 0, 0}, down{0, 1, 0}, forth{0, 0, 1};
  const struct {
    Vec3 centre, right, down;
  } sides[kRoomSides] = {{{0, up, ahead}, right, down},       {{0, up, -room.behind_m}, right * -1, down},
                         {{-half, up, middle}, forth, down},  {{half, up, middle}, forth * -1, down},
                         {{0, 0, middle}, right, forth * -1}, {{0, -room.height_m, middle}, right, forth}};
  RoomPlanes planes;
  for (size_t i = 0; i < kRoomSides; ++i) {
    const Part& part = config_.room_sides[i];
    planes[i] = plane_of(part, *part.texture, pose, sides[i].centre, sides[i].right, sides[i].down);
    planes[i].light = lights_[0] * room.share;
  }
  return planes;
}

void WorldScene::draw_room(const Pose& pose, int row) {
  const RoomPlanes planes = room_planes(pose);
  const Texel* rays = rays_of(row);
  size_t from = first_hit(planes, rays[0]);
  for (int span = 0; span < painter_.spans(); ++span) {
    const size_t to = first_hit(planes, rays[span + 1]);
    const size_t whole = from;
    from = to;
    if (!painter_.is_open(span)) continue;
    if (whole == to) {
      painter_.paint(planes[to], rays, span, 0, RowPainter::kSpan);
      continue;
    }
    const Texel step = (rays[span + 1] - rays[span]) * (1.0f / RowPainter::kSpan);
    for (int x = 0; x < RowPainter::kSpan;) {
      const size_t side = first_hit(planes, rays[span] + step * static_cast<float>(x));
      const int begin = x++;
      while (x < RowPainter::kSpan && first_hit(planes, rays[span] + step * static_cast<float>(x)) == side) ++x;
      painter_.paint(planes[side], rays, span, begin, x);
    }
  }
}

/// How much of the view a hand covers, 0 to 1.
double WorldScene::covered(double t_s) const {
  constexpr double kComesInS = 0.15;
  double share = 0;
  for (const auto& [from, to] : config_.covered) share = std::max(share, std::clamp(std::min(t_s - from, to - t_s) / kComesInS, 0.0, 1.0));
  return share;
}

}  // namespace saksi::sim
