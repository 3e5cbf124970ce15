#ifndef SAKSI_HW_MODELS_CARD_CARD_IMAGE_H_
#define SAKSI_HW_MODELS_CARD_CARD_IMAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace saksi::hw {

struct CardFile {
  std::string name;  ///< 8.3, upper case, for example "SAKSI.CFG"
  std::string contents;
};

struct CardImageSpec {
  uint32_t capacity_mib = 4096;      ///< 2112 to 32768: a FAT32 volume with 32 KiB clusters on an SDHC card
  uint64_t seed = 1;                 ///< gives the volume id
  std::vector<CardFile> files;       ///< put into the root folder
  uint32_t filler_mib = 0;           ///< files FILLERn.BIN of this size in all, which occupy clusters but whose data is never written
  std::string over;                  ///< image of the same size that is formatted; what its files held stays where it was. Empty: a card of zeros
  std::optional<uint32_t> free_kib;  ///< instead of filler_mib: fill until just this is left, rounded down to whole clusters
};

/// Makes a card image as a camera's owner would find it: a sparse file with one FAT32 volume (no partition table), labelled SAKSI, formatted
/// by mkfs.vfat. The same spec gives the same bytes. Throws InfraError if mkfs.vfat is missing or fails or the file cannot be written,
/// UsageError for a spec that cannot be met.
void make_card_image(const std::string& path, const CardImageSpec& spec);

}  // namespace saksi::hw

#endif
