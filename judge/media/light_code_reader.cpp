#include "judge/media/light_code_reader.h"

#include <algorithm>
#include <cmath>

#include "judge/media/light_code_search.h"

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
// Luma from which on white may be clipped; nominal white is 235 in the usual range.
constexpr double kSaturated = 225;

uint32_t wrapped(uint32_t tick, int32_t by) { return (tick + static_cast<uint32_t>(by)) & (kTickModulus - 1); }

/// What is read off the picture for one bank before the ticks are known.
struct RawBank {
  double row = 0;
  std::optional<CellLevels> levels;
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
  if (raw.normalised) raw.tick = decode_levels(*raw.normalised);
  if (raw.tick && static_cast<int>(*raw.tick & 1) != bank) raw.tick.reset();
  return raw;
}

/// Black or white along the strip: a line through the cells of that colour that no change under question turns.
struct Tone {
  double offset = 0;
  double slope = 0;
  double at(size_t cell) const { return offset + slope * static_cast<double>(cell); }
};

/// Scales levels so that the steady cells are 0 and 1 on average, and tells how much they scatter.
class Scale {
 public:
  Scale(const CellLevels& levels, const Cells& cells, const std::array<bool, kCells>& steady) : levels_(levels) {
    black_ = fit(cells, steady, false);
    white_ = fit(cells, steady, true);
    double sum = 0;
    int count = 0;
    for (size_t i = 0; i < levels.size(); ++i) {
      if (!steady[i]) continue;
      const double off = normalised(i) - (cells[i] ? 1 : 0);
      sum += off * off;
      ++count;
    }
    // Two lines were fitted: four values are spent.
    noise_ = std::sqrt(sum / std::max(1, count - 4));
  }

  double normalised(size_t i) const { return (levels_[i] - black_.at(i)) / std::max(1.0, white_.at(i) - black_.at(i)); }
  double noise() const { return noise_; }
  bool saturated() const { return white_.at(kCells / 2) >= kSaturated; }

 private:
  Tone fit(const Cells& cells, const std::array<bool, kCells>& steady, bool white) const {
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!steady[i] || cells[i] != white) continue;
      const double x = static_cast<double>(i);
      n += 1;
      sx += x;
      sy += levels_[i];
      sxx += x * x;
      sxy += x * levels_[i];
    }
    // The start and end cells are always steady: there are cells of both colours at both ends.
    const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    return {(sy - slope * sx) / n, slope};
  }

  const CellLevels& levels_;
  Tone black_;
  Tone white_;
  double noise_ = 0;
};

ChangeLevels change_levels(const Scale& scale, const Cells& from, const Cells& to, const Cells& not_changed_from, const Cells& not_changed_to) {
  ChangeLevels change;
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] == to[i] || not_changed_from[i] != not_changed_to[i]) continue;
    if (from[i]) {
      change.falling += scale.normalised(i);
      ++change.falling_cells;
    } else {
      change.rising += scale.normalised(i);
      ++change.rising_cells;
    }
  }
  if (change.falling_cells > 0) change.falling /= change.falling_cells;
  if (change.rising_cells > 0) change.rising /= change.rising_cells;
  return change;
}

BankReading clean_reading(const RawBank& raw) {
  const Cells before = light_code::encode(wrapped(*raw.tick, -2));
  const Cells now = light_code::encode(*raw.tick);
  const Cells after = light_code::encode(wrapped(*raw.tick, 2));
  std::array<bool, kCells> steady{};
  for (size_t i = 0; i < steady.size(); ++i) steady[i] = before[i] == now[i] && now[i] == after[i];
  const Scale scale(*raw.levels, now, steady);
  BankReading reading;
  reading.readable = true;
  reading.tick = *raw.tick;
  reading.row = raw.row;
  reading.noise = scale.noise();
  reading.saturated = scale.saturated();
  // A cell that both changes turn says nothing about which of them it was.
  reading.from_before = change_levels(scale, before, now, now, after);
  reading.to_after = change_levels(scale, now, after, before, now);
  return reading;
}

