// Goal: no damage to a picture makes the reader tell a false time. Method: pictures of known times, damaged at random in ways that lenses, straps,
// cards and forgers have; every bank that still reads must show a tick that ran during the exposure. SAKSI_EFFORT multiplies the pictures.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string>

#include "judge/media/light_code_reader.h"
#include "judge/test-support/light_scene.h"
#include "tests/support/effort.h"

namespace saksi {
namespace {

using judge::BankReading;
using judge::FrameReading;
using judge::LightCodeReader;
using judge::LumaPicture;
using judge::StripReading;
using judge::testing::Picture;
using judge::testing::SceneCamera;

constexpr int kWidth = 192, kHeight = 144;
constexpr uint64_t kTries = 10'000;  // of each seed

/// Luma alone, to be spoilt.
struct Canvas {
  std::vector<uint8_t> luma;
  uint8_t& at(int x, int y) { return luma[static_cast<size_t>(y * kWidth + x)]; }
  LumaPicture view() const { return {luma.data(), kWidth, kWidth, kHeight}; }
};

Canvas draw(const SceneCamera& camera, double photon_s, SeedStream& random) {
  const Picture picture = judge::testing::draw_light_code(camera, photon_s, random);
  return {{picture.bytes.begin(), picture.bytes.begin() + kWidth * kHeight}};
}

int between(SeedStream& random, int low, int high) { return low + static_cast<int>(random.below(static_cast<uint64_t>(high - low + 1))); }

struct Box {
  int x0, y0, x1, y1;
};
Box random_box(SeedStream& random) {
  Box box{between(random, 0, kWidth - 1), between(random, 0, kHeight - 1), 0, 0};
  box.x1 = between(random, box.x0 + 1, kWidth);
  box.y1 = between(random, box.y0 + 1, kHeight);
  return box;
}

template <typename Change>
void each(Canvas& canvas, const Box& box, const Change& change) {
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) canvas.at(x, y) = static_cast<uint8_t>(std::clamp<int>(change(x, y, canvas.at(x, y)), 0, 255));
  }
}

void cover(Canvas& canvas, const Box& box, SeedStream& random) {
  const int tone = between(random, 0, 255);
  each(canvas, box, [tone](int, int, int) { return tone; });
}

uint8_t pixel(const Canvas& canvas, int x, int y) { return canvas.luma[static_cast<size_t>(y * kWidth + x)]; }

/// Something before the lens: anywhere, across all rows, across all columns.
void cover_a_part(Canvas& c, const Canvas&, SeedStream& r) { cover(c, random_box(r), r); }
void cover_columns(Canvas& c, const Canvas&, SeedStream& r) {
  const Box box = random_box(r);
  cover(c, {box.x0, 0, box.x1, kHeight}, r);
}
void cover_rows(Canvas& c, const Canvas&, SeedStream& r) {
  const Box box = random_box(r);
  cover(c, {0, box.y0, kWidth, box.y1}, r);
}

/// Bits lost: noise in a part of the picture, a part moved to elsewhere, single pixels.
void make_noise(Canvas& c, const Canvas&, SeedStream& r) {
  each(c, random_box(r), [&r](int, int, int) { return between(r, 0, 255); });
}
void move_a_part(Canvas& c, const Canvas&, SeedStream& r) {
  // Not as far as from strip to strip: a whole strip in place of another one is what another camera would see there.
  constexpr int kMostDown = 36;
  const Canvas whole = c;
  const int dx = between(r, -64, 64), dy = between(r, -kMostDown, kMostDown);
  each(c, random_box(r), [&](int x, int y, int) { return int{pixel(whole, (x + dx + kWidth) % kWidth, (y + dy + kHeight) % kHeight)}; });
}
void spoil_pixels(Canvas& c, const Canvas&, SeedStream& r) {
  for (int i = between(r, 1, 3000); i > 0; --i) c.at(between(r, 0, kWidth - 1), between(r, 0, kHeight - 1)) = static_cast<uint8_t>(r.next());
}

/// Torn along a row, mirrored, upside down, turned, a negative in a part.
void tear(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  const int shift = between(r, 1, kWidth - 1), from = between(r, 0, kHeight - 1);
  each(c, {0, from, kWidth, kHeight}, [&](int x, int y, int) { return int{pixel(whole, (x + shift) % kWidth, y)}; });
}
void mirror(Canvas& c, const Canvas&, SeedStream&) {
  for (int y = 0; y < kHeight; ++y) std::reverse(&c.at(0, y), &c.at(0, y) + kWidth);
}
void put_upside_down(Canvas& c, const Canvas&, SeedStream&) {
  for (int y = 0; y < kHeight / 2; ++y) std::swap_ranges(&c.at(0, y), &c.at(0, y) + kWidth, &c.at(0, kHeight - 1 - y));
}
void turn(Canvas& c, const Canvas&, SeedStream&) { std::reverse(c.luma.begin(), c.luma.end()); }
void invert(Canvas& c, const Canvas&, SeedStream& r) {
  each(c, random_box(r), [](int, int, int level) { return 255 - level; });
}

