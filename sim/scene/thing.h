#ifndef SAKSI_SIM_SCENE_THING_H_
#define SAKSI_SIM_SCENE_THING_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "sim/scene/canvas.h"
#include "sim/scene/motion.h"
#include "sim/scene/picture_source.h"
#include "sim/scene/texture.h"

namespace saksi::sim {

/// A flat piece of a thing.
struct Part {
  /// What of it moves by itself.
  enum class Moves {
    kNot,
    kFace,   ///< shifts over the head and narrows as the head turns
    kMouth,  ///< opens and closes, with the face
    kArm,    ///< swings about its upper end, which is in the middle of the drawing
  };
  std::shared_ptr<const Texture> texture;
  double width_m = 1, height_m = 1;
  double right_m = 0, up_m = 0;  ///< its middle from the thing's place
  double nearer_m = 0;           ///< this far before the thing's place, for what is drawn on top
  Moves moves = Moves::kNot;
  float share = 1;         ///< of the thing's light, and the same as long as nothing is taken off
  bool comes_off = false;  ///< cap and glasses, which the thing's off_s takes away; what they shade has its whole light from then on
};

/// Something in the room, drawn on flat parts.
struct Thing {
  enum { kX, kHeight, kAhead, kPlaceValues };
  Track<kPlaceValues> path;  ///< metres: to the right, above the floor, ahead
  double sway_m = 0, sway_hz = 0, phase = 0;
  std::optional<double> turn_deg;  ///< of its face from the camera's first place, to the right; without, it faces the camera wherever that is
  bool lies = false;               ///< flat, its lower edge to the camera's first place
  double on_top_m = 0;             ///< is drawn as if it were that much nearer: what lies on a desk, whose own middle may be nearer than it
  double from_s = 0, to_s = std::numeric_limits<double>::infinity();  ///< when it is there
  size_t light = 0;                                                   ///< of the scene's lights
  float share = 1;                                                    ///< of that light's illuminance that falls on it
  double off_s = std::numeric_limits<double>::infinity();             ///< when cap and dark glasses come off
  double head_turn_deg = 0, speaks = 0, gesture_deg = 0;
  double middle_m = 0, reach_m = 0;  ///< all of it lies within reach_m of what is middle_m above its place
  std::vector<Part> parts;
  std::shared_ptr<PictureSource> source;  ///< of the first part's texture, if it shows pictures

  bool moves() const { return path.moves() || sway_m > 0 || gesture_deg > 0; }
  Vec3 place(double t_s) const;
};

/// What the factories below need to know of a person.
struct PersonLook {
  double height_m = 1.7;
  bool child = false, cap = false, dark_glasses = false, uniform = false;
};

/// Each draws the parts of a thing of its kind, in its real size; what is left open (skin, hair, clothes, names) is drawn from the stream.
std::vector<Part> draw_person(const PersonLook& look, SeedStream& random);
std::vector<Part> draw_flat(const std::string& kind, double width_m, double height_m, const std::string& words, SeedStream& random);
/// The kinds that draw_flat() knows, and the size of each in metres.
struct FlatKind {
  const char* name;
  double width_m, height_m;
  bool lies;
  double up_m;  ///< of its middle above the floor, unless the scene says otherwise
  bool on_top;  ///< lies on a desk or is held
};
const std::vector<FlatKind>& flat_kinds();

/// A room's six sides: ahead, behind, left, right, floor, ceiling.
enum class RoomStyle { kHall, kCorridor, kOffice };
struct Room {
  double width_m = 12, depth_m = 14, height_m = 3.2;
  double behind_m = 4;  ///< of the depth, behind the camera's first place
  RoomStyle style = RoomStyle::kHall;
  float share = 0.35f;  ///< of the scene's light that falls on the walls
};
constexpr size_t kRoomSides = 6;
std::vector<Part> draw_room(const Room& room, SeedStream& random);

}  // namespace saksi::sim

#endif
