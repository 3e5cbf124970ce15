#ifndef SAKSI_JUDGE_CARD_EXTENT_SOURCE_H_
#define SAKSI_JUDGE_CARD_EXTENT_SOURCE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "judge/card/byte_source.h"

namespace saksi::judge {

/// A piece of a file that lies in one place of the card.
struct Extent {
  uint64_t file_offset;
  uint64_t source_offset;
  uint64_t bytes;
};

/// A file on a card: its pieces in order, one behind the other.
class ExtentSource : public ByteSource {
 public:
  /// `size` is at most what the pieces hold. What lies at or beyond `valid` was never written and reads as zeros.
  ExtentSource(std::shared_ptr<const ByteSource> source, std::vector<Extent> extents, uint64_t size, uint64_t valid)
      : source_(std::move(source)), extents_(std::move(extents)), size_(size), valid_(valid) {}

  uint64_t size() const override { return size_; }
  size_t read(uint64_t offset, void* buffer, size_t count) const override;
  uint64_t next_data(uint64_t offset) const override;

 private:
  std::vector<Extent>::const_iterator extent_at(uint64_t offset) const;

  std::shared_ptr<const ByteSource> source_;
  std::vector<Extent> extents_;
  uint64_t size_;
  uint64_t valid_;
};

}  // namespace saksi::judge

#endif