/// Too bright, too dark or flat in a part; blurred across.
void change_tones(Canvas& c, const Canvas&, SeedStream& r) {
  const int gain = between(r, 10, 1200), offset = between(r, -200, 200);
  each(c, random_box(r), [=](int, int, int level) { return level * gain / 100 + offset; });
}
void blur(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  const int reach = between(r, 1, 9);
  each(c, {0, 0, kWidth, kHeight}, [&](int x, int y, int) {
    int sum = 0;
    for (int d = -reach; d <= reach; ++d) sum += pixel(whole, std::clamp(x + d, 0, kWidth - 1), y);
    return sum / (2 * reach + 1);
  });
}

/// A place in a strip, of some cells' width: what is small and where it hurts.
Box box_in_a_strip(SeedStream& random) {
  constexpr double kCell = light_code::kStripWidth * kWidth / light_code::kCells;
  const double bank = light_code::kBankHeight * kHeight;
  const double centre = light_code::kStripCentreY[random.below(light_code::kStrips)] * kHeight;
  const int x = static_cast<int>(light_code::kStripLeft * kWidth + random.uniform() * light_code::kStripWidth * kWidth);
  const int y = static_cast<int>(centre + (2 * random.uniform() - 1) * bank);
  return {x, y, std::min(kWidth, x + between(random, 1, static_cast<int>(4 * kCell))),
          std::min(kHeight, y + between(random, 1, static_cast<int>(2 * bank)))};
}
void cover_cells(Canvas& c, const Canvas&, SeedStream& r) {
  for (int i = between(r, 1, 8); i > 0; --i) cover(c, box_in_a_strip(r), r);
}
void invert_cells(Canvas& c, const Canvas&, SeedStream& r) {
  for (int i = between(r, 1, 8); i > 0; --i) each(c, box_in_a_strip(r), [](int, int, int level) { return 255 - level; });
}
/// Cells as they stand in another row, column or strip.
void move_cells(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  for (int i = between(r, 1, 8); i > 0; --i) {
    const int dx = between(r, -9, 9), dy = between(r, -1, 1) * static_cast<int>(0.3 * kHeight) + between(r, -5, 5);
    each(c, box_in_a_strip(r), [&](int x, int y, int) { return int{pixel(whole, (x + dx + kWidth) % kWidth, (y + dy + kHeight) % kHeight)}; });
  }
}

/// What decoders make up for lost blocks: the one above, or the mean of what is around.
void lose_blocks(Canvas& c, const Canvas&, SeedStream& r) {
  const int size = 8 << r.below(2);
  for (int i = between(r, 1, 30); i > 0; --i) {
    const int x0 = size * between(r, 0, kWidth / size - 1), y0 = size * between(r, 0, kHeight / size - 1);
    const bool above = r.below(2) == 0 && y0 > 0;
    const int mean = (pixel(c, x0, y0) + pixel(c, x0 + size - 1, y0) + pixel(c, x0, y0 + size - 1) + pixel(c, x0 + size - 1, y0 + size - 1)) / 4;
    each(c, {x0, y0, x0 + size, y0 + size}, [&](int x, int y, int) { return above ? int{pixel(c, x, y - size)} : mean; });
  }
}

/// The camera turned aside, tilted a little, or seeing double. Rows keep their place to two: when a row was exposed is what is asked.
void shift(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  const int dx = between(r, -20, 20);
  each(c, {0, 0, kWidth, kHeight}, [&](int x, int y, int) { return int{pixel(whole, (x + dx + kWidth) % kWidth, y)}; });
}
void tilt(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  const double slope = 0.02 * (2 * r.uniform() - 1);
  each(c, {0, 0, kWidth, kHeight}, [&](int x, int y, int) {
    const int from_x = static_cast<int>(std::lround(x - slope * (y - kHeight / 2))),
              from_y = static_cast<int>(std::lround(y + slope * (x - kWidth / 2)));
    return int{pixel(whole, std::clamp(from_x, 0, kWidth - 1), std::clamp(from_y, 0, kHeight - 1))};
  });
}
void see_double(Canvas& c, const Canvas&, SeedStream& r) {
  const Canvas whole = c;
  const int dx = between(r, -12, 12), dy = between(r, -12, 12), part = between(r, 10, 40);
  each(c, {0, 0, kWidth, kHeight}, [&](int x, int y, int level) {
    return (level * (100 - part) + pixel(whole, std::clamp(x + dx, 0, kWidth - 1), std::clamp(y + dy, 0, kHeight - 1)) * part) / 100;
  });
}

/// Parts of a picture of another time, one strip of three at most; both at once, where the picture itself prevails.
void put_in_another(Canvas& c, const Canvas& other, SeedStream& r) {
  Box box = random_box(r);
  box.y1 = std::min(box.y1, box.y0 + kHeight / 4);
  each(c, box, [&](int x, int y, int) { return int{pixel(other, x, y)}; });
}
void mix_with_another(Canvas& c, const Canvas& other, SeedStream& r) {
  const int part = between(r, 0, 40);  // per cent
  each(c, {0, 0, kWidth, kHeight}, [&](int x, int y, int level) { return (level * (100 - part) + pixel(other, x, y) * part) / 100; });
}

