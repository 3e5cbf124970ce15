#include "sim/sweep/sector_source.h"

#include <algorithm>
#include <cstring>

namespace saksi::sim {

size_t SectorSource::read(uint64_t offset, void* buffer, size_t count) const {
  if (offset >= size()) return 0;
  count = static_cast<size_t>(std::min<uint64_t>(count, size() - offset));
  uint8_t* const out = static_cast<uint8_t*>(buffer);
  uint8_t sector[hw::kSectorBytes];
  size_t done = 0;
  while (done < count) {
    const uint64_t at = offset + done;
    const uint64_t data = next_data(at);
    if (data > at) {
      const size_t zeros = static_cast<size_t>(std::min<uint64_t>(data - at, count - done));
      std::memset(out + done, 0, zeros);
      done += zeros;
      continue;
    }
    const size_t skip = static_cast<size_t>(at % hw::kSectorBytes);
    const size_t part = std::min(count - done, hw::kSectorBytes - skip);
    read_sector(at / hw::kSectorBytes, sector);
    std::memcpy(out + done, sector + skip, part);
    done += part;
  }
  return count;
}

}  // namespace saksi::sim
