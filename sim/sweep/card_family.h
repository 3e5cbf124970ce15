#ifndef SAKSI_SIM_SWEEP_CARD_FAMILY_H_
#define SAKSI_SIM_SWEEP_CARD_FAMILY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "base/write_log.h"
#include "hw-models/card/sector_store.h"
#include "sim/sweep/card_history.h"

namespace saksi::sim {

/// Cards of which a camera has seen no difference yet, so that one simulation stands for all of them. Before it reads a sector in which they differ,
/// the family is split by what that sector holds; a sector that the camera has written is the same on all.
class CardFamily {
 public:
  /// One card: a number for it, how far of the log is on it, and what it has otherwise.
  struct Member {
    size_t number;
    size_t writes;
    const std::vector<SectorPatch>* patches;  ///< may be nullptr
  };

  /// Of cards that hold what `base` does now and then writes [from, member.writes) of the log; members by rising `writes`, at least one. Log and
  /// patches must outlive the family.
  CardFamily(const hw::SectorStore& base, const WriteLog& log, size_t from, const std::vector<Member>& members);

  size_t size() const { return cards_.size(); }
  size_t number(size_t index) const { return cards_[index].number; }
  size_t index_of(size_t number) const;
  bool differs_at(uint32_t lba) const { return differing_.count(lba) != 0; }
  /// The camera wrote it: all cards hold the same there from now on.
  void forget(uint32_t lba) { differing_.erase(lba); }
  /// One family for each content of a sector, in the order of their first cards.
  std::vector<CardFamily> split(uint32_t lba) const;
  /// Makes a store that holds any card of the family hold that one.
  void show(hw::SectorStore& store, size_t index) const;
  /// Makes the store that the family was made of hold that one.
  void put_on_base(hw::SectorStore& store, size_t index) const;

 private:
  using Contents = std::map<uint32_t, const WriteLog::Sector*>;
  struct Card {
    size_t number;
    Contents sectors;  ///< the same keys in all cards of the family
  };
  using Sectors = std::map<uint32_t, WriteLog::Sector>;

  CardFamily(std::shared_ptr<const Sectors> base, std::vector<Card> cards, const std::set<uint32_t>& differing);
  void compare(const std::set<uint32_t>& candidates);

  std::shared_ptr<const Sectors> base_;  ///< what the base held where any card holds something else
  std::vector<Card> cards_;
  std::set<uint32_t> differing_;
};

}  // namespace saksi::sim

#endif
