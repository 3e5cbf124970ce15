#ifndef SAKSI_SIM_SWEEP_CARD_HISTORY_H_
#define SAKSI_SIM_SWEEP_CARD_HISTORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/write_log.h"
#include "hw-models/card/sector_store.h"
#include "judge/card/byte_source.h"
#include "sim/sweep/cut_id.h"

namespace saksi::sim {

/// A sector that a damage leaves otherwise than the writes before the cut do.
struct SectorPatch {
  uint32_t lba;
  WriteLog::Sector data;
};

/// Makes writes [from, to) of a log, as far as it goes, on a card.
void apply_writes(hw::SectorStore& store, const WriteLog& log, size_t from, size_t to);

/// A card, and every sector that was written to it, in order: what was on it after any number of writes.
class CardHistory {
 public:
  /// `base` must outlive the history and not change.
  CardHistory(const hw::SectorStore& base, WriteLog log);

  size_t writes() const { return log_.entries().size(); }
  const WriteLog& log() const { return log_; }
  uint64_t sectors() const { return base_.sectors(); }
  WriteLog::Sector sector(uint32_t lba, size_t writes) const;
  /// Applies writes [from, to) to a card that holds the ones before.
  void apply(hw::SectorStore& store, size_t from, size_t to) const { apply_writes(store, log_, from, to); }
  /// The card after so many writes, for the judge; must not outlive the history.
  std::unique_ptr<judge::ByteSource> at(size_t writes) const;

  /// What a cut's damage does to the card, beyond the writes that were durable. Of a cut after the last write, and of one that meets an erase, no
  /// sector is in flight: nothing. `ahead`: sectors that the card takes in before they are written (CardTiming::buffer_sectors).
  std::vector<SectorPatch> damage(const Cut& cut, uint32_t ahead) const;

 private:
  struct Version {
    size_t write;  ///< index of the write that made it
    const WriteLog::Sector* data;
  };
  class At;
  size_t command_begin(size_t write) const;
  size_t command_end(size_t write) const;
  std::vector<SectorPatch> tear(const Cut& cut) const;
  std::vector<SectorPatch> shear(const Cut& cut) const;
  std::vector<SectorPatch> reorder(const Cut& cut, uint32_t ahead) const;
  std::vector<SectorPatch> spoil_paired_page(const Cut& cut) const;
  std::vector<SectorPatch> roll_back(const Cut& cut) const;

  const hw::SectorStore& base_;
  WriteLog log_;
  std::map<uint32_t, std::vector<Version>> versions_;
  std::vector<size_t> command_begins_;  ///< index of the first write of each command
};

}  // namespace saksi::sim

#endif
