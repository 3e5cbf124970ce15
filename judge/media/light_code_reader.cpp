#include "judge/media/light_code_reader.h"

#include <algorithm>
#include <cmath>

#include "judge/media/cell_scale.h"
#include "judge/media/light_code_search.h"
#include "judge/media/row_bound.h"

namespace saksi::judge {

namespace {

using light_code::Cells;
using light_code::kBankHeight;
using light_code::kBanks;
using light_code::kCells;
using light_code::kStripCentreY;
using light_code::kStrips;
using light_code::kTickModulus;

// Strips and banks of one picture lie this many ticks apart at most.
constexpr int kMaxTickSpread = 4;
// After so many pictures without a readable strip the place is searched for again.
constexpr int kLostAfter = 2;
// The middle of a bank that is read, in parts of its height; the rest may be blurred into its neighbours.
constexpr double kReadPart = 0.6;
// An unchanged cell of a blended bank must be this sure.
constexpr double kSure = 0.3;
// A cell this near to the middle is neither black nor white.
constexpr double kDoubtful = 0.2;
// With fewer unchanged cells there would be too little that can contradict.
constexpr int kSteady = kCells - 12;

uint32_t wrapped(uint32_t tick, int32_t by) { return (tick + static_cast<uint32_t>(by)) & (kTickModulus - 1); }

/// What is read off the picture for one bank before the ticks are known.
struct RawBank {
  double row = 0;
  std::optional<CellLevels> levels;
  std::optional<CellLevels> halves[2];  ///< of its rows, the upper and the lower ones
  std::optional<CellLevels> normalised;
  std::optional<uint32_t> tick;
};

RawBank read_raw(const LumaPicture& picture, const CodeLocation& place, int strip, int bank) {
  RawBank raw;
  const double scene_y = kStripCentreY[strip] + (bank == 0 ? -kBankHeight / 2 : kBankHeight / 2);
  raw.row = place.origin + scene_y * place.height;
  const double half = kReadPart * kBankHeight * place.height / 2;
  const int begin = static_cast<int>(std::floor(raw.row - half + 0.5));
  const int end = std::max(begin + 1, static_cast<int>(std::floor(raw.row + half + 0.5)));
  raw.levels = cell_levels(picture, place.left, place.width / kCells, begin, end);
  if (raw.levels) raw.normalised = normalised_by_sync(*raw.levels);
  const int half_rows = (end - begin + 1) / 2;
  raw.halves[0] = cell_levels(picture, place.left, place.width / kCells, begin, begin + half_rows);
  raw.halves[1] = cell_levels(picture, place.left, place.width / kCells, end - half_rows, end);
  if (raw.normalised) raw.tick = decode_levels(*raw.normalised, bank);
  return raw;
}

/// What a bank shows that does not change at the ticks next to its own.
struct Clean {
  explicit Clean(uint32_t tick)
      : before(light_code::encode(wrapped(tick, -2))), now(light_code::encode(tick)), after(light_code::encode(wrapped(tick, 2))) {
    for (size_t i = 0; i < steady.size(); ++i) steady[i] = before[i] == now[i] && now[i] == after[i];
  }
  Cells before, now, after;
  CellSet steady{};
};

BankReading clean_reading(const RawBank& raw) {
  const Clean code(*raw.tick);
  const CellScale scale(*raw.levels, code.now, code.steady);
  // A cell that is neither black nor white is one in change, or is spoilt.
  const bool decided = std::none_of(raw.normalised->begin(), raw.normalised->end(), [](double level) { return std::abs(level - 0.5) < kDoubtful; });
  BankReading reading;
  reading.readable = decided || scale.is_sound();
  reading.tick = *raw.tick;
  reading.row = raw.row;
  reading.noise = scale.noise();
  reading.saturated = scale.saturated();
  // A cell that both changes turn says nothing about which of them it was.
  reading.from_before = change_levels(scale, code.before, code.now, code.now, code.after);
  reading.to_after = change_levels(scale, code.now, code.after, code.before, code.now);
  return reading;
}

/// What spoils some cells of a bank that shows one tick (a strap, lost blocks) makes them look as if in change. It will hardly leave alone the cells
/// beside them, what is in the same columns of the neighbour bank, and the share of upper and lower rows.
bool is_sound_change(const RawBank& raw, const RawBank& neighbour, const CellScale& scale, const Cells& from, const Cells& to,
                     const CellSet& steady) {
  constexpr double kMostApart = 0.3;  // rows are exposed one after the other
  const Clean code(*neighbour.tick);
  if (!scale.is_sound() || !CellScale(*neighbour.levels, code.now, code.steady).is_sound()) return false;
  ChangeLevels change[2];
  for (size_t half = 0; half < 2; ++half) {
    if (!raw.halves[half]) return false;
    change[half] = change_levels(CellScale(*raw.halves[half], from, steady), from, to, from, from);
  }
  return std::abs(change[0].falling - change[1].falling) <= kMostApart && std::abs(change[0].rising - change[1].rising) <= kMostApart;
}

/// A bank whose checksum failed while its neighbour reads: it can only be in change from the tick before that to the tick after. nullopt if the cells
/// that such a change leaves alone say otherwise.
std::optional<BankReading> blended_reading(const RawBank& raw, const RawBank& neighbour) {
  if (!raw.normalised) return std::nullopt;
  const uint32_t old_tick = wrapped(*neighbour.tick, -1);
  const Cells from = light_code::encode(old_tick);
  const Cells to = light_code::encode(wrapped(*neighbour.tick, 1));
  CellSet steady{};
  for (size_t i = 0; i < steady.size(); ++i) {
    steady[i] = from[i] == to[i];
    const double level = (*raw.normalised)[i];
    if (steady[i] && (from[i] ? level < 1 - kSure : level > kSure)) return std::nullopt;
  }
  if (std::count(steady.begin(), steady.end(), true) < kSteady) return std::nullopt;
  const CellScale scale(*raw.levels, from, steady);
  BankReading reading;
  reading.blended = true;
  reading.tick = old_tick;
  reading.row = raw.row;
  reading.noise = scale.noise();
  reading.saturated = scale.saturated();
  reading.to_after = change_levels(scale, from, to, from, from);
  const bool changes = turns_alike(scale, from, to, reading.to_after) && is_sound_change(raw, neighbour, scale, from, to, steady);
  // Where white is clipped, a cell before which something stands is like any mixture.
  reading.readable = changes && !scale.saturated() && is_one_part(reading.to_after, scale.noise());
  reading.clipped_change = changes && scale.saturated();
  return reading;
}

bool near(uint32_t a, uint32_t b) { return std::abs(tick_distance(a, b)) <= kMaxTickSpread; }

bool shows_near(const RawBank (&strip)[kBanks], uint32_t tick) {
  return std::any_of(strip, strip + kBanks, [tick](const RawBank& bank) { return bank.tick && near(*bank.tick, tick); });
}

/// Forgets ticks that are not near those of the most strips; all, if as many strips contradict each other.
void drop_outliers(RawBank (&raw)[kStrips][kBanks]) {
  uint32_t best = 0;
  int most = 0;
  bool agreed = false;
  for (const auto& strip : raw) {
    for (const RawBank& bank : strip) {
      if (!bank.tick) continue;
      const int strips = static_cast<int>(std::count_if(raw, raw + kStrips, [&](const auto& other) { return shows_near(other, *bank.tick); }));
      if (strips > most) {
        most = strips;
        best = *bank.tick;
        agreed = true;
      } else if (strips == most && !near(best, *bank.tick)) {
        agreed = false;
      }
    }
  }
  for (auto& strip : raw) {
    for (RawBank& bank : strip) {
      if (bank.tick && !(agreed && near(best, *bank.tick))) bank.tick.reset();
    }
  }
}

/// Both banks of a strip are exposed at nearly the same time, so they show ticks next to each other, or one of them is soundly in change between the
/// ticks next to the other's. One bank alone has too few check bits.
bool agree(const StripReading& strip) {
  const BankReading &upper = strip.bank[0], &lower = strip.bank[1];
  const auto says = [](const BankReading& bank) { return bank.readable || bank.clipped_change; };
  if (!says(upper) || !says(lower)) return false;
  return upper.blended || lower.blended || std::abs(tick_distance(upper.tick, lower.tick)) == 1;
}

FrameReading read_at(const LumaPicture& picture, const CodeLocation& place) {
  RawBank raw[kStrips][kBanks];
  for (int s = 0; s < kStrips; ++s) {
    for (int b = 0; b < kBanks; ++b) raw[s][b] = read_raw(picture, place, s, b);
  }
  drop_outliers(raw);
  FrameReading frame;
  for (int s = 0; s < kStrips; ++s) {
    for (int b = 0; b < kBanks; ++b) {
      const RawBank& here = raw[s][b];
      const RawBank& neighbour = raw[s][1 - b];
      BankReading& reading = frame.strip[s].bank[b];
      if (here.tick) {
        reading = clean_reading(here);
      } else if (neighbour.tick) {
        if (const auto blended = blended_reading(here, neighbour)) reading = *blended;
      }
    }
    if (!agree(frame.strip[s])) frame.strip[s] = StripReading{};
  }
  return frame;
}

}  // namespace

bool FrameReading::readable() const {
  for (const StripReading& s : strip) {
    for (const BankReading& b : s.bank) {
      if (b.readable) return true;
    }
  }
  return false;
}

FrameReading LightCodeReader::read(const LumaPicture& picture) {
  FrameReading reading = read_raw(picture);
  for (StripReading& strip : reading.strip) {
    for (BankReading& bank : strip.bank) bank.tick = wrapped(bank.tick, -static_cast<int32_t>(epoch_tick_));
  }
  return reading;
}

/// Rows are exposed one after the other, so from strip to strip upper banks, and lower ones, go only on or only back: never past a change and then
/// into it again. This holds where white is clipped, too.
bool goes_one_way(const FrameReading& reading) {
  for (int b = 0; b < kBanks; ++b) {
    std::optional<uint32_t> before;
    bool on = false, back = false;
    for (const StripReading& strip : reading.strip) {
      const BankReading& bank = strip.bank[b];
      if (!bank.readable && !bank.clipped_change) continue;
      const uint32_t now = wrapped(bank.tick, bank.blended ? 1 : 0);
      const int32_t step = before ? tick_distance(*before, now) : 0;
      on = on || step > 0;
      back = back || step < 0;
      before = now;
    }
    if (on && back) return false;
  }
  return true;
}

/// Pictures of one clip have one readout time. A picture that contradicts itself or that time is taken for unreadable: which of its strips is the
/// false one could only be guessed. If others agree with it, it was the time that was wrong.
FrameReading LightCodeReader::read_sound(const LumaPicture& picture) {
  constexpr double kDriftMs = 2;
  FrameReading reading = read_at(picture, *location_);
  const auto readout = goes_one_way(reading) ? readout_of(reading, picture.height, readout_) : std::nullopt;
  if (!readout) {
    if (++contradictions_in_a_row_ >= kLostAfter) readout_ = ReadoutRange();
    return {};
  }
  if (!reading.readable()) return reading;
  contradictions_in_a_row_ = 0;
  readout_.low_ms = std::max(readout_.low_ms, readout->low_ms - kDriftMs);
  readout_.high_ms = std::min(readout_.high_ms, readout->high_ms + kDriftMs);
  return reading;
}

FrameReading LightCodeReader::read_raw(const LumaPicture& picture) {
  if (picture.width != width_ || picture.height != height_) {
    location_.reset();
    readout_ = ReadoutRange();
    width_ = picture.width;
    height_ = picture.height;
  }
  FrameReading reading;
  if (location_) reading = read_sound(picture);
  unreadable_in_a_row_ = reading.readable() ? 0 : unreadable_in_a_row_ + 1;
  if (location_ && unreadable_in_a_row_ < kLostAfter) return reading;
  if (const auto found = find_light_code(picture)) {
    location_ = found;
    reading = read_sound(picture);
    if (reading.readable()) unreadable_in_a_row_ = 0;
  }
  return reading;
}

}  // namespace saksi::judge
