#include "judge/media/mp4.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "judge/media/mp4_box.h"
#include "judge/media/mp4_fragment.h"
#include "judge/media/mp4_moov.h"
#include "judge/media/mp4_whole.h"

namespace saksi::judge {

namespace {

constexpr uint64_t kMaxMoovBytes = 64 * 1024 * 1024;
constexpr uint64_t kMaxMoofBytes = 16 * 1024 * 1024;
constexpr size_t kWindow = 64 * 1024;

bool is_known_box(const std::string& type) {
  for (const char* known : {"ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx", "ssix", "mfra", "uuid", "meta", "pdin", "emsg", "prft", "udta"}) {
    if (type == known) return true;
  }
  return false;
}

/// A moof with its mfhd right behind the head, as all writers put it.
bool is_moof_at(const ByteSource& source, uint64_t offset) {
  uint8_t bytes[16];
  return source.read_exactly(offset, bytes, sizeof bytes) && std::memcmp(bytes + 4, "moof", 4) == 0 && std::memcmp(bytes + 12, "mfhd", 4) == 0 &&
         be32(bytes) >= 24 && be32(bytes) <= kMaxMoofBytes && be32(bytes + 8) == 16;
}

/// The offset of the next moof at or after `from`; the file's size if there is none.
uint64_t find_moof(const ByteSource& source, uint64_t from) {
  std::vector<uint8_t> window(kWindow + 8);
  for (uint64_t at = from; at < source.size(); at += kWindow) {
    const size_t got = source.read(at, window.data(), window.size());
    if (got < 8) break;
    const uint8_t* here = window.data() + 4;
    const uint8_t* end = window.data() + got - 3;
    while (here < end && (here = static_cast<const uint8_t*>(std::memchr(here, 'm', static_cast<size_t>(end - here)))) != nullptr) {
      const uint64_t offset = at + static_cast<uint64_t>(here - window.data()) - 4;
      if (std::memcmp(here, "moof", 4) == 0 && is_moof_at(source, offset)) return offset;
      ++here;
    }
  }
  return source.size();
}

/// The offset of the first byte that is not 0, at or after `from`; the file's size if there is none.
uint64_t find_non_zero(const ByteSource& source, uint64_t from) {
  std::vector<uint8_t> window(kWindow);
  uint64_t at = from;
  while (const size_t got = source.read(at, window.data(), window.size())) {
    const auto end = window.begin() + static_cast<ptrdiff_t>(got);
    const auto found = std::find_if(window.begin(), end, [](uint8_t byte) { return byte != 0; });
    if (found != end) return at + static_cast<uint64_t>(found - window.begin());
    at += got;
  }
  return source.size();
}

std::vector<uint8_t> read_payload(const ByteSource& source, const Mp4BoxHeader& box) {
  std::vector<uint8_t> payload(static_cast<size_t>(box.size - box.header_bytes));
  payload.resize(source.read(box.payload(), payload.data(), payload.size()));
  return payload;
}

/// Walks over the boxes of a file from its beginning to its end.
class Mp4Parser {
 public:
  Mp4Parser(const ByteSource& source, bool take_leftovers) : source_(source), size_(source.size()), take_leftovers_(take_leftovers) {}

  Mp4Movie parse() {
    uint64_t at = 0;
    while (at < size_) at = step(at);
    if (find_non_zero(source_, 0) == size_) {
      problems_.add(Severity::kTorn, "empty", "The file holds nothing but zeros.");
    } else if (!moov_seen_) {
      problems_.add(Severity::kDamage, "no-movie", "There is no moov: nothing says how to decode the file.");
    }
    movie_.problems = problems_.take();
    return std::move(movie_);
  }

 private:
  /// Deals with the box at `at` and returns where to go on.
  uint64_t step(uint64_t at) {
    const std::optional<Mp4BoxHeader> box = read_box_header(source_, at);
    if (!box) return no_box(at);
    if (box->type == "mdat") return media_data(*box);
    if (box->size > size_ - at) return box_too_long(*box);
    if (box->type == "moov") {
      movie_box(*box);
    } else if (box->type == "moof") {
      return movie_fragment(*box);
    } else if (!is_known_box(box->type)) {
      return unknown_box(*box);
    }
    return box->end();
  }

