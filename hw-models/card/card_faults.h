#ifndef SAKSI_HW_MODELS_CARD_CARD_FAULTS_H_
#define SAKSI_HW_MODELS_CARD_CARD_FAULTS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>

namespace saksi::hw {

/// Which of a numbered sequence of events (counted from 1) go wrong.
struct FaultWindow {
  uint64_t first = 0;  ///< 0: none
  uint64_t count = 1;  ///< 0: for good
  bool hits(uint64_t number) const { return first != 0 && number >= first && (count == 0 || number - first < count); }
};

/// What can go wrong with a card, beside its times. All off by default: then a card holds and answers what it would without this. Every one of
/// these was seen in the field (docs/faults.md names the kinds). What is left to chance is drawn from the run's seed.
struct CardFaults {
  /// What stands behind the new bytes of a torn sector.
  enum class Torn : uint8_t { kNo, kOld, kErased, kNoise };
  /// What becomes of a card whose power went while it programmed.
  enum class AfterCut : uint8_t { kWorks, kReadOnly, kDead };

  // When the power goes while the card programs.
  Torn torn = Torn::kNo;                 ///< the sector in flight is new up to a byte drawn
  uint32_t shorn_page_sectors = 0;       ///< of the page in flight the first sectors are new, those of the same command behind them old; up to 64
  uint32_t unreadable_page_sectors = 0;  ///< the page in flight reads with an ECC error until it is written again; up to 64
  uint32_t paired_pages = 0;             ///< so many older pages that share cells with the page in flight read with an ECC error; up to 4
  uint32_t rollback_commands =
      0;  ///< the last acknowledged write commands never happened, up to kRollbackCommandsMax; also kLatePersistMs after them
  AfterCut after_cut = AfterCut::kWorks;

  // A write cache: sectors are programmed in an order drawn, not before they have been held.
  uint32_t cache_sectors = 0;  ///< its size and so the window of reordering, up to 8192; 0: none
  uint32_t cache_hold_ms = 0;  ///< how long a sector may stay in it, up to kLatePersistMs
  bool cache_fence = true;     ///< the end of busy waits for all of the command. False: the card acknowledges what it has not yet programmed

  // Reading.
  uint64_t unreadable_first = 0;    ///< sectors that read with an ECC error until they are written
  uint64_t unreadable_sectors = 0;  ///< how many; 0: none
  uint64_t unreadable_after = 0;    ///< each of them is read well so many times first
  uint32_t rotten_bits = 0;         ///< bits that flip in what is stored at each power-on, up to 100000

  // Commands and blocks, counted from the card's first power-on.
  FaultWindow write_error;         ///< write commands whose data the card does not store: CRC status token "write error", status bit ERROR
  FaultWindow read_error;          ///< read commands that give no data: status bit ERROR
  FaultWindow data_crc;            ///< data blocks, either way, that arrive spoilt
  FaultWindow command_crc;         ///< commands that arrive spoilt: no response, status bit COM_CRC_ERROR
  uint64_t misdirected_write = 0;  ///< this write command's data goes to another place of the card, acknowledged; 0: none
  uint64_t read_only_after = 0;    ///< after so many write commands nothing more can be written: status bit WP_VIOLATION; 0: never
  uint32_t real_mib = 0;           ///< the card has so much memory only and uses it again beyond (lba modulo size); 0: as much as it says

  static constexpr uint32_t kRollbackCommandsMax = 16;
  static constexpr uint32_t kLatePersistMs = 700;  ///< after the end of a request data was still lost (Ahmadian and others, arXiv 1805.00140)

  bool has_cache() const { return cache_sectors != 0; }
  bool acknowledges_early() const { return has_cache() && !cache_fence; }
  bool needs_undo() const { return rollback_commands != 0 || shorn_page_sectors != 0; }
};

/// A fault that struck, for whoever logs. `fault` is the key of docs/faults.md.
struct CardFaultTruth {
  int64_t t_ns = 0;
  std::string fault;
  uint32_t lba = 0;      ///< first sector that is hurt, 0 if none is
  uint32_t sectors = 0;  ///< how many
  std::string text;      ///< one plain clause
};

}  // namespace saksi::hw

#endif
