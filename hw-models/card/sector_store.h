#ifndef SAKSI_HW_MODELS_CARD_SECTOR_STORE_H_
#define SAKSI_HW_MODELS_CARD_SECTOR_STORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace saksi::hw {

constexpr size_t kSectorBytes = 512;

/// What a card holds: a base image, which is only ever read, and a map of the 4 KiB pages that were changed, in memory. So a run leaves
/// its input as it was, a forked process has a card of its own at no cost, and an empty 4 GiB card needs no memory. A base that holds little (64 MiB
/// beside its holes) is taken into memory as well, since a camera that starts reads its whole FAT, sector by sector.
class SectorStore {
 public:
  /// All zeros.
  explicit SectorStore(uint64_t sectors);
  /// On an image file, whose size is cut down to whole sectors. Throws UsageError if it cannot be read or is smaller than one sector.
  explicit SectorStore(const std::string& path);
  ~SectorStore();
  SectorStore(const SectorStore&) = delete;
  SectorStore& operator=(const SectorStore&) = delete;

  uint64_t sectors() const { return sectors_; }
  /// Makes it a card that has less memory than it says: sector n is sector n modulo `sectors` from now on, in write_image() too. 0 or more than there
  /// are: an honest one.
  void wrap_at(uint64_t sectors) { wrap_ = sectors < sectors_ ? sectors : 0; }
  /// `lba` must be below sectors(); `data` is 512 bytes. Throws InfraError when the base file can no longer be read.
  void read(uint64_t lba, uint8_t* data) const;
  void write(uint64_t lba, const uint8_t* data);
  /// Sets a range to zeros; costs memory only for pages that held something.
  void erase(uint64_t first, uint64_t count);

  /// Makes it what the base image holds again.
  void discard_changes() { pages_.clear(); }

  /// The first byte at or after `offset` that may be other than zero; the card's size if there is none.
  uint64_t next_data(uint64_t offset) const;
  /// Writes base and changes as one sparse file, replacing what is there. Throws InfraError if that fails, and UsageError if it would
  /// overwrite the base image itself.
  void write_image(const std::string& path) const;

  size_t dirty_bytes() const { return pages_.size() * kPageBytes; }

 private:
  static constexpr size_t kPageBytes = 4096;
  static constexpr size_t kPageSectors = kPageBytes / kSectorBytes;
  using Page = std::array<uint8_t, kPageBytes>;

  void hold_base();
  void read_base(uint64_t offset, uint8_t* data, size_t size) const;
  void read_held(uint64_t offset, uint8_t* data, size_t size) const;
  Page& dirty_page(uint64_t page);
  void erase_page_part(uint64_t page, uint64_t first, uint64_t end);
  void copy_base(int out) const;
  void erase_range(uint64_t first, uint64_t count);
  void write_wrapped(int out, const std::string& path) const;
  uint64_t place(uint64_t lba) const { return wrap_ == 0 ? lba : lba % wrap_; }

  std::string path_;                               ///< empty without a base
  int base_ = -1;                                  ///< read with pread() only: processes that share it after a fork do not disturb each other
  bool is_held_ = false;                           ///< all that the base holds is in held_
  std::map<uint64_t, std::vector<uint8_t>> held_;  ///< by offset; zeros between
  uint64_t sectors_ = 0;
  uint64_t wrap_ = 0;  ///< 0: not at all
  std::map<uint64_t, std::unique_ptr<Page>> pages_;
};

}  // namespace saksi::hw

#endif
