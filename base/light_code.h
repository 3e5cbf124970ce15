#ifndef SAKSI_BASE_LIGHT_CODE_H_
#define SAKSI_BASE_LIGHT_CODE_H_

#include <array>
#include <cstdint>
#include <optional>

namespace saksi {

/// The light code: a machine-readable clock in the scene, from which the time a frame was exposed can be read off the recorded file alone.
///
/// Time is counted in ticks of exactly 1/61 s from t = 0 of events.jsonl: tick n lasts from ceil(n * 1e9 / 61) ns to just before
/// ceil((n + 1) * 1e9 / 61) ns. A screen can be set to refresh so often, and no usual frame rate has a common measure with it: at 60 Hz a camera of
/// 15, 20 or 30 frames/s would see the same phase of a tick in every frame, and its times could not be told closer than that. A strip is two banks,
/// one above the other, each a row of 36 square-ish cells, white or black:
///
///     cell  0..2   white, black, white      (start)
///     cell  3..24  tick mod 2^22, most significant bit first, white is 1
///     cell 25..32  CRC-8 (polynomial x^8+x^2+x+1, start 0xFF) of the 22 bits as 3 bytes, big endian
///     cell 33..35  black, white, black      (end)
///
/// Of an odd tick the cells 3..32 stand in reverse order with black and white changed over. So what covers the same columns of both banks, a strap
/// for example, spoils other bits of the one than of the other, and cannot make both of them wrong alike.
///
/// The upper bank shows the last even tick, the lower bank the last odd one, so that at every tick just one bank changes: an exposure
/// that spans one tick boundary blends one bank (its checksum then fails, or it reads as either tick) and leaves the other sharp. The
/// longest readable exposure is one tick. The strip stands three times in the scene (top, middle, bottom), since a rolling shutter exposes
/// these at different times. 2^22 ticks are 19.1 hours.
///
/// A recording may begin to count at another number than 0, its epoch, which its manifest states (`light_code.epoch_tick`): what was filmed in
/// another recording then tells times that are not of this one.
namespace light_code {

constexpr int kTickHz = 61;
constexpr int kCells = 36;
constexpr int kBanks = 2;
constexpr int kTickBits = 22;
constexpr uint32_t kTickModulus = 1u << kTickBits;
constexpr int kStartCells = 3;

/// Where the strips lie in the scene, in parts of the scene's width and height (a 4:3 field, as the sensor's full array).
constexpr double kStripLeft = 0.08;
constexpr double kStripWidth = 0.84;
constexpr double kBankHeight = 0.03;
constexpr int kStrips = 3;
constexpr double kStripCentreY[kStrips] = {0.20, 0.50, 0.80};
/// A black margin around each strip, in parts of the scene's height.
constexpr double kMargin = 0.01;

/// Reflectance of the cells.
constexpr double kWhite = 0.85;
constexpr double kBlack = 0.05;

using Cells = std::array<bool, kCells>;  ///< true is white

/// The tick that runs at a time, t_ns >= 0.
int64_t tick_at(int64_t t_ns);
/// The first nanosecond of a tick.
int64_t tick_begin_ns(int64_t tick);
/// What a bank (0 even, 1 odd) shows during a tick, modulo 2^22. Before the first tick of its parity a bank shows the code of tick -1 or -2.
uint32_t shown(int bank, int64_t tick);
/// The even number below kTickModulus that a run of a seed shows at t = 0.
uint32_t epoch_of(uint64_t seed);
/// The cells for a tick value below kTickModulus.
Cells encode(uint32_t tick);
/// The tick value that a bank (0 even, 1 odd) shows, if start, end and checksum are right.
std::optional<uint32_t> decode(const Cells& cells, int bank);

}  // namespace light_code
}  // namespace saksi

#endif
