#ifndef SAKSI_HW_MODELS_CARD_CARD_TIMING_H_
#define SAKSI_HW_MODELS_CARD_CARD_TIMING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/seed_stream.h"

namespace saksi::hw {

/// How long a card takes, as data. Times of programming vary around their median like a lognormal variable; everything is in integers, so
/// that a seed gives the same times on every machine.
///
/// The figures of the profiles are fitted to published measurements of real cards with 4 KiB writes (PX4 user guide, dev_log/logging.md;
/// cleanflight issue 436): a write command costs a start (the card's flash translation) and then runs at the card's sequential speed.
struct CardTiming {
  uint32_t init_us = 0;          ///< from the first ACMD41 to ready
  uint32_t read_access_us = 0;   ///< from the end of a read command's response to its first block
  uint32_t read_gap_ns = 0;      ///< between the blocks of a multiple read, beside the bus time
  uint32_t write_start_us = 0;   ///< median, once for each write command, before its first sector is durable
  uint32_t program_4k_us = 0;    ///< median, for 4 KiB within a write command; a sector takes an eighth
  uint32_t spread_permille = 0;  ///< sigma of the logarithm of both, up to 800
  uint32_t buffer_sectors = 1;   ///< received ahead of programming before the card holds the bus busy, at least 1
  uint32_t stall_each_mib = 0;   ///< housekeeping pause each time that this much has been written, 0: none
  uint32_t stall_min_ms = 0;     ///< its length is uniform between these two
  uint32_t stall_max_ms = 0;
  uint32_t erase_us = 0;  ///< for each 4 MiB touched by an erase

  // Fault "a card that answers late"; 0 is none.
  uint32_t stall_after_writes = 0;  ///< each time that this many write commands have been given, one pause
  uint32_t stall_ms = 0;            ///< of this length, up to kStallForever

  static constexpr uint32_t kStallForever = 0xFFFFFFFF;  ///< the card hangs until its power is cycled

  /// "instant" (no time but the bus's), "good", "typical", "bad-but-legal", "illegal" (pauses of 0.6 to 2 s) or "late". Throws UsageError for any
  /// other name.
  static CardTiming profile(const std::string& name);
  static std::vector<std::string> profile_names();
};

/// `median` varied by a lognormal-like factor exp(sigma * n), n normal-like (sum of twelve uniform numbers) and within +-6; integers
/// only. The result has the unit of `median`.
uint64_t vary(uint64_t median, uint32_t sigma_permille, SeedStream& stream);

}  // namespace saksi::hw

#endif
