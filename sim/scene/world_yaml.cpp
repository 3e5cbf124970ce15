#include "sim/scene/world_yaml.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/seed_stream.h"
#include "sim/scene/clip_source.h"
#include "sim/scene/still_source.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDayS = 86'400, kFarM = 100;
constexpr double kHeightMin = -2, kHeightMax = 30;
/// Keys of things that only some kinds know.
const std::vector<std::string> kPersonKeys = {"tall_m",  "child",  "cap",           "dark_glasses", "off_s",
                                              "uniform", "speaks", "head_turn_deg", "gesture_deg",  "queue"};
const std::vector<std::string> kThingKeys = {"kind",    "x_m",           "distance_m",    "height_m",    "path",
                                             "even",    "sway_m",        "sway_hz",       "turn_deg",    "lies",
                                             "from_s",  "to_s",          "light_part",    "lux",         "colour_temperature_k",
                                             "flicker", "light_changes", "width_m",       "tall_m",      "text",
                                             "file",    "at_end",        "child",         "cap",         "dark_glasses",
                                             "uniform", "speaks",        "head_turn_deg", "gesture_deg", "queue",
                                             "off_s"};

class WorldReader {
 public:
  WorldReader(WorldConfig config, const SceneOverrides& overrides) : config_(std::move(config)), overrides_(overrides) {}

  WorldConfig read(const YamlNode& node, const LightConfig& beside) {
    node.allow_keys({"room", "camera", "stand_in", "things"});
    beside_ = beside;
    beside_.flicker.phase = 2 * kPi * SeedStream(overrides_.seed, "scene mains").uniform();
    config_.lights.push_back(beside_.lighting());
    if (node.has("room")) read_room(node.at("room"));
    SeedStream room(overrides_.seed, "scene " + config_.name + " room");
    config_.room_sides = draw_room(config_.room, room);
    config_.camera.phase = 2 * kPi * SeedStream(overrides_.seed, "scene camera").uniform();
    config_.camera.path = Track<CameraMotion::kPathValues>({{0, {0, kChestM, 0, 0, 0}}}, false);
    if (node.has("camera")) read_camera(node.at("camera"));
    if (node.has("things")) {
      for (const YamlNode& thing : node.at("things").items()) read_thing(thing);
    }
    read_stand_in(node);
    return std::move(config_);
  }

 private:
  static constexpr double kChestM = 1.35;

  /// A time that must be later than the one before it in its list.
  static double later(const YamlNode& point, std::optional<double>* last) {
    const double at_s = point.at("at_s").as_number(0, kDayS);
    if (*last && at_s <= **last) point.at("at_s").fail("the times of a list must rise: this one is not after the one before it");
    *last = at_s;
    return at_s;
  }

  void read_room(const YamlNode& node) {
    node.allow_keys({"style", "width_m", "depth_m", "behind_m", "height_m", "light_part"});
    Room& room = config_.room;
    if (node.has("style")) {
      const std::string style = node.at("style").as_word({"hall", "corridor", "office"});
      room.style = style == "hall" ? RoomStyle::kHall : style == "corridor" ? RoomStyle::kCorridor : RoomStyle::kOffice;
    }
    room.width_m = node.get_number("width_m", room.width_m, 1, 60);
    room.depth_m = node.get_number("depth_m", room.depth_m, 1, 60);
    room.behind_m = node.get_number("behind_m", std::min(room.behind_m, room.depth_m / 2), 0.1, 60);
    room.height_m = node.get_number("height_m", room.height_m, 2, 12);
    room.share = static_cast<float>(node.get_number("light_part", room.share, 0, 10));
    if (room.behind_m >= room.depth_m) node.fail("behind_m is not less than depth_m: nothing of the room would lie before the camera");
  }