/// `other` is a picture of another time; the first kOfItself do without.
using Damage = void (*)(Canvas&, const Canvas& other, SeedStream&);
constexpr Damage kDamages[] = {cover_a_part,    cover_columns, cover_rows, make_noise,   move_a_part,    spoil_pixels,    tear,         mirror,
                               put_upside_down, turn,          invert,     change_tones, blur,           cover_cells,     invert_cells, move_cells,
                               lose_blocks,     shift,         tilt,       see_double,   put_in_another, mix_with_another};
constexpr size_t kOfItself = 20;  ///< the damages before need no other picture

/// Whether a bank could show its tick at any time of its row's exposure, or, blended, change from it.
bool is_right(const SceneCamera& camera, const BankReading& bank, int parity, double photon_s) {
  const double middle = photon_s + camera.readout_s * (bank.row / kHeight - 0.5);
  const double slack = 2 * camera.readout_s / kHeight + 1e-6;  // rows of doubt for where the bank's centre is
  const auto first = static_cast<int64_t>(std::floor((middle - camera.exposure_s / 2 - slack) * light_code::kTickHz));
  const auto last = static_cast<int64_t>(std::floor((middle + camera.exposure_s / 2 + slack) * light_code::kTickHz));
  for (int64_t tick = first; tick <= last; ++tick) {
    if (light_code::shown(parity, tick) == bank.tick) return true;
  }
  return false;
}

struct Tally {
  uint64_t readable = 0;
  uint64_t wrong = 0;
  std::string first_wrong;
};

void count(const SceneCamera& camera, const FrameReading& reading, double photon_s, const std::string& name, Tally& tally) {
  if (!reading.readable()) return;
  ++tally.readable;
  bool wrong = false;
  for (const StripReading& strip : reading.strip) {
    for (int parity = 0; parity < light_code::kBanks; ++parity) {
      const BankReading& bank = strip.bank[parity];
      wrong = wrong || (bank.readable && !is_right(camera, bank, parity, photon_s));
    }
  }
  if (!wrong) return;
  if (tally.wrong++ == 0) tally.first_wrong = name;
}

class RandomDamage : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomDamage, MakesNoFalseTime) {
  SceneCamera camera;
  camera.width = kWidth;
  camera.height = kHeight;
  camera.zoom = 1.0;
  SeedStream random(GetParam(), "light-code-damage");
  Tally tally;
  const uint64_t tries = kTries * test::effort();
  // Drawing is what takes time: a picture is damaged in several ways, one after the other, each from the whole one again.
  constexpr uint64_t kFromOne = 50;
  for (uint64_t i = 0; i < tries; i += kFromOne) {
    camera.exposure_s = 0.001 * between(random, 1, 16);
    camera.white = 0.01 * between(random, 20, 110);
    const double photon_s = 1 + random.uniform() * 60'000,
                 other_s = random.uniform() < 0.5 ? random.uniform() * 60'000 : photon_s + 0.3 + 10 * random.uniform();
    const Canvas whole = draw(camera, photon_s, random), other = draw(camera, other_s, random);
    LightCodeReader taught;
    for (const double ago_s : {0.21, 0.133, 0.0667}) taught.read(draw(camera, photon_s - ago_s, random).view());
    count(camera, taught.read(whole.view()), photon_s, "no damage", tally);
    for (uint64_t k = 0; k < kFromOne; ++k) {
      Canvas canvas = whole;
      std::string name = "try " + std::to_string(i + k) + ", damage";
      for (int n = between(random, 1, 3); n > 0; --n) {
        // What comes of another picture must not be left alone by more damage: then it would be what the picture shows.
        const size_t which = random.below(n == 1 && canvas.luma == whole.luma ? std::size(kDamages) : kOfItself);
        kDamages[which](canvas, other, random);
        name += " " + std::to_string(which);
      }
      LightCodeReader reader = taught;  // knows the camera, as within a clip
      count(camera, reader.read(canvas.view()), photon_s, name, tally);
      if (k != 0) continue;
      LightCodeReader fresh;  // has to find it in the damaged picture
      count(camera, fresh.read(canvas.view()), photon_s, name + ", place unknown", tally);
    }
  }
  EXPECT_EQ(tally.wrong, 0u) << "first at " << tally.first_wrong;
  EXPECT_GT(tally.readable, tries / 20) << "damage that leaves nothing to read proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDamage, ::testing::Values(11, 31));

TEST(LightCodeDamage, AMirroredOrTurnedPictureIsNotRead) {
  SceneCamera camera;
  camera.width = kWidth;
  camera.height = kHeight;
  SeedStream random(12, "mirrored");
  for (int i = 0; i < 40; ++i) {
    const Canvas whole = draw(camera, 3 + 0.377 * i, random);
    for (const Damage damage : {mirror, put_upside_down, turn}) {
      Canvas canvas = whole;
      damage(canvas, whole, random);
      LightCodeReader reader;
      EXPECT_FALSE(reader.read(canvas.view()).readable()) << i;
    }
  }
}

}  // namespace
}  // namespace saksi
