#ifndef SAKSI_JUDGE_CARD_EXFAT_VOLUME_H_
#define SAKSI_JUDGE_CARD_EXFAT_VOLUME_H_

#include <memory>
#include <string>
#include <vector>

#include "judge/card/exfat_boot.h"
#include "judge/card/exfat_directory.h"
#include "judge/card/extent_source.h"
#include "judge/card/volume.h"

namespace saksi::judge {

/// An exFAT volume, read only, as SDXC cards come with. Follows Microsoft's "exFAT file system specification", revision 1.00, and trusts nothing:
/// every number is checked against the size of the source, every cluster has one owner. What it finds wrong is data (problems()):
///
///   damage  bad-boot-sector (the backup is used), short-card, bad-chain, short-chain, cross-link, bad-entry, bad-upcase-table, bitmap-difference
///           (clusters of files that the bitmap says are free)
///   torn    lost-chain (clusters that the bitmap says are in use and no file has), dirty
class ExfatVolume : public Volume {
 public:
  /// Never throws for what the source holds. Not readable() if there is no exFAT volume.
  explicit ExfatVolume(std::shared_ptr<const ByteSource> source);

  /// True if the source has an exFAT boot region or its backup, alone or in a partition.
  static bool recognises(const ByteSource& source);

  const std::vector<VolumeFile>& files() const override { return files_; }
  const Problems& problems() const override { return problems_; }
  bool readable() const override { return geometry_.has_value(); }
  std::unique_ptr<ByteSource> open(size_t index) const override;

 private:
  struct Folder {
    std::string path;
    ExfatEntry entry;
    int depth;
  };
  struct Place {
    std::vector<Extent> extents;
    uint64_t bytes = 0;  ///< of the clusters
    uint64_t valid = 0;
  };

  void read_tree(ProblemList& problems);
  void read_folder(const Folder& folder, std::vector<Folder>& folders, ProblemList& problems);
  void read_tables(const ExfatDirectory& root, ProblemList& problems);
  void add_file(const std::string& path, const ExfatEntry& entry, ProblemList& problems);
  Place locate(const ExfatEntry& entry, const std::string& name, ProblemList& problems);
  bool take(uint32_t cluster, const std::string& name, Place& place, ProblemList& problems);
  uint32_t next(uint32_t cluster) const;
  std::vector<uint8_t> read_whole(const Place& place, uint64_t bytes) const;
  void compare_bitmap(ProblemList& problems) const;
  void sort_files();

  std::shared_ptr<const ByteSource> source_;
  std::optional<ExfatGeometry> geometry_;
  std::vector<VolumeFile> files_;
  std::vector<Place> places_;     ///< of files_[i]
  std::vector<bool> owned_;       ///< by cluster less two
  std::vector<uint8_t> bitmap_;   ///< empty: none could be read
  std::vector<uint16_t> upcase_;  ///< empty until it is read
  Problems problems_;
};

/// The volume of a card: exFAT if there is one, FAT32 otherwise; not readable() if it has neither.
std::unique_ptr<Volume> open_card_volume(std::shared_ptr<const ByteSource> source);
/// True if the source has a FAT or exFAT volume.
bool has_card_volume(const ByteSource& source);

}  // namespace saksi::judge

#endif
