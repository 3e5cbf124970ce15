#ifndef SAKSI_SIM_SWEEP_PLAN_H_
#define SAKSI_SIM_SWEEP_PLAN_H_

#include <array>
#include <vector>

#include "sim/sweep/card_history.h"
#include "sim/sweep/sweep.h"

namespace saksi::sim {

/// A card as some cut leaves it, and all cuts of the plan that leave exactly it.
struct PlannedCard {
  size_t writes = 0;  ///< durable before the damage
  std::vector<SectorPatch> patches;
  std::vector<CutId> cuts;  ///< at least one
};

/// What makes two cards of one history the same: 128 bits of hash over their sectors, whatever the order in which they were written.
using CardHash = std::array<uint64_t, 2>;

/// Keeps the hash of a card up to date as sectors change.
class CardHasher {
 public:
  explicit CardHasher(const CardHistory& history) : history_(history) {}
  /// Goes on to the card after so many writes; not backwards.
  void advance(size_t writes);
  /// The card with some sectors otherwise.
  CardHash with(const std::vector<SectorPatch>& patches) const;

 private:
  void replace(CardHash& hash, uint32_t lba, const WriteLog::Sector& before, const WriteLog::Sector& after) const;
  const CardHistory& history_;
  size_t writes_ = 0;
  CardHash hash_{};
};

/// Every cut that a request asks for, those that leave the same card together, by number of writes. Throws UsageError for a cut that is not there.
std::vector<PlannedCard> plan_cuts(const SweepRequest& request, const CardHistory& history, uint32_t ahead);

}  // namespace saksi::sim

#endif
