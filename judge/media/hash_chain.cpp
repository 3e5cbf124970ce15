#include "judge/media/hash_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "base/sha256.h"
#include "judge/card/hash_range.h"
#include "judge/media/mp4_box.h"

namespace saksi::judge {

namespace {

constexpr uint8_t kBoxUuid[16] = {0x6B, 0x64, 0xAD, 0xB1, 0xAF, 0xBA, 0x58, 0xA6, 0xAB, 0xFE, 0xCD, 0x0B, 0x92, 0x6E, 0x08, 0xE8};

/// A fragment's boxes.
struct Parts {
  Mp4BoxHeader moof, media;
  std::optional<Digest> hash;
};

/// The hash that a box holds, if it is of that kind.
std::optional<Digest> hash_in(const ByteSource& source, const Mp4BoxHeader& box) {
  uint8_t bytes[sizeof kBoxUuid + sizeof(Digest)];
  if (box.type != "uuid" || box.size != box.header_bytes + sizeof bytes || !source.read_exactly(box.payload(), bytes, sizeof bytes)) return {};
  if (std::memcmp(bytes, kBoxUuid, sizeof kBoxUuid) != 0) return {};
  Digest digest;
  std::copy_n(bytes + sizeof kBoxUuid, digest.size(), digest.begin());
  return digest;
}

/// The fragment that begins at `offset`. nullopt if its mdat is not to be found before `end`, or does not end there.
std::optional<Parts> parts_of(const ByteSource& source, uint64_t offset, uint64_t end) {
  const std::optional<Mp4BoxHeader> moof = read_box_header(source, offset);
  if (!moof) return {};
  Parts parts{*moof, {}, {}};
  for (uint64_t at = moof->end(); at < end;) {
    const std::optional<Mp4BoxHeader> box = read_box_header(source, at);
    if (!box || box->end() <= at || box->end() > end) return {};
    if (const std::optional<Digest> hash = hash_in(source, *box)) parts.hash = hash;
    if (box->type == "mdat") {
      parts.media = *box;
      return parts;
    }
    at = box->end();
  }
  return {};
}

Digest hash_of(const ByteSource& source, const Parts& parts, const Digest& before) {
  Sha256 hash;
  hash.update(before.data(), before.size());
  hash_range(hash, source, parts.moof.offset, parts.moof.end());
  hash_range(hash, source, parts.media.payload(), parts.media.end());
  return hash.finish();
}

}  // namespace

const char* hash_chain_word(HashChain chain) {
  switch (chain) {
    case HashChain::kValid:
      return "valid";
    case HashChain::kBroken:
      return "broken";
    case HashChain::kNone:
      break;
  }
  return "none";
}

HashChain follow_hash_chain(const ByteSource& source, const Mp4Movie& movie, Problems& problems) {
  if (movie.fragments.empty()) return HashChain::kNone;
  Sha256 header;
  hash_range(header, source, 0, movie.fragments.front().offset);
  Digest before = header.finish();
  Problems found;
  size_t hashed = 0;
  for (size_t i = 0; i < movie.fragments.size(); ++i) {
    const Mp4Fragment& fragment = movie.fragments[i];
    const uint64_t end = i + 1 < movie.fragments.size() ? std::max(movie.fragments[i + 1].offset, fragment.offset) : source.size();
    const std::optional<Parts> parts = parts_of(source, fragment.offset, end);
    const std::string which =
        fmt::format("The fragment of {} pictures at byte {} ({:.1f} s)", fragment.sample_count, fragment.offset, movie.seconds(fragment.decode_time));
    if (!parts) {
      const bool is_last = i + 1 == movie.fragments.size();
      found.push_back(
          {is_last ? Severity::kTorn : Severity::kDamage, "hash-unfollowed", which + " has no whole media data that a hash could be made of."});
      continue;
    }
    if (!parts->hash) {
      found.push_back({Severity::kDamage, "hash-missing", which + " has no hash, others have."});
      continue;
    }
    ++hashed;
    if (*parts->hash != hash_of(source, *parts, before)) {
      found.push_back({Severity::kDamage, "hash-mismatch", which + ", or what stood before it, is not what was hashed when it was recorded."});
    }
    before = *parts->hash;
  }
  if (hashed == 0) return HashChain::kNone;
  problems.insert(problems.end(), found.begin(), found.end());
  return found.empty() ? HashChain::kValid : HashChain::kBroken;
}

}  // namespace saksi::judge
