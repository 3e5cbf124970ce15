#ifndef SAKSI_JUDGE_SWEEP_CARD_FACTS_H_
#define SAKSI_JUDGE_SWEEP_CARD_FACTS_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "judge/card/volume.h"
#include "judge/media/hash_chain.h"

namespace saksi::judge {

/// A part of a clip that is kept or lost as a whole: a fragment, or in a plain MP4 file the pictures from one sync sample to the next.
struct ClipUnit {
  std::string id;     ///< SHA-256 in hex over its number, decode time, sample sizes, durations and bytes: what it shows and where it belongs
  size_t frames = 0;  ///< pictures in it, all of them whole
};

/// A file on a card, as far as cards of a sweep are compared.
struct FileFacts {
  std::string path;
  uint64_t size = 0;
  std::string content;          ///< the same for files of the same bytes, different for others: SHA-256 in hex over its pieces that are not zeros
  bool is_clip = false;         ///< an MP4 file by its name or its bytes, with something else than zeros in it
  std::vector<ClipUnit> units;  ///< of a clip
  HashChain chain = HashChain::kNone;
  Problems problems;   ///< of a clip: its boxes, its hash chain, its decoding
  bool plays() const;  ///< a clip with at least one picture and nothing worse than a note in it
  size_t frames() const;
};

struct CardFacts {
  bool readable = false;
  Problems problems;             ///< of the volume
  std::vector<FileFacts> files;  ///< sorted by path
  const FileFacts* find(const std::string& path) const;
};

/// Decodes a clip and says what was wrong; to be remembered by content, since most cards of a sweep hold the same clips.
using ClipCheck = std::function<Problems(const ByteSource& clip, const Mp4Movie& movie, const std::string& content)>;

/// Reads all files of a card. `check` may be empty: then clips are parsed and their hashes followed, but not decoded.
CardFacts read_card_facts(const Volume& volume, const ClipCheck& check);

/// Decodes a clip with libavcodec: what ClipDecoder finds.
Problems decode_problems(const ByteSource& clip, const Mp4Movie& movie);

nlohmann::ordered_json to_json(const CardFacts& facts);
CardFacts card_facts_of(const nlohmann::ordered_json& json);

}  // namespace saksi::judge

#endif