  uint64_t no_box(uint64_t at) {
    const uint64_t non_zero = find_non_zero(source_, at);
    if (non_zero == size_) {
      problems_.add(Severity::kNote, "zero-tail", fmt::format("The last {} bytes are zero.", size_ - at));
      return size_;
    }
    if (size_ - at < 8) {
      problems_.add(Severity::kTorn, "truncated", fmt::format("The last {} bytes are too few for a box.", size_ - at));
      return size_;
    }
    return resync(at, fmt::format("At byte {} there is no box", at));
  }

  uint64_t box_too_long(const Mp4BoxHeader& box) {
    const uint64_t next = find_moof(source_, box.payload());
    if (next == size_) {
      problems_.add(Severity::kTorn, "truncated", fmt::format("The {} at byte {} says {} bytes, but the file ends after {}.", box.type, box.offset, box.size, size_ - box.offset));
      return size_;
    }
    problems_.add(Severity::kDamage, "bad-box", fmt::format("The {} at byte {} says {} bytes, which is more than the file has.", box.type, box.offset, box.size));
    return next;
  }

  uint64_t unknown_box(const Mp4BoxHeader& box) {
    if (box.end() == size_ || read_box_header(source_, box.end())) {
      problems_.add(Severity::kNote, "unknown-box", fmt::format("The box '{}' at byte {} was skipped.", box.type, box.offset));
      return box.end();
    }
    return resync(box.offset, fmt::format("The box '{}' at byte {} cannot be right", box.type, box.offset));
  }

  uint64_t resync(uint64_t at, const std::string& why) {
    const uint64_t next = find_moof(source_, at + 1);
    problems_.add(Severity::kDamage, "lost-bytes", fmt::format("{}; {} bytes were skipped{}.", why, next - at, next == size_ ? ", up to the end" : ", up to the next fragment"));
    return next;
  }

  void movie_box(const Mp4BoxHeader& box) {
    if (moov_seen_) {
      problems_.add(Severity::kNote, "unknown-box", fmt::format("There is a second moov at byte {}, which was skipped.", box.offset));
      return;
    }
    if (box.size > kMaxMoovBytes) {
      problems_.add(Severity::kDamage, "bad-box", fmt::format("The moov at byte {} says {} bytes, which cannot be right.", box.offset, box.size));
      return;
    }
    moov_seen_ = true;
    defaults_ = parse_moov(read_payload(source_, box), size_, movie_, problems_);
    for (const Mp4BoxHeader& fragment : held_back_) take_fragment(fragment);
    held_back_.clear();
  }

  uint64_t movie_fragment(const Mp4BoxHeader& box) {
    if (box.size > kMaxMoofBytes || box.to_end) return resync(box.offset, fmt::format("The moof at byte {} cannot be right", box.offset));
    if (!moov_seen_) {
      // The moov may stand behind the fragments.
      if (held_back_.size() < kMaxHeldBack) held_back_.push_back(box);
      data_end_ = box.end();
      return box.end();
    }
    take_fragment(box);
    return box.end();
  }

  void take_fragment(const Mp4BoxHeader& box) {
    if (!movie_.has_movie) return;
    const std::optional<Mp4ParsedFragment> fragment = parse_moof(read_payload(source_, box), box.offset, size_, movie_.track_id, defaults_);
    if (!fragment) {
      problems_.add(Severity::kDamage, "bad-fragment", fmt::format("The moof at byte {} is damaged; its pictures are lost.", box.offset));
      return;
    }
    data_end_ = std::max(fragment->data_end, box.end());
    if (!follows(box, *fragment)) return;
    append(box, *fragment);
  }

