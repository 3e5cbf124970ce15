#include "hw-models/base/bus_block.h"

#include <algorithm>
#include <iterator>

namespace saksi::hw {

void BusBlock::note_range(Ranges& ranges, uint32_t address, uint32_t bytes) {
  uint32_t begin = address;
  uint32_t end = address + bytes;
  auto next = ranges.upper_bound(begin);
  if (next != ranges.begin() && std::prev(next)->second >= begin) {
    --next;
    if (next->second >= end) return;
    begin = next->first;
  }
  while (next != ranges.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = ranges.erase(next);
  }
  ranges.emplace_hint(next, begin, end);
}

}  // namespace saksi::hw