  void read_camera(const YamlNode& node) {
    node.allow_keys({"body", "x_m", "height_m", "ahead_m", "turn_deg", "pitch_deg", "even", "path", "shocks", "covered"});
    CameraMotion::Config& camera = config_.camera;
    if (node.has("body")) {
      const std::string body = node.at("body").as_word({"fixed", "seated", "walking"});
      camera.body = body == "fixed" ? CameraMotion::Body::kFixed : body == "seated" ? CameraMotion::Body::kSeated : CameraMotion::Body::kWalking;
    }
    std::vector<Track<CameraMotion::kPathValues>::Point> points = {{0, camera_values(node, {0, kChestM, 0, 0, 0})}};
    if (node.has("path")) {
      std::array<double, CameraMotion::kPathValues> values = points[0].values;
      points.clear();
      std::optional<double> last;
      for (const YamlNode& point : node.at("path").items()) {
        point.allow_keys({"at_s", "x_m", "height_m", "ahead_m", "turn_deg", "pitch_deg"});
        const double at_s = later(point, &last);
        values = camera_values(point, values);
        points.push_back({at_s, values});
      }
      if (points.empty()) node.at("path").fail("the list is empty; a path needs at least one point");
    }
    check_inside(node, points);
    camera.path = Track<CameraMotion::kPathValues>(points, node.get_bool("even", false));
    if (node.has("shocks")) {
      for (const YamlNode& shock : node.at("shocks").items()) {
        shock.allow_keys({"at_s", "g"});
        camera.shocks.push_back({shock.at("at_s").as_number(0, kDayS), shock.get_number("g", 3, 0.01, 50)});
      }
    }
    if (!node.has("covered")) return;
    for (const YamlNode& span : node.at("covered").items()) {
      span.allow_keys({"from_s", "to_s"});
      config_.covered.push_back({span.at("from_s").as_number(0, kDayS), span.at("to_s").as_number(0, kDayS)});
      if (config_.covered.back()[1] <= config_.covered.back()[0]) span.fail("to_s is not after from_s");
    }
  }

  static std::array<double, CameraMotion::kPathValues> camera_values(const YamlNode& node,
                                                                     const std::array<double, CameraMotion::kPathValues>& before) {
    std::array<double, CameraMotion::kPathValues> out{};
    out[CameraMotion::kX] = node.get_number("x_m", before[CameraMotion::kX], -kFarM, kFarM);
    out[CameraMotion::kHeight] = node.get_number("height_m", before[CameraMotion::kHeight], 0.05, 10);
    out[CameraMotion::kAhead] = node.get_number("ahead_m", before[CameraMotion::kAhead], -kFarM, kFarM);
    out[CameraMotion::kTurn] = node.get_number("turn_deg", before[CameraMotion::kTurn], -3600, 3600);
    out[CameraMotion::kPitch] = node.get_number("pitch_deg", before[CameraMotion::kPitch], -80, 80);
    return out;
  }

  /// A camera behind a wall would see nothing but what is wrong.
  void check_inside(const YamlNode& node, const std::vector<Track<CameraMotion::kPathValues>::Point>& points) const {
    constexpr double kShakeM = 0.1;
    const Room& room = config_.room;
    for (const auto& point : points) {
      const double x = std::abs(point.values[CameraMotion::kX]), ahead = point.values[CameraMotion::kAhead];
      if (x + kShakeM < room.width_m / 2 && ahead + kShakeM < room.depth_m - room.behind_m && ahead - kShakeM > -room.behind_m &&
          point.values[CameraMotion::kHeight] + kShakeM < room.height_m)
        continue;
      node.fail("the camera leaves the room, or comes within 0.1 m of its walls; make the room larger or keep the camera inside");
    }
  }

  /// Whose light falls on a thing, and how much of it.
  void read_thing_light(const YamlNode& node, Thing* thing) {
    thing->share = static_cast<float>(node.get_number("light_part", thing->share, 0, 10));
    if (!node.has("lux")) {
      for (const char* key : {"colour_temperature_k", "flicker", "light_changes"}) {
        if (node.has(key)) node.at(key).fail(std::string("'") + key + "' is of a thing's own light, which needs 'lux' too");
      }
      return;
    }
    LightConfig without = beside_;  // a screen has the room's colour and phase of the mains, but not its changes and not its ripple
    without.changes.clear();
    without.flicker.depth = 0;
    thing->light = config_.lights.size();
    if (!node.has("light_part")) thing->share = 1;
    config_.lights.push_back(read_light(node, without).lighting());
  }