  /// Checks a fragment against the one before; false if it is a leftover.
  bool follows(const Mp4BoxHeader& box, const Mp4ParsedFragment& fragment) {
    if (movie_.fragments.empty()) return true;
    const uint32_t before = movie_.fragments.back().sequence;
    const int64_t time = fragment.decode_time.value_or(next_time_);
    if (fragment.sequence <= before && time < next_time_) {
      problems_.add(Severity::kTorn, "stale-fragment",
                    fmt::format("The moof at byte {} (number {} after {}) is left over from older data and was not taken.", box.offset, fragment.sequence, before));
      return take_leftovers_;
    }
    if (fragment.sequence != before + 1) {
      problems_.add(Severity::kDamage, "sequence-gap", fmt::format("The moof at byte {} has number {} after {}.", box.offset, fragment.sequence, before));
    }
    if (time != next_time_) {
      problems_.add(Severity::kDamage, "time-gap", fmt::format("The moof at byte {} begins at {:.3f} s where {:.3f} s was due.", box.offset, movie_.seconds(time), movie_.seconds(next_time_)));
    }
    return true;
  }

  void append(const Mp4BoxHeader& box, const Mp4ParsedFragment& fragment) {
    const int64_t start = fragment.decode_time.value_or(next_time_);
    const size_t first = movie_.samples.size();
    for (Mp4Sample sample : fragment.samples) {
      if (sample.offset > size_ || sample.size > size_ - sample.offset) {
        problems_.add(sample.offset < box.offset ? Severity::kDamage : Severity::kTorn, sample.offset < box.offset ? "sample-outside" : "truncated",
                      fmt::format("The fragment at byte {} has pictures that lie outside the file.", box.offset));
        break;
      }
      sample.dts += start;
      sample.pts += start;
      sample.fragment = static_cast<uint32_t>(movie_.fragments.size());
      movie_.media_end = std::max(movie_.media_end, sample.offset + sample.size);
      movie_.samples.push_back(sample);
    }
    movie_.fragmented = true;
    movie_.fragments.push_back({box.offset, fragment.sequence, start, first, movie_.samples.size() - first});
    next_time_ = start + fragment.duration;
  }

  /// An mdat's size may be wrong, or not yet written: what counts is whether a box follows where it ends.
  uint64_t media_data(const Mp4BoxHeader& box) {
    const uint64_t room = size_ - box.offset;
    if (box.size <= room && !box.to_end && (box.size == room || read_box_header(source_, box.end()) || find_non_zero(source_, box.end()) == size_)) return box.end();
    const uint64_t next = find_moof(source_, std::max(box.payload(), std::min(data_end_, size_)));
    if (next < size_) {
      problems_.add(Severity::kDamage, "bad-box", fmt::format("The mdat at byte {} does not end where a box begins.", box.offset));
      return next;
    }
    if (box.size > room) {
      problems_.add(Severity::kTorn, "truncated", fmt::format("The mdat at byte {} says {} bytes, but the file ends after {}.", box.offset, box.size, room));
      // A moov may stand behind an mdat whose size was never filled in, but not behind the end of the file.
      return size_;
    }
    return box.end() == size_ ? size_ : resync(box.end(), fmt::format("At byte {} there is no box", box.end()));
  }

  static constexpr size_t kMaxHeldBack = 100'000;

  const ByteSource& source_;
  uint64_t size_;
  bool take_leftovers_;
  Mp4Movie movie_;
  ProblemList problems_;
  Mp4TrackDefaults defaults_;
  bool moov_seen_ = false;
  std::vector<Mp4BoxHeader> held_back_;
  uint64_t data_end_ = 0;
  int64_t next_time_ = 0;
};

}  // namespace

size_t Mp4Movie::nal_length_bytes() const {
  const size_t at = codec == VideoCodec::kH265 ? 21 : 4;
  return avcc.size() > at ? (avcc[at] & 3u) + 1 : 4;
}

bool begins_like_mp4(const ByteSource& source) {
  const std::optional<Mp4BoxHeader> first = read_box_header(source, 0);
  return first && is_known_box(first->type);
}

bool looks_like_mp4(const ByteSource& source) {
  if (begins_like_mp4(source)) return true;
  constexpr uint64_t kSearched = 1024 * 1024;
  for (uint64_t at = 0; at < std::min(source.size(), kSearched); at += 512) {
    if (is_moof_at(source, at)) return true;
  }
  return false;
}

Mp4Movie parse_mp4(const ByteSource& source) { return Mp4Parser(source, false).parse(); }

Mp4Movie parse_mp4_whole(const ByteSource& source) { return Mp4Parser(source, true).parse(); }

}  // namespace saksi::judge
