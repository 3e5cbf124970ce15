#include "judge/media/row_bound.h"

#include <algorithm>
#include <cmath>

#include "judge/media/light_code_search.h"
#include "judge/media/linear_program.h"

namespace saksi::judge {

namespace {

// Roots of the reflectances of black and white, for tone curves that are a square root or a cube root of the light.
constexpr double kSquareRootBlack = 0.22360679774997896;
constexpr double kSquareRootWhite = 0.92195444572928873;
constexpr double kCubeRootBlack = 0.36840314986403866;
constexpr double kCubeRootWhite = 0.94726823718590868;
static_assert(light_code::kBlack == 0.05 && light_code::kWhite == 0.85);

// How far a cell's level may be off beside its noise: neighbours shining in, coding.
constexpr double kLevelError = 0.03;
// Noise counts this many standard deviations.
constexpr double kNoiseFactor = 3;
// That a change fell into the exposure at all is claimed only if at least this part lay on its far side: the claim is worth milliseconds.
constexpr double kSurePart = 0.08;
// A bank whose checksum is right can have this much of its exposure on the other side of a change at most, if no cell tells better.
constexpr double kUnseenPart = 0.8;

double clamp01(double value) { return std::min(1.0, std::max(0.0, value)); }

/// The part of the light that belongs to a level, for three tone curves; each more curved than the one before.
double linear_part(double level) { return clamp01(level); }

double square_root_part(double level) {
  const double root = kSquareRootBlack + clamp01(level) * (kSquareRootWhite - kSquareRootBlack);
  return clamp01((root * root - light_code::kBlack) / (light_code::kWhite - light_code::kBlack));
}

double cube_root_part(double level) {
  const double root = kCubeRootBlack + clamp01(level) * (kCubeRootWhite - kCubeRootBlack);
  return clamp01((root * root * root - light_code::kBlack) / (light_code::kWhite - light_code::kBlack));
}

/// Light from a level whatever the tone curve between linear and cube root; a clipped white can hide any amount.
Part whatever_curve(double level, double error, bool clipped) { return {clipped ? 0 : cube_root_part(level - error), linear_part(level + error)}; }

Part square_root_curve(double level, double error) { return {square_root_part(level - error), square_root_part(level + error)}; }

Part other_side(const Part& part) { return {1 - part.high, 1 - part.low}; }
Part hull(const Part& a, const Part& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }
Part overlap(const Part& a, const Part& b) { return {std::max(a.low, b.low), std::min(a.high, b.high)}; }

double error_of(double noise, int cells) { return kNoiseFactor * noise / std::sqrt(static_cast<double>(cells)) + kLevelError; }

double boundary_ms(int64_t tick, int64_t reference_tick) {
  return static_cast<double>(light_code::tick_begin_ns(tick) - light_code::tick_begin_ns(reference_tick)) / 1e6;
}

}  // namespace

Part part_before_change(const ChangeLevels& change, double noise, bool clipped) {
  const bool falling = change.falling_cells > 0;
  const bool rising = change.rising_cells > 0;
  if (!falling && !rising) return {0, 1};
  // A falling cell is lit before the change only, a rising cell after it only.
  Part by_falling{0, 1};
  Part by_rising{0, 1};
  if (falling) by_falling = whatever_curve(change.falling, error_of(noise, change.falling_cells), clipped);
  if (rising) by_rising = other_side(whatever_curve(change.rising, error_of(noise, change.rising_cells), clipped));
  if (!falling) return by_rising;
  if (!rising) return by_falling;
  // If the true curve is not the one assumed, the two err to opposite sides: the truth lies between them.
  const Part between = hull(square_root_curve(change.falling, error_of(noise, change.falling_cells)),
                            other_side(square_root_curve(change.rising, error_of(noise, change.rising_cells))));
  const Part all = overlap(overlap(by_falling, by_rising), between);
  return all.low <= all.high ? all : hull(by_falling, by_rising);
}

namespace {

/// Falling and rising cells err to opposite sides if the tone curve is not the square root that is assumed, so their mean is nearly free of it.
void add_part(const ChangeLevels& change, double noise, double row, double boundary, std::vector<PartReading>& readings) {
  constexpr double kModel = 0.025;  // neighbours shining in, coding, what is left of the tone curve
  constexpr double kSlope = 1.3;    // of the part against the level, about the middle
  if (change.falling_cells == 0 || change.rising_cells == 0) return;
  const double part = (square_root_part(change.falling) + 1 - square_root_part(change.rising)) / 2;
  const double random = kSlope * noise / std::sqrt(static_cast<double>(change.falling_cells + change.rising_cells));
  readings.push_back({row, boundary, part, std::hypot(kModel, random)});
}

}  // namespace

std::vector<PartReading> part_readings(const FrameReading& reading, int picture_height, int64_t reference_tick) {
  std::vector<PartReading> readings;
  const uint32_t reference = static_cast<uint32_t>(reference_tick) & (light_code::kTickModulus - 1);
  for (const StripReading& strip : reading.strip) {
    for (const BankReading& bank : strip.bank) {
      if (!bank.readable || bank.saturated) continue;
      const double row = bank.row / picture_height - 0.5;
      const int64_t tick = reference_tick + tick_distance(reference, bank.tick);
      if (!bank.blended) add_part(bank.from_before, bank.noise, row, boundary_ms(tick, reference_tick), readings);
      add_part(bank.to_after, bank.noise, row, boundary_ms(tick + 2, reference_tick), readings);
    }
  }
  return readings;
}

std::vector<RowBound> row_bounds(const FrameReading& reading, int picture_height, int64_t reference_tick) {
  std::vector<RowBound> bounds;
  const uint32_t reference = static_cast<uint32_t>(reference_tick) & (light_code::kTickModulus - 1);
  for (const StripReading& strip : reading.strip) {
    for (const BankReading& bank : strip.bank) {
      if (!bank.readable) continue;
      const double row = bank.row / picture_height - 0.5;
      const int64_t tick = reference_tick + tick_distance(reference, bank.tick);
      const Part old_part = part_before_change(bank.to_after, bank.noise, bank.saturated);
      Part after = other_side(old_part);
      if (!bank.blended) {
        Part before = part_before_change(bank.from_before, bank.noise, bank.saturated);
        before.high = std::min(before.high, kUnseenPart);
        after.high = std::min(after.high, kUnseenPart);
        const double begin = boundary_ms(tick, reference_tick);
        bounds.push_back({row, false, begin, 0.5 - before.high});
        if (before.low > kSurePart) bounds.push_back({row, true, begin, 0.5 - before.low});
      }
      const double end = boundary_ms(tick + 2, reference_tick);
      bounds.push_back({row, true, end, after.high - 0.5});
      if (after.low > kSurePart) bounds.push_back({row, false, end, after.low - 0.5});
    }
  }
  return bounds;
}

std::optional<ReadoutRange> readout_of(const FrameReading& reading, int picture_height, const ReadoutRange& known) {
  enum Unknown : size_t { kMiddle, kReadout, kExposure, kUnknowns };  // all in milliseconds
  // Bounds that contradict each other by twice this are let through; those of sound pictures do not contradict at all.
  constexpr double kLooseMs = 0.25, kFarMs = 200;
  std::optional<uint32_t> reference;
  for (const StripReading& strip : reading.strip) {
    for (const BankReading& bank : strip.bank) {
      if (bank.readable) reference = bank.tick;
    }
  }
  if (!reference) return known;
  // What a bank with clipped white can tell of its change is enough to contradict.
  FrameReading all = reading;
  for (StripReading& strip : all.strip) {
    for (BankReading& bank : strip.bank) bank.readable = bank.readable || bank.clipped_change;
  }
  std::vector<HalfSpace> spaces;
  for (const RowBound& bound : row_bounds(all, picture_height, *reference)) {
    const double sign = bound.upper ? 1 : -1;
    HalfSpace space{{}, sign * bound.boundary_ms + kLooseMs};
    space.a[kMiddle] = sign;
    space.a[kReadout] = sign * bound.row;
    space.a[kExposure] = -sign * bound.factor;
    spaces.push_back(space);
  }
  const Vector low = {-kFarMs, known.low_ms, 0}, high = {kFarMs, known.high_ms, kMaxExposureMs};
  Vector slower{}, faster{};
  slower[kReadout] = 1;
  faster[kReadout] = -1;
  const auto slowest = maximise(kUnknowns, spaces, slower, low, high);
  const auto fastest = maximise(kUnknowns, spaces, faster, low, high);
  if (!slowest || !fastest) return std::nullopt;
  return ReadoutRange{(*fastest)[kReadout], (*slowest)[kReadout]};
}

}  // namespace saksi::judge
