#include "sim/scene/thing.h"

#include <cmath>

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr Reflectance kWhite{0.82f, 0.81f, 0.78f}, kInk{0.03f, 0.03f, 0.04f}, kDark{0.02f, 0.02f, 0.02f};
constexpr double kBodyDensity = 450, kHeadDensity = 900, kFaceDensity = 1200;  // texels a metre

Reflectance times(const Reflectance& colour, double factor) {
  Reflectance out;
  for (size_t i = 0; i < 3; ++i) out[i] = static_cast<float>(std::min(1.0, colour[i] * factor));
  return out;
}

template <size_t kCount>
Reflectance one_of(const Reflectance (&colours)[kCount], SeedStream& random) {
  return colours[random.below(kCount)];
}

Part part_of(const Canvas& canvas, double right_m, double up_m, double nearer_m) {
  Part part;
  part.texture = std::make_shared<Texture>(canvas.texture(true));
  part.width_m = canvas.width_m();
  part.height_m = canvas.height_m();
  part.right_m = right_m;
  part.up_m = up_m;
  part.nearer_m = nearer_m;
  return part;
}

/// What a person wears and is, out of the stream.
struct Colours {
  Reflectance skin, hair, shirt, trousers;
};

Colours colours_of(const PersonLook& look, SeedStream& random) {
  // Skin reflectances of light to dark skin, linear BT.709.
  static constexpr Reflectance kSkins[] = {
      {0.56f, 0.36f, 0.27f}, {0.45f, 0.27f, 0.19f}, {0.33f, 0.19f, 0.12f}, {0.20f, 0.11f, 0.07f}, {0.10f, 0.055f, 0.04f}};
  static constexpr Reflectance kHairs[] = {{0.02f, 0.018f, 0.016f}, {0.05f, 0.03f, 0.02f}, {0.25f, 0.16f, 0.07f}, {0.30f, 0.30f, 0.30f}};
  static constexpr Reflectance kShirts[] = {{0.55f, 0.08f, 0.07f}, {0.08f, 0.16f, 0.45f}, {0.10f, 0.32f, 0.14f}, {0.62f, 0.45f, 0.10f},
                                            {0.60f, 0.60f, 0.58f}, {0.25f, 0.10f, 0.30f}, {0.07f, 0.07f, 0.08f}};
  static constexpr Reflectance kTrousers[] = {{0.04f, 0.05f, 0.10f}, {0.05f, 0.05f, 0.05f}, {0.28f, 0.22f, 0.14f}};
  Colours colours{one_of(kSkins, random), one_of(kHairs, random), one_of(kShirts, random), one_of(kTrousers, random)};
  if (look.uniform) colours.shirt = {0.03f, 0.04f, 0.09f};
  return colours;
}

Part draw_body(const PersonLook& look, const Colours& c, double scale, SeedStream& random) {
  const double width = 0.66 * scale, height = look.height_m - 0.20 * scale, middle = width / 2, leg = 0.085 * scale, hip = height - 0.86 * scale;
  Canvas canvas(width, height, kBodyDensity);
  for (const double side : {-1.0, 1.0}) {
    canvas.limb(middle + side * 0.09 * scale, hip, middle + side * 0.11 * scale, height - leg, leg, 0.06 * scale, c.trousers);
    canvas.limb(middle + side * 0.11 * scale, height - 0.04 * scale, middle + side * 0.14 * scale, height - 0.04 * scale, 0.04 * scale, 0.035 * scale,
                kInk);
    canvas.limb(middle + side * 0.20 * scale, 0.10 * scale, middle + side * 0.25 * scale, 0.50 * scale, 0.065 * scale, 0.05 * scale,
                times(c.shirt, 0.8));
    canvas.ellipse(middle + side * 0.255 * scale, 0.60 * scale, 0.045 * scale, 0.07 * scale, c.skin);
  }
  // Shoulders slope from the neck.
  for (const double side : {-1.0, 1.0})
    canvas.limb(middle + side * 0.02 * scale, 0.055 * scale, middle + side * 0.175 * scale, 0.115 * scale, 0.05 * scale, 0.075 * scale, c.shirt);
  canvas.box(middle - 0.19 * scale, 0.07 * scale, middle + 0.19 * scale, hip + 0.06 * scale, 0.06 * scale, c.shirt);
  canvas.limb(middle, 0.0, middle, 0.06 * scale, 0.055 * scale, 0.05 * scale, times(c.skin, 0.75));
  const uint64_t pattern = random.below(3);
  if (!look.uniform && pattern < 2) canvas.stripes(0.08 * scale, hip, 26 + 20 * random.uniform(), pattern == 1, 0.35);
  if (look.uniform) {
    canvas.box(middle + 0.05 * scale, 0.15 * scale, middle + 0.14 * scale, 0.18 * scale, 0.002, {0.65f, 0.55f, 0.15f});
    canvas.text(middle + 0.055 * scale, 0.155 * scale, 0.018 * scale, "IMIGRASI", kInk);
  } else {
    for (double y = 0.10; y < 0.5; y += 0.09) canvas.ellipse(middle, y * scale, 0.007 * scale, 0.007 * scale, times(c.shirt, 0.4));
  }
  canvas.grain(0.012, 0.18, random);
  return part_of(canvas, 0, height / 2, 0);
}