/// A bank whose checksum failed while its neighbour reads `neighbour`: it can only be in change from the tick before that to the tick after.
std::optional<BankReading> blended_reading(const RawBank& raw, uint32_t neighbour) {
  if (!raw.normalised) return std::nullopt;
  const uint32_t old_tick = wrapped(neighbour, -1);
  const Cells from = light_code::encode(old_tick);
  const Cells to = light_code::encode(wrapped(neighbour, 1));
  std::array<bool, kCells> steady{};
  for (size_t i = 0; i < steady.size(); ++i) {
    steady[i] = from[i] == to[i];
    const double level = (*raw.normalised)[i];
    if (steady[i] && (from[i] ? level < 1 - kSure : level > kSure)) return std::nullopt;
  }
  const Scale scale(*raw.levels, from, steady);
  BankReading reading;
  reading.readable = true;
  reading.blended = true;
  reading.tick = old_tick;
  reading.row = raw.row;
  reading.noise = scale.noise();
  reading.saturated = scale.saturated();
  reading.to_after = change_levels(scale, from, to, from, from);
  return reading;
}

/// Forgets ticks that few others agree with.
void drop_outliers(RawBank (&raw)[kStrips][kBanks]) {
  std::vector<uint32_t> ticks;
  for (const auto& strip : raw) {
    for (const RawBank& bank : strip) {
      if (bank.tick) ticks.push_back(*bank.tick);
    }
  }
  const auto agreeing = [&](uint32_t tick) {
    return std::count_if(ticks.begin(), ticks.end(), [&](uint32_t other) { return std::abs(tick_distance(tick, other)) <= kMaxTickSpread; });
  };
  const auto best = std::max_element(ticks.begin(), ticks.end(), [&](uint32_t a, uint32_t b) { return agreeing(a) < agreeing(b); });
  if (best == ticks.end()) return;
  for (auto& strip : raw) {
    for (RawBank& bank : strip) {
      if (bank.tick && std::abs(tick_distance(*best, *bank.tick)) > kMaxTickSpread) bank.tick.reset();
    }
  }
}

FrameReading read_at(const LumaPicture& picture, const CodeLocation& place) {
  RawBank raw[kStrips][kBanks];
  for (int s = 0; s < kStrips; ++s) {
    for (int b = 0; b < kBanks; ++b) raw[s][b] = read_raw(picture, place, s, b);
  }
  drop_outliers(raw);
  FrameReading frame;
  int readable = 0;
  for (int s = 0; s < kStrips; ++s) {
    for (int b = 0; b < kBanks; ++b) {
      const RawBank& here = raw[s][b];
      const RawBank& neighbour = raw[s][1 - b];
      BankReading& reading = frame.strip[s].bank[b];
      if (here.tick) {
        reading = clean_reading(here);
      } else if (neighbour.tick) {
        if (const auto blended = blended_reading(here, *neighbour.tick)) reading = *blended;
      }
      if (reading.readable) ++readable;
    }
  }
  // One checksum alone may be right by chance.
  return readable >= 2 ? frame : FrameReading{};
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
  if (picture.width != width_ || picture.height != height_) {
    location_.reset();
    width_ = picture.width;
    height_ = picture.height;
  }
  FrameReading reading;
  if (location_) reading = read_at(picture, *location_);
  unreadable_in_a_row_ = reading.readable() ? 0 : unreadable_in_a_row_ + 1;
  if (location_ && unreadable_in_a_row_ < kLostAfter) return reading;
  if (const auto found = find_light_code(picture)) {
    location_ = found;
    reading = read_at(picture, *location_);
    if (reading.readable()) unreadable_in_a_row_ = 0;
  }
  return reading;
}

}  // namespace saksi::judge
