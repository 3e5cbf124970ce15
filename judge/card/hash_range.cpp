#include "judge/card/hash_range.h"

#include <algorithm>
#include <vector>

namespace saksi::judge {

void hash_range(Sha256& hash, const ByteSource& source, uint64_t from, uint64_t to) {
  constexpr size_t kPiece = 1 << 16;
  std::vector<uint8_t> piece(kPiece);
  while (from < to) {
    const size_t got = source.read(from, piece.data(), static_cast<size_t>(std::min<uint64_t>(kPiece, to - from)));
    if (got == 0) return;
    hash.update(piece.data(), got);
    from += got;
  }
}

}  // namespace saksi::judge