Part draw_head(const PersonLook& look, const Colours& c, double scale, SeedStream& random) {
  Canvas canvas(0.34 * scale, 0.42 * scale, kHeadDensity);
  const double x = 0.17 * scale, y = 0.19 * scale;
  const bool long_hair = random.below(2) == 0;
  canvas.ellipse(x, y - 0.02 * scale, 0.115 * scale, 0.15 * scale, c.hair);
  if (long_hair) canvas.box(x - 0.115 * scale, y, x + 0.115 * scale, y + 0.20 * scale, 0.04 * scale, c.hair);
  canvas.limb(x, y + 0.08 * scale, x, y + 0.19 * scale, 0.055 * scale, 0.06 * scale, times(c.skin, 0.75));
  for (const double side : {-1.0, 1.0}) canvas.ellipse(x + side * 0.093 * scale, y + 0.02 * scale, 0.02 * scale, 0.034 * scale, times(c.skin, 0.8));
  canvas.ellipse(x, y + 0.015 * scale, 0.093 * scale, 0.128 * scale, c.skin);
  canvas.ellipse(x, y - 0.12 * scale, 0.085 * scale, 0.05 * scale, c.hair);
  canvas.grain(0.006, 0.08, random);
  return part_of(canvas, 0, look.height_m - 0.15 * scale, 0.01);
}

Part draw_face(const PersonLook& look, const Colours& c, double scale, SeedStream& random) {
  Canvas canvas(0.16 * scale, 0.16 * scale, kFaceDensity);
  const double x = 0.08 * scale, eye = 0.035 * scale, out = 0.034 * scale;
  const Reflectance iris = random.below(2) ? Reflectance{0.06f, 0.035f, 0.02f} : Reflectance{0.10f, 0.14f, 0.16f};
  for (const double side : {-1.0, 1.0}) {
    canvas.limb(x + side * 0.018 * scale, eye - 0.018 * scale, x + side * 0.052 * scale, eye - 0.016 * scale, 0.005 * scale, 0.003 * scale, c.hair);
    canvas.ellipse(x + side * out, eye, 0.016 * scale, 0.0085 * scale, kWhite);
    canvas.ellipse(x + side * out, eye, 0.0075 * scale, 0.008 * scale, iris);
    canvas.ellipse(x + side * out, eye, 0.0035 * scale, 0.0035 * scale, kDark);
    canvas.ellipse(x + side * 0.045 * scale, eye + 0.045 * scale, 0.022 * scale, 0.018 * scale, {0.6f, 0.2f, 0.15f}, 0.12f);
    canvas.ellipse(x + side * 0.009 * scale, eye + 0.058 * scale, 0.005 * scale, 0.0035 * scale, times(c.skin, 0.3));
  }
  canvas.limb(x, eye + 0.005 * scale, x, eye + 0.045 * scale, 0.006 * scale, 0.014 * scale, times(c.skin, 1.15));
  if (random.below(3) == 0) canvas.box(x - 0.03 * scale, eye + 0.066 * scale, x + 0.03 * scale, eye + 0.076 * scale, 0.005 * scale, c.hair);
  Part face = part_of(canvas, 0, look.height_m - 0.185 * scale, 0.02);
  face.moves = Part::Moves::kFace;
  return face;
}

