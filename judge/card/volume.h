#ifndef SAKSI_JUDGE_CARD_VOLUME_H_
#define SAKSI_JUDGE_CARD_VOLUME_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"

namespace saksi::judge {

/// A file in a volume.
struct VolumeFile {
  std::string path;  ///< "DCIM/100SAKSI/CLIP0001.MP4", valid UTF-8, '/' between folders
  uint64_t size;     ///< as the directory says
};

/// The files of a card, wherever they are read from.
class Volume {
 public:
  virtual ~Volume() = default;
  /// All files (not folders), sorted by path.
  virtual const std::vector<VolumeFile>& files() const = 0;
  /// What is wrong with the volume itself.
  virtual const Problems& problems() const = 0;
  /// False if nothing can be said about the files: no volume was found.
  virtual bool readable() const = 0;
  /// The bytes of files()[index]; shorter than its size if its clusters are missing. Lives no longer than the volume.
  virtual std::unique_ptr<ByteSource> open(size_t index) const = 0;
};

/// A mounted card: the plain files below a folder. Links are not followed. Throws UsageError if the folder cannot be read.
std::unique_ptr<Volume> open_folder_volume(const std::string& path);

}  // namespace saksi::judge

#endif
