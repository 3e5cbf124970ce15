#ifndef SAKSI_JUDGE_CARD_FAT_VOLUME_H_
#define SAKSI_JUDGE_CARD_FAT_VOLUME_H_

#include <memory>
#include <string>
#include <vector>

#include "judge/card/extent_source.h"
#include "judge/card/volume.h"

namespace saksi::judge {

/// A FAT32 volume, read only, from a card image or a block device, with or without a partition table. Follows Microsoft's "FAT: General
/// Overview of On-Disk Format", 1.03. It is written apart from the firmware's writer, so that each checks the other, and it trusts
/// nothing: every number is checked against the size of the source, every chain against loops. What it finds wrong is data (problems()):
///
///   damage  bad-boot-sector (the backup is used), fat-garbage, fat-difference, bad-chain, short-chain, cross-link, chain-loop, bad-entry, no-volume,
///           other-file-system
///   torn    lost-chain, fat-difference (FAT1 and FAT2 differ in free or end marks only), long-chain, dirty
///   note    partition-found (no partition table, but a volume where one usually begins)
///
/// FAT12 and FAT16 are recognised and not read; exFAT is read by ExfatVolume. A chain that breaks off in FAT1 goes on by FAT2 where that still has
/// it.
class FatVolume : public Volume {
 public:
  /// Never throws for what the source holds.
  explicit FatVolume(std::shared_ptr<const ByteSource> source);
  ~FatVolume() override;

  /// True if the source has a FAT32 boot sector or its backup, alone or in a partition, or another FAT or exFAT boot sector.
  static bool recognises(const ByteSource& source);

  const std::vector<VolumeFile>& files() const override;
  const Problems& problems() const override;
  bool readable() const override;
  std::unique_ptr<ByteSource> open(size_t index) const override;

  /// Where the clusters of files()[index] lie, in file order.
  using Extent = judge::Extent;
  std::vector<Extent> extents(size_t index) const;
  /// Bytes in one cluster; 0 if not readable.
  uint32_t cluster_bytes() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace saksi::judge

#endif
