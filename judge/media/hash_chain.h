#ifndef SAKSI_JUDGE_MEDIA_HASH_CHAIN_H_
#define SAKSI_JUDGE_MEDIA_HASH_CHAIN_H_

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

/// Whether a clip is still what was hashed when it was recorded.
enum class HashChain {
  kNone,    ///< no fragment has a hash
  kValid,   ///< every fragment has one, and it is that of its bytes and of all that come before
  kBroken,  ///< some fragment has none, or another
};

/// "none", "valid" or "broken".
const char* hash_chain_word(HashChain chain);

/// Follows the hashes of docs/formats/hash-chain.md through a fragmented file. Adds to `problems`:
///
///   damage  hash-mismatch, hash-missing, hash-unfollowed
///   torn    hash-unfollowed, of the last fragment, which the file's end may have cut off
HashChain follow_hash_chain(const ByteSource& source, const Mp4Movie& movie, Problems& problems);

}  // namespace saksi::judge

#endif
