#ifndef SAKSI_JUDGE_MEDIA_LIGHT_CODE_READER_H_
#define SAKSI_JUDGE_MEDIA_LIGHT_CODE_READER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/light_code.h"
#include "judge/media/clip_decoder.h"

namespace saksi::judge {

/// How a bank's cells look if some of the exposure lay on the other side of a change from one tick to the next of the same bank: the mean
/// level of the cells that the change turns, 0 as black and 1 as white as the cells that it leaves alone.
struct ChangeLevels {
  double falling = 0;  ///< cells that go from white to black
  double rising = 0;   ///< cells that go from black to white
  int falling_cells = 0;
  int rising_cells = 0;
};

/// One bank of one strip in one picture.
struct BankReading {
  bool readable = false;
  uint32_t tick = 0;            ///< since the epoch, modulo 2^22: the tick that the bank shows, or, if blended, the older of the two
  bool blended = false;         ///< the checksum failed, and the neighbour bank told which two ticks are mixed
  bool clipped_change = false;  ///< not readable, but as it would look in change from `tick` if white is clipped
  double row = 0;               ///< picture row of the bank's centre
  ChangeLevels from_before;     ///< against the change from tick - 2 to tick; unset if blended
  ChangeLevels to_after;        ///< against the change from tick to tick + 2
  double noise = 0;             ///< standard deviation of one cell's level
  bool saturated = false;       ///< white is so bright that brighter light might look the same
};

struct StripReading {
  BankReading bank[light_code::kBanks];
};

/// All that a picture says about the time of its exposure.
struct FrameReading {
  StripReading strip[light_code::kStrips];
  bool readable() const;
};

/// Where the code lies in the picture: the scene field mapped to pixels, axis by axis.
struct CodeLocation {
  double left;    ///< pixel column of the strips' left edge
  double width;   ///< of the strips, in pixels
  double origin;  ///< pixel row of the scene's top
  double height;  ///< of the scene, in pixels
};

/// Limits of a camera whose light code can be read, in milliseconds. An exposure of up to two ticks still has one change of each bank within it at
/// most. A picture that stands upright may have been read from its lower row up.
constexpr double kMaxReadoutMs = 60;
constexpr double kMaxExposureMs = 2000.0 / light_code::kTickHz;

/// Milliseconds from a picture's first to its last row.
struct ReadoutRange {
  double low_ms = -kMaxReadoutMs;
  double high_ms = kMaxReadoutMs;
};

/// Finds the light code (base/light_code.h) in pictures and reads it. The camera may have cropped and scaled the scene, in whole or in
/// part, but not turned or mirrored it. The place is searched for in the first pictures and then kept; after pictures in a row without any
/// readable strip it is searched for again. A tick is accepted only with its sync cells and checksum right, and only if
/// both banks of its strip agree: a checksum of 8 bits alone would let chance through, and what covers a part of all strips could make all upper
/// banks wrong alike. A bank in change is read only where everything at rest in its strip is sound, and upper and lower rows show the same change.
/// And all strips must fit one exposure, one row after the other, at the pace that the pictures before had.
class LightCodeReader {
 public:
  /// `epoch_tick`: what the code showed when time began; ticks are counted from it.
  explicit LightCodeReader(uint32_t epoch_tick = 0) : epoch_tick_(epoch_tick) {}
  FrameReading read(const LumaPicture& picture);
  const std::optional<CodeLocation>& location() const { return location_; }

 private:
  FrameReading read_raw(const LumaPicture& picture);
  FrameReading read_sound(const LumaPicture& picture);

  uint32_t epoch_tick_;
  std::optional<CodeLocation> location_;
  int width_ = 0;
  int height_ = 0;
  int unreadable_in_a_row_ = 0;
  ReadoutRange readout_;  ///< that the pictures so far leave
  int contradictions_in_a_row_ = 0;
};

/// Searches a whole picture for the code. nullopt if no two strips or banks agree.
std::optional<CodeLocation> find_light_code(const LumaPicture& picture);

}  // namespace saksi::judge

#endif
