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
// With fewer unchanged cells there would be too little that can contradict.
constexpr int kSteady = kCells - 12;
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
  if (raw.normalised) raw.tick = decode_levels(*raw.normalised, bank);
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

/// Whether falling and rising cells look as if the same part of the exposure had turned both, for some part, some tone curve, and, where white is
/// clipped, some overexposure.
bool is_one_part(const ChangeLevels& change, double noise, bool clipped) {
  static constexpr double kTolerance = 0.05, kDeviations = 2.5, kLoosest = 0.12;
  constexpr int kParts = 50;
  constexpr double kTones[] = {1.0, 0.7, 0.45, 0.38};  // exponents, from linear to as steep as cameras have
  constexpr double kOverexposures[] = {1.0, 1.3, 1.7};
  const auto tolerance = [noise](int cells) { return std::min(kLoosest, kTolerance + kDeviations * noise / std::sqrt(cells)); };
  const double rising_tolerance = tolerance(change.rising_cells), falling_tolerance = tolerance(change.falling_cells);
  for (const double tone : kTones) {
    const double black = std::pow(light_code::kBlack, tone), white = std::pow(light_code::kWhite, tone);
    for (const double over : kOverexposures) {
      if (over > 1 && !clipped) break;
      const auto level = [&](double lit) {
        const double light = light_code::kBlack + over * lit * (light_code::kWhite - light_code::kBlack);
        return std::min(1.0, (std::pow(light, tone) - black) / (white - black));
      };
      for (int part = 0; part <= kParts; ++part) {
        const double after = static_cast<double>(part) / kParts;
        if (std::abs(level(after) - change.rising) < rising_tolerance && std::abs(level(1 - after) - change.falling) < falling_tolerance) return true;
      }
    }
  }
  return false;
}

/// Whether the cells that a change turns can all have been turned in the same part of the exposure; a cell that is spoilt and no mixture cannot.
bool is_one_mixture(const Scale& scale, const Cells& from, const Cells& to, const ChangeLevels& change) {
  constexpr double kClear = 0.1;  // this far from the middle, all cells together say which tick it is; that some do not is not for the change
  if (change.falling_cells == 0 || change.rising_cells == 0) return false;  // a cell that is spoilt could not be told
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] != to[i] && std::abs(scale.normalised(i) - (from[i] ? change.falling : change.rising)) > kSure) return false;
  }
  const double falls_by = 0.5 - change.falling, rises_by = change.rising - 0.5;
  if (std::min(falls_by, rises_by) > kClear || std::max(falls_by, rises_by) < -kClear) return false;
  return is_one_part(change, scale.noise(), scale.saturated());
}

/// A bank whose checksum failed while its neighbour reads `neighbour`: it can only be in change from the tick before that to the tick after. nullopt
/// if the cells that such a change leaves alone say otherwise.
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
  if (std::count(steady.begin(), steady.end(), true) < kSteady) return std::nullopt;
  const Scale scale(*raw.levels, from, steady);
  BankReading reading;
  reading.blended = true;
  reading.tick = old_tick;
  reading.row = raw.row;
  reading.noise = scale.noise();
  reading.saturated = scale.saturated();
  reading.to_after = change_levels(scale, from, to, from, from);
  reading.readable = is_one_mixture(scale, from, to, reading.to_after);
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

/// Both banks of a strip are exposed at nearly the same time, so they show ticks next to each other.
bool agree(const StripReading& strip) {
  const BankReading &upper = strip.bank[0], &lower = strip.bank[1];
  if (!(upper.readable || upper.blended) || !(lower.readable || lower.blended)) return false;
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
        if (const auto blended = blended_reading(here, *neighbour.tick)) reading = *blended;
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

FrameReading LightCodeReader::read_raw(const LumaPicture& picture) {
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
