#include "judge/card/extent_source.h"

#include <algorithm>
#include <cstring>

namespace saksi::judge {

std::vector<Extent>::const_iterator ExtentSource::extent_at(uint64_t offset) const {
  auto extent = std::upper_bound(extents_.begin(), extents_.end(), offset, [](uint64_t at, const Extent& e) { return at < e.file_offset; });
  if (extent != extents_.begin()) --extent;
  return extent;
}

size_t ExtentSource::read(uint64_t offset, void* buffer, size_t count) const {
  if (offset >= size_) return 0;
  count = static_cast<size_t>(std::min<uint64_t>(count, size_ - offset));
  const size_t stored = offset >= valid_ ? 0 : static_cast<size_t>(std::min<uint64_t>(count, valid_ - offset));
  size_t done = 0;
  for (auto extent = extent_at(offset); done < stored && extent != extents_.end(); ++extent) {
    const uint64_t within = offset + done - extent->file_offset;
    if (within >= extent->bytes) break;
    const size_t part = static_cast<size_t>(std::min<uint64_t>(stored - done, extent->bytes - within));
    const size_t got = source_->read(extent->source_offset + within, static_cast<uint8_t*>(buffer) + done, part);
    done += got;
    if (got < part) return done;
  }
  if (done < stored) return done;
  std::memset(static_cast<uint8_t*>(buffer) + done, 0, count - done);
  return count;
}

uint64_t ExtentSource::next_data(uint64_t offset) const {
  for (auto extent = extent_at(offset); extent != extents_.end(); ++extent) {
    const uint64_t within = std::max(offset, extent->file_offset) - extent->file_offset;
    if (within >= extent->bytes) continue;
    const uint64_t found = source_->next_data(extent->source_offset + within) - extent->source_offset;
    if (found < extent->bytes) return std::min(size_, extent->file_offset + found);
  }
  return size_;
}

}  // namespace saksi::judge