  void read_place(const YamlNode& node, double height_m, Thing* thing) {
    const auto values_of = [](const YamlNode& at, const std::array<double, Thing::kPlaceValues>& before) {
      return std::array<double, Thing::kPlaceValues>{at.get_number("x_m", before[Thing::kX], -kFarM, kFarM),
                                                     at.get_number("height_m", before[Thing::kHeight], kHeightMin, kHeightMax),
                                                     at.get_number("distance_m", before[Thing::kAhead], -kFarM, kFarM)};
    };
    const std::array<double, Thing::kPlaceValues> first = values_of(node, {0, height_m, 1});
    std::vector<Track<Thing::kPlaceValues>::Point> points = {{0, first}};
    if (node.has("path")) {
      points.clear();
      std::array<double, Thing::kPlaceValues> values = first;
      std::optional<double> last;
      for (const YamlNode& point : node.at("path").items()) {
        point.allow_keys({"at_s", "x_m", "height_m", "distance_m"});
        const double at_s = later(point, &last);
        values = values_of(point, values);
        points.push_back({at_s, values});
      }
      if (points.empty()) node.at("path").fail("the list is empty; a path needs at least one point");
    }
    thing->path = Track<Thing::kPlaceValues>(points, node.get_bool("even", false));
    thing->sway_m = node.get_number("sway_m", 0, 0, 5);
    thing->sway_hz = node.get_number("sway_hz", 0.5, 0.01, 20);
    thing->from_s = node.get_number("from_s", 0, 0, kDayS);
    thing->to_s = node.get_number("to_s", thing->to_s, 0, kDayS);
    if (thing->to_s <= thing->from_s) node.at("to_s").fail("to_s is not after from_s: the thing would never be there");
    if (node.has("turn_deg")) thing->turn_deg = node.at("turn_deg").as_number(-180, 180);
    thing->lies = node.get_bool("lies", thing->lies);
  }

  void read_thing(const YamlNode& node) {
    std::vector<std::string> kinds = {"person", "picture", "clip"};
    for (const FlatKind& flat : flat_kinds()) kinds.emplace_back(flat.name);
    node.allow_keys(kThingKeys);
    const std::string kind = node.at("kind").as_word(kinds);
    for (const std::string& key : kPersonKeys) {
      if (kind != "person" && key != "tall_m" && node.has(key)) node.at(key).fail("'" + key + "' is for a person, not for a " + kind);
    }
    for (const char* key : {"file", "at_end"}) {
      if (kind != "picture" && kind != "clip" && node.has(key)) node.at(key).fail(std::string("'") + key + "' is for a picture or a clip");
    }
    SeedStream random(overrides_.seed, "scene " + config_.name + " thing " + std::to_string(things_++));
    if (kind == "person") return read_people(node, random);
    if (kind == "picture" || kind == "clip") return read_pictures(node, kind);
    const auto flat = std::find_if(flat_kinds().begin(), flat_kinds().end(), [&](const FlatKind& known) { return kind == known.name; });
    Thing thing;
    thing.lies = flat->lies;
    thing.on_top_m = flat->on_top ? 0.5 : 0;
    if (!flat->lies && !flat->on_top) thing.turn_deg = 0;
    read_place(node, flat->up_m, &thing);
    read_thing_light(node, &thing);
    const double width = node.get_number("width_m", flat->width_m, 0.01, 40), tall = node.get_number("tall_m", flat->height_m, 0.01, 40);
    thing.parts = draw_flat(kind, width, tall, node.get_string("text", ""), random);
    config_.things.push_back(std::move(thing));
  }

