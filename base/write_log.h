#ifndef SAKSI_BASE_WRITE_LOG_H_
#define SAKSI_BASE_WRITE_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace saksi {

/// What was written to a card, in order, in the format of Linux's dm-log-writes target (drivers/md/dm-log-writes.c, version 1, sectors of 512
/// bytes): a super sector, and for each entry a sector with its header and then its data. `replay-log` of fstests brings a device to any prefix of
/// it.
class WriteLog {
 public:
  static constexpr size_t kSectorBytes = 512;
  using Sector = std::array<uint8_t, kSectorBytes>;

  /// One sector that became durable, or a range that was erased.
  struct Entry {
    uint32_t lba;
    uint32_t count;   ///< sectors; more than one only if erased
    bool is_erase;    ///< reads as zeros from then on
    bool is_settled;  ///< the card has said with it that nothing before is still to be written: the end of busy, as a flush in the format
    size_t data;      ///< index of the sector in the log's data; meaningless if erased
  };

  void write(uint32_t lba, const uint8_t* data);
  void erase(uint32_t first_lba, uint32_t count);
  /// The last entry is the last of its command.
  void settle();

  const std::vector<Entry>& entries() const { return entries_; }
  const Sector& data(const Entry& entry) const { return sectors_[entry.data]; }

  /// Throws InfraError if the file cannot be written.
  void save(const std::string& path) const;
  /// Throws UsageError for a file that cannot be read, is cut off or is no such log. Entries of more than one sector become one each.
  static WriteLog load(const std::string& path);

 private:
  std::vector<Entry> entries_;
  std::deque<Sector> sectors_;
};

}  // namespace saksi

#endif