Part draw_mouth(const PersonLook& look, const Colours& c, double scale) {
  Canvas canvas(0.064 * scale, 0.034 * scale, kFaceDensity);
  canvas.ellipse(0.032 * scale, 0.017 * scale, 0.026 * scale, 0.013 * scale, {c.skin[0] * 0.9f, c.skin[1] * 0.5f, c.skin[2] * 0.55f});
  canvas.ellipse(0.032 * scale, 0.018 * scale, 0.019 * scale, 0.006 * scale, {0.03f, 0.01f, 0.01f});
  Part mouth = part_of(canvas, 0, look.height_m - 0.243 * scale, 0.021);
  mouth.moves = Part::Moves::kMouth;
  return mouth;
}

Part draw_arm(const PersonLook& look, const Colours& c, double scale) {
  // The shoulder is in the middle, so that the drawing turns about it.
  Canvas canvas(0.24 * scale, 1.30 * scale, kBodyDensity);
  const double x = 0.12 * scale, y = 0.65 * scale;
  canvas.limb(x, y, x, y + 0.46 * scale, 0.062 * scale, 0.045 * scale, times(c.shirt, 0.9));
  canvas.ellipse(x, y + 0.54 * scale, 0.045 * scale, 0.075 * scale, c.skin);
  Part arm = part_of(canvas, 0.20 * scale, look.height_m - 0.32 * scale, 0.03);
  arm.moves = Part::Moves::kArm;
  return arm;
}

Part draw_cap(const PersonLook& look, double scale) {
  Canvas canvas(0.34 * scale, 0.20 * scale, kHeadDensity);
  canvas.ellipse(0.17 * scale, 0.12 * scale, 0.112 * scale, 0.105 * scale, {0.30f, 0.03f, 0.03f});
  canvas.box(0.05 * scale, 0.115 * scale, 0.29 * scale, 0.145 * scale, 0.014 * scale, {0.12f, 0.015f, 0.015f});
  return part_of(canvas, 0, look.height_m - 0.055 * scale, 0.03);
}

Part draw_glasses(const PersonLook& look, double scale) {
  Canvas canvas(0.20 * scale, 0.06 * scale, kFaceDensity);
  canvas.box(0.005 * scale, 0.012 * scale, 0.195 * scale, 0.02 * scale, 0.003 * scale, kDark);
  for (const double x : {0.063, 0.137}) canvas.box((x - 0.033) * scale, 0.008 * scale, (x + 0.033) * scale, 0.054 * scale, 0.016 * scale, kDark);
  Part glasses = part_of(canvas, 0, look.height_m - 0.143 * scale, 0.025);
  glasses.moves = Part::Moves::kFace;
  return glasses;
}

/// A page of print with a heading.
void draw_page(Canvas& canvas, const std::string& heading, double letter_m, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m(), rim = 0.08 * w;
  canvas.fill(kWhite);
  canvas.text(rim, rim, 1.6 * letter_m, heading, kInk);
  canvas.print(rim, rim + 4 * letter_m, w - rim, h - rim, letter_m, random, kInk);
}

void draw_passport(Canvas& canvas, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m();
  canvas.fill({0.62f, 0.66f, 0.60f});
  canvas.grain(0.004, 0.10, random);
  canvas.box(0.06 * w, 0.18 * h, 0.32 * w, 0.70 * h, 0.001, {0.45f, 0.50f, 0.58f});
  canvas.ellipse(0.19 * w, 0.38 * h, 0.06 * w, 0.11 * h, {0.36f, 0.22f, 0.15f});
  canvas.box(0.10 * w, 0.53 * h, 0.28 * w, 0.70 * h, 0.003, kInk);
  canvas.text(0.06 * w, 0.05 * h, 0.055 * h, "PASSPORT", {0.05f, 0.06f, 0.25f});
  canvas.print(0.36 * w, 0.20 * h, 0.96 * w, 0.72 * h, 0.035 * h, random, kInk);
  canvas.text(0.05 * w, 0.80 * h, 0.045 * h, "P<IDN<SAKSI<<WITNESS<<<<<<<<<<<<", kInk);
  std::string digits;
  for (int i = 0; i < 30; ++i) digits += static_cast<char>('0' + random.below(10));
  canvas.text(0.05 * w, 0.89 * h, 0.045 * h, digits, kInk);
}

