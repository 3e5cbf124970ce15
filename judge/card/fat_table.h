#ifndef SAKSI_JUDGE_CARD_FAT_TABLE_H_
#define SAKSI_JUDGE_CARD_FAT_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "judge/card/fat_boot.h"

namespace saksi::judge {

/// A run of clusters that lie one behind the other.
struct ClusterRun {
  uint32_t first;
  uint32_t count;
};

/// A cluster chain as far as it could be followed.
struct ClusterChain {
  std::vector<ClusterRun> runs;
  uint64_t clusters = 0;
  bool ended = false;     ///< by an end mark, or as long as was asked for
  bool too_long = false;  ///< it goes on behind what was asked for
};

/// Both copies of the file allocation table, and who owns which cluster.
class FatTable {
 public:
  FatTable(const ByteSource& source, const FatGeometry& geometry, ProblemList& problems);

  bool is_data_cluster(uint32_t cluster) const { return cluster >= 2 && cluster - 2 < geometry_.cluster_count; }
  /// Follows a chain for at most `wanted` clusters, marks its clusters as owned, and reports what is wrong with it; `name` is its file, for the text.
  ClusterChain follow(uint32_t first, uint64_t wanted, const std::string& name, ProblemList& problems);
  /// Reports clusters that are in use but belong to no file. To be called when all files were followed.
  void report_lost(ProblemList& problems) const;

 private:
  void load(const ByteSource& source, uint32_t fat, std::vector<uint32_t>& entries) const;
  bool is_sane(const std::vector<uint32_t>& entries) const;
  void compare(ProblemList& problems) const;
  void check_dirty(ProblemList& problems) const;
  /// The entry of the first table, or, where that cannot be followed, of the second.
  uint32_t next(uint32_t cluster, bool& from_second) const;
  bool can_follow(uint32_t entry) const;

  static uint32_t at(const std::vector<uint32_t>& entries, size_t cluster) { return cluster < entries.size() ? entries[cluster] : 0; }
  /// To be set: the chain that a cluster belongs to.
  uint32_t& owner(uint32_t cluster);

  // Up to the last entry that is not zero, since most of a card is free most of the time.
  FatGeometry geometry_;
  std::vector<uint32_t> main_;
  std::vector<uint32_t> second_;  ///< empty if there is none to fall back on
  std::vector<uint32_t> owner_;   ///< 0: none yet
  uint32_t chains_ = 0;
  uint64_t crossed_steps_ = 0;
};

}  // namespace saksi::judge

#endif