  void read_people(const YamlNode& node, SeedStream& random) {
    constexpr double kInLineM = 0.8, kAdultM = 1.55, kAdultSpreadM = 0.30, kChildM = 1.15, kFaceShare = 0.25, kUprightShare = 0.35;
    const int64_t count = node.get_int("queue", 1, 1, 40);
    PersonLook look;
    look.child = node.get_bool("child", false);
    look.cap = node.get_bool("cap", false);
    look.dark_glasses = node.get_bool("dark_glasses", false);
    look.uniform = node.get_bool("uniform", false);
    Thing person;
    person.off_s = node.get_number("off_s", person.off_s, 0, kDayS);
    // A face gets a quarter of what falls on the desk (UFC's table for gates), a body that stands farther off a little more.
    person.share = static_cast<float>(count == 1 ? kFaceShare : kUprightShare);
    read_place(node, 0, &person);
    read_thing_light(node, &person);
    person.speaks = node.get_bool("speaks", false) ? 1 : 0;
    person.head_turn_deg = node.get_number("head_turn_deg", 0, 0, 90);
    person.gesture_deg = node.get_number("gesture_deg", 0, 0, 170);
    for (int64_t i = 0; i < count; ++i) {
      Thing one = person;
      PersonLook own = look;
      own.height_m = node.get_number("tall_m", look.child ? kChildM : kAdultM + kAdultSpreadM * random.uniform(), 0.5, 2.3);
      one.phase = 2 * kPi * random.uniform();
      auto points = person.path.points();
      const double aside = i == 0 ? 0 : 0.5 * (random.uniform() - 0.5), behind = kInLineM * static_cast<double>(i);
      for (auto& point : points) {
        point.values[Thing::kX] += aside;
        point.values[Thing::kAhead] += behind;
      }
      one.path = Track<Thing::kPlaceValues>(points, node.get_bool("even", false));
      constexpr double kRaisedArmM = 0.4;
      one.middle_m = own.height_m / 2;
      one.reach_m = 0.55 * own.height_m + (person.gesture_deg > 0 ? kRaisedArmM : 0);
      one.parts = draw_person(own, random);
      config_.things.push_back(std::move(one));
    }
  }

  void read_pictures(const YamlNode& node, const std::string& kind) {
    const YamlNode file = node.at("file");
    ClipSource::AtEnd at_end = ClipSource::AtEnd::kLoop;
    if (node.has("at_end") && node.at("at_end").as_word({"loop", "hold"}) == "hold") at_end = ClipSource::AtEnd::kHold;
    Thing thing;
    try {
      if (kind == "picture") {
        thing.source = std::make_shared<StillSource>(StillSource::load(file.path()), file.path());
      } else {
        thing.source = std::make_shared<ClipSource>(file.as_string() == "default" ? default_clip() : file.path(), at_end);
      }
    } catch (const UsageError& error) {
      file.fail(error.what());
    }
    thing.turn_deg = 0;
    read_place(node, kChestM, &thing);
    read_thing_light(node, &thing);
    add_pictures(std::move(thing), node.get_number("width_m", 1, 0.01, 40), node.has("tall_m") ? node.at("tall_m").as_number(0.01, 40) : 0);
  }

  /// A tall_m of 0 stands for the picture's own shape.
  void add_pictures(Thing thing, double width_m, double tall_m) {
    Part part;
    part.width_m = width_m;
    const Picture& first = thing.source->picture(0);
    part.height_m = tall_m > 0 ? tall_m : width_m * first.height / (first.width * first.pixel_aspect);
    thing.parts = {part};
    config_.things.push_back(std::move(thing));
  }

  /// Where a clip from the command line takes the place of everybody and everything in the room. Read in any case, so that mistakes are found.
  void read_stand_in(const YamlNode& world) {
    Thing thing;
    double width_m = 2.4;
    thing.turn_deg = 0;
    thing.path = Track<Thing::kPlaceValues>({{0, {0, kChestM, 1.5}}}, false);
    if (world.has("stand_in")) {
      const YamlNode node = world.at("stand_in");
      node.allow_keys({"x_m", "distance_m", "height_m", "width_m", "light_part"});
      read_place(node, kChestM, &thing);
      thing.share = static_cast<float>(node.get_number("light_part", 1, 0, 10));
      width_m = node.get_number("width_m", width_m, 0.01, 40);
    }
    if (!overrides_.clip) return;
    thing.source = std::make_shared<ClipSource>(*overrides_.clip == "default" ? default_clip() : *overrides_.clip, ClipSource::AtEnd::kLoop);
    config_.things.clear();
    add_pictures(std::move(thing), width_m, 0);
  }

  WorldConfig config_;
  const SceneOverrides& overrides_;
  LightConfig beside_;
  int things_ = 0;
};

}  // namespace

std::unique_ptr<Scene> load_world(const YamlNode& node, WorldConfig config, const LightConfig& light, const SceneOverrides& overrides) {
  return std::make_unique<WorldScene>(WorldReader(std::move(config), overrides).read(node, light));
}

}  // namespace saksi::sim