void draw_gate(Canvas& canvas, const std::string& words, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m();
  const Reflectance steel{0.35f, 0.36f, 0.38f};
  for (const double x : {0.0, 0.82}) canvas.box(x * w, 0.25 * h, (x + 0.18) * w, h, 0.02, steel);
  canvas.box(0.18 * w, 0.42 * h, 0.49 * w, 0.95 * h, 0.02, {0.30f, 0.45f, 0.50f}, 0.6f);
  canvas.box(0.51 * w, 0.42 * h, 0.82 * w, 0.95 * h, 0.02, {0.30f, 0.45f, 0.50f}, 0.6f);
  canvas.box(0.0, 0.0, w, 0.16 * h, 0.02, {0.04f, 0.09f, 0.20f});
  canvas.text(0.12 * w, 0.05 * h, 0.06 * h, words.empty() ? "AUTOGATE" : words, kWhite);
  canvas.grain(0.02, 0.06, random);
}

void draw_screen(Canvas& canvas, const std::string& words, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m();
  canvas.fill({0.10f, 0.30f, 0.62f});
  canvas.text(0.08 * w, 0.10 * h, 0.13 * h, words.empty() ? "LOOK HERE" : words, kWhite);
  canvas.ellipse(0.5 * w, 0.62 * h, 0.16 * w, 0.26 * h, {0.75f, 0.78f, 0.82f});
  canvas.print(0.70 * w, 0.4 * h, 0.95 * w, 0.9 * h, 0.04 * h, random, kWhite);
}

void draw_window(Canvas& canvas, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m();
  canvas.fill({0.75f, 0.80f, 0.90f});
  canvas.box(0, 0.62 * h, w, h, 0, {0.22f, 0.24f, 0.22f});
  for (int i = 0; i < 4; ++i) {
    const double x = w * random.uniform();
    canvas.ellipse(x, h * (0.1 + 0.35 * random.uniform()), 0.22 * w, 0.06 * h, {0.95f, 0.95f, 0.95f}, 0.7f);
  }
  canvas.limb(0.25 * w, 0.58 * h, 0.75 * w, 0.58 * h, 0.03 * h, 0.045 * h, {0.85f, 0.85f, 0.86f});  // an aircraft
  canvas.limb(0.27 * w, 0.58 * h, 0.22 * w, 0.46 * h, 0.02 * h, 0.012 * h, {0.60f, 0.10f, 0.10f});
  for (double x = 0; x <= 1.001; x += 0.25) canvas.box(x * w - 0.03, 0, x * w + 0.03, h, 0, kInk);
}

