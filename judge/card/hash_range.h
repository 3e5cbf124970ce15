#ifndef SAKSI_JUDGE_CARD_HASH_RANGE_H_
#define SAKSI_JUDGE_CARD_HASH_RANGE_H_

#include <cstdint>

#include "base/sha256.h"
#include "judge/card/byte_source.h"

namespace saksi::judge {

/// Takes the bytes [from, to) of a source into a hash, piece by piece; what cannot be read ends it.
void hash_range(Sha256& hash, const ByteSource& source, uint64_t from, uint64_t to);

}  // namespace saksi::judge

#endif