void draw_wall(Canvas& canvas, const Reflectance& colour, RoomStyle style, SeedStream& random) {
  const double w = canvas.width_m(), h = canvas.height_m();
  canvas.fill(colour);
  canvas.grain(0.05, 0.05, random);
  canvas.grain(0.8, 0.10, random);
  canvas.box(0, h - 0.12, w, h, 0, times(colour, 0.45));
  static const std::vector<std::string> kHallWords = {"IMIGRASI", "PASSPORT CONTROL", "ANTRE DI SINI", "DILARANG MEMOTRET"};
  static const std::vector<std::string> kOtherWords = {"RUANG 3", "KELUAR", "EXIT", "DILARANG MEROKOK"};
  const auto& words = style == RoomStyle::kHall ? kHallWords : kOtherWords;
  for (double x = 0.6 + random.uniform(); x + 1.6 < w; x += 2.4 + 1.5 * random.uniform()) {
    if (random.below(2) == 0) {
      canvas.box(x, h - 2.45, x + 1.5, h - 2.15, 0.02, {0.03f, 0.10f, 0.28f});
      const std::string& word = words[random.below(words.size())];
      canvas.text(x + 0.06, h - 2.36, std::min(0.12, 1.4 * 7 / 6 / static_cast<double>(word.size())), word, kWhite);
    } else {
      canvas.box(x, h - 1.9, x + 0.6, h - 1.05, 0.005, kWhite);
      canvas.box(x + 0.05, h - 1.85, x + 0.55, h - 1.5, 0, one_of({{0.5f, 0.2f, 0.1f}, {0.1f, 0.4f, 0.5f}, {0.6f, 0.5f, 0.1f}}, random));
      canvas.print(x + 0.06, h - 1.45, x + 0.55, h - 1.1, 0.025, random, kInk);
    }
  }
  for (double x = 2.5; x < w; x += 5) canvas.box(x, 0, x + 0.35, h, 0, times(colour, 0.75));  // pillars
}

void draw_floor(Canvas& canvas, const Reflectance& colour, SeedStream& random) {
  canvas.fill(colour);
  canvas.grain(0.3, 0.10, random);
  for (double x = 0; x < canvas.width_m(); x += 0.6) canvas.box(x, 0, x + 0.012, canvas.height_m(), 0, times(colour, 0.5));
  for (double y = 0; y < canvas.height_m(); y += 0.6) canvas.box(0, y, canvas.width_m(), y + 0.012, 0, times(colour, 0.5));
}

void draw_ceiling(Canvas& canvas, const Reflectance& colour) {
  canvas.fill(colour);
  for (double y = 1; y < canvas.height_m(); y += 2.4) {
    for (double x = 1; x + 1.2 < canvas.width_m(); x += 2.4) canvas.box(x, y, x + 1.2, y + 0.3, 0.01, {1, 1, 1});
  }
}

}  // namespace

Vec3 Thing::place(double t_s) const {
  const auto at = path.at(t_s);
  Vec3 place{at[kX], -at[kHeight], at[kAhead]};
  if (sway_m > 0) place.x += sway_m * std::sin(2 * kPi * sway_hz * t_s + phase);
  return place;
}

std::vector<Part> draw_person(const PersonLook& look, SeedStream& random) {
  const double scale = look.height_m / 1.7;
  const Colours colours = colours_of(look, random);
  std::vector<Part> parts = {draw_body(look, colours, scale, random), draw_head(look, colours, scale, random),
                             draw_face(look, colours, scale, random), draw_mouth(look, colours, scale)};
  parts.push_back(draw_arm(look, colours, scale));
  const size_t own = parts.size();
  if (look.dark_glasses) parts.push_back(draw_glasses(look, scale));
  if (look.cap) parts.push_back(draw_cap(look, scale));
  for (size_t i = own; i < parts.size(); ++i) parts[i].comes_off = true;
  if (look.cap) {
    constexpr float kUnderBrim = 0.48f;  // 60 lx under the brim where the face has 125 lx
    for (size_t i = 1; i < 4; ++i) parts[i].share = kUnderBrim;
  }
  return parts;
}

const std::vector<FlatKind>& flat_kinds() {
  // Passport and slip: ID-3 of ICAO Doc 9303 opened to its data page, and the fake of scene C2. Paper: A4.
  static const std::vector<FlatKind> kKinds = {
      {"desk", 1.8, 0.5, true, 1.0, false},     {"table", 1.4, 0.8, true, 0.75, false},   {"passport", 0.125, 0.088, true, 1.02, true},
      {"slip", 0.065, 0.140, true, 1.03, true}, {"paper", 0.21, 0.297, true, 1.01, true}, {"stamp", 0.05, 0.09, false, 1.07, true},
      {"phone", 0.072, 0.15, false, 1.4, true}, {"gate", 0.9, 2.0, false, 1.0, false},    {"screen", 0.5, 0.35, false, 1.3, false},
      {"window", 5.0, 2.6, false, 1.7, false},  {"door", 0.95, 2.1, false, 1.05, false},  {"sign", 1.2, 0.3, false, 2.3, false},
      {"board", 1.0, 1.0, false, 1.4, false}};
  return kKinds;
}

std::vector<Part> draw_flat(const std::string& kind, double width_m, double height_m, const std::string& words, SeedStream& random) {
  const double longest = std::max(width_m, height_m);
  Canvas canvas(width_m, height_m, std::min(4000.0, std::max(200.0, 700 / longest)));
  if (kind == "desk" || kind == "table") {
    canvas.fill(kind == "desk" ? Reflectance{0.24f, 0.17f, 0.11f} : Reflectance{0.40f, 0.36f, 0.30f});
    canvas.grain(0.02, 0.12, random);
    canvas.box(0, 0, width_m, 0.02, 0, {0.08f, 0.06f, 0.05f});
  } else if (kind == "passport") {
    draw_passport(canvas, random);
  } else if (kind == "slip" || kind == "paper") {
    // Letters of 3 mm and of 4 mm.
    draw_page(canvas, words.empty() ? "SURAT" : words, kind == "slip" ? 0.003 : 0.004, random);
  } else if (kind == "stamp") {
    canvas.limb(width_m / 2, 0.02, width_m / 2, 0.06, 0.014, 0.010, {0.18f, 0.08f, 0.03f});
    canvas.box(0.004, 0.062, width_m - 0.004, 0.088, 0.003, kInk);
  } else if (kind == "phone") {
    canvas.box(0, 0, width_m, height_m, 0.01, kInk);
    canvas.ellipse(0.020, 0.020, 0.007, 0.007, {0.15f, 0.16f, 0.20f});
    canvas.ellipse(0.020, 0.038, 0.007, 0.007, {0.15f, 0.16f, 0.20f});
    canvas.ellipse(0.038, 0.020, 0.004, 0.004, kWhite);
  } else if (kind == "gate") {
    draw_gate(canvas, words, random);
  } else if (kind == "screen") {
    draw_screen(canvas, words, random);
  } else if (kind == "window") {
    draw_window(canvas, random);
  } else if (kind == "door") {
    canvas.fill({0.16f, 0.10f, 0.06f});
    canvas.grain(0.03, 0.15, random);
    canvas.ellipse(width_m - 0.08, height_m / 2, 0.03, 0.03, {0.5f, 0.45f, 0.30f});
  } else {  // a sign, or a plain board
    canvas.fill(kind == "sign" ? Reflectance{0.03f, 0.10f, 0.28f} : Reflectance{0.18f, 0.18f, 0.18f});
    if (!words.empty()) canvas.text(0.05 * width_m, 0.3 * height_m, 0.4 * height_m, words, kWhite);
  }
  return {part_of(canvas, 0, 0, 0)};
}

std::vector<Part> draw_room(const Room& room, SeedStream& random) {
  static constexpr Reflectance kWalls[] = {{0.55f, 0.53f, 0.47f}, {0.48f, 0.52f, 0.50f}, {0.58f, 0.55f, 0.50f}};
  static constexpr Reflectance kFloors[] = {{0.30f, 0.28f, 0.25f}, {0.22f, 0.23f, 0.24f}, {0.26f, 0.18f, 0.11f}};
  constexpr double kWallDensity = 100, kFloorDensity = 60;
  const auto style = static_cast<size_t>(room.style);
  std::vector<Part> sides;
  for (size_t side = 0; side < kRoomSides; ++side) {
    const bool wall = side < 4, end = side < 2;
    Canvas canvas(side >= 4 || end ? room.width_m : room.depth_m, wall ? room.height_m : room.depth_m, wall ? kWallDensity : kFloorDensity);
    if (wall) draw_wall(canvas, kWalls[style], room.style, random);
    if (side == 4) draw_floor(canvas, kFloors[style], random);
    if (side == 5) draw_ceiling(canvas, {0.7f, 0.7f, 0.68f});
    Part part;
    part.texture = std::make_shared<Texture>(canvas.texture(false));
    part.width_m = canvas.width_m();
    part.height_m = canvas.height_m();
    sides.push_back(part);
  }
  return sides;
}

}  // namespace saksi::sim
