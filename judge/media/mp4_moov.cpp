#include "judge/media/mp4_moov.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/media/mp4_box.h"

namespace saksi::judge {

namespace {

constexpr size_t kMaxSamples = 5'000'000;

/// Walks down through boxes that hold one child of each kind.
std::optional<Mp4Child> descend(const Mp4Child& box, std::initializer_list<const char*> path) {
  Mp4Child here = box;
  for (const char* type : path) {
    bool broken = false;
    const std::vector<Mp4Child> children = child_boxes(here.data, here.size, broken);
    const Mp4Child* child = find_child(children, type);
    if (child == nullptr) return std::nullopt;
    here = *child;
  }
  return here;
}

bool is_video(const Mp4Child& trak) {
  const std::optional<Mp4Child> handler = descend(trak, {"mdia", "hdlr"});
  if (!handler) return false;
  Mp4Cursor cursor = handler->cursor();
  cursor.skip(8);
  return cursor.u32() == 0x76696465;  // "vide"
}

/// avc1 or avc3 with its avcC, hvc1 or hev1 with its hvcC (ISO/IEC 14496-12, 12.1.3; 14496-15, 5.4.2 and 8.4.1).
bool parse_sample_description(const Mp4Child& stsd, Mp4Movie& movie) {
  if (stsd.size < 8) return false;
  bool broken = false;
  const std::vector<Mp4Child> entries = child_boxes(stsd.data + 8, stsd.size - 8, broken);
  for (const Mp4Child& entry : entries) {
    const bool h265 = entry.type == "hvc1" || entry.type == "hev1";
    if (entry.type != "avc1" && entry.type != "avc3" && !h265) continue;
    constexpr size_t kVisualEntryBytes = 78;
    if (entry.size < kVisualEntryBytes) return false;
    Mp4Cursor cursor = entry.cursor();
    cursor.skip(24);
    movie.width = cursor.u16();
    movie.height = cursor.u16();
    const std::vector<Mp4Child> children = child_boxes(entry.data + kVisualEntryBytes, entry.size - kVisualEntryBytes, broken);
    const Mp4Child* config = find_child(children, h265 ? "hvcC" : "avcC");
    if (config == nullptr || config->size < (h265 ? 23u : 7u)) return false;
    movie.codec = h265 ? VideoCodec::kH265 : VideoCodec::kH264;
    movie.avcc.assign(config->data, config->data + config->size);
    return true;
  }
  return false;
}

uint32_t track_id_of(const Mp4Child& trak) {
  const std::optional<Mp4Child> tkhd = descend(trak, {"tkhd"});
  if (!tkhd) return 0;
  Mp4Cursor cursor = tkhd->cursor();
  const bool long_times = cursor.u32() >> 24 == 1;
  cursor.skip(long_times ? 16 : 8);
  return cursor.u32();
}

/// What mvhd and mdhd begin with.
struct Clock {
  uint32_t timescale = 0;
  uint64_t duration = 0;  ///< 0 if unknown
  uint64_t created = 0;   ///< seconds since 1904 UTC; 0 if unknown
};

Clock clock_of(const Mp4Child& header) {
  Mp4Cursor cursor = header.cursor();
  const bool long_times = cursor.u32() >> 24 == 1;
  Clock clock;
  clock.created = long_times ? cursor.u64() : cursor.u32();
  cursor.skip(long_times ? 8 : 4);  // when it was changed last
  clock.timescale = cursor.u32();
  clock.duration = long_times ? cursor.u64() : cursor.u32();
  if (clock.duration >= (long_times ? UINT64_MAX >> 2 : uint64_t{UINT32_MAX})) clock.duration = 0;
  return clock;
}

std::vector<Mp4Edit> edits_of(const Mp4Child& elst) {
  Mp4Cursor cursor = elst.cursor();
  const bool wide = cursor.u32() >> 24 == 1;
  const size_t rows = std::min<size_t>(cursor.u32(), cursor.left() / (wide ? 20 : 12));
  std::vector<Mp4Edit> edits;
  for (size_t i = 0; i < rows; ++i) {
    Mp4Edit edit{};
    edit.duration = wide ? cursor.u64() : cursor.u32();
    edit.media_time = wide ? static_cast<int64_t>(cursor.u64()) : static_cast<int32_t>(cursor.u32());
    cursor.skip(4);
    edits.push_back(edit);
  }
  return edits;
}

/// One of the sample tables: a count and rows of fixed size. Rows that the box does not hold are not counted.
struct Table {
  Mp4Cursor cursor{nullptr, 0};
  size_t rows = 0;
};

Table table_of(const std::vector<Mp4Child>& stbl, const char* type, size_t row_bytes) {
  Table table;
  const Mp4Child* box = find_child(stbl, type);
  if (box == nullptr) return table;
  table.cursor = box->cursor();
  table.cursor.skip(4);
  table.rows = std::min<size_t>(table.cursor.u32(), table.cursor.left() / row_bytes);
  return table;
}

std::vector<uint32_t> sample_sizes(const std::vector<Mp4Child>& stbl) {
  std::vector<uint32_t> sizes;
  const Mp4Child* stsz = find_child(stbl, "stsz");
  if (stsz == nullptr) return sizes;
  Mp4Cursor cursor = stsz->cursor();
  cursor.skip(4);
  const uint32_t common = cursor.u32();
  const size_t count = cursor.u32();
  if (common != 0) {
    sizes.assign(std::min(count, kMaxSamples), common);
    return sizes;
  }
  const size_t rows = std::min({count, cursor.left() / 4, kMaxSamples});
  for (size_t i = 0; i < rows; ++i) sizes.push_back(cursor.u32());
  return sizes;
}

std::vector<uint64_t> chunk_offsets(const std::vector<Mp4Child>& stbl) {
  std::vector<uint64_t> offsets;
  Table narrow = table_of(stbl, "stco", 4);
  for (size_t i = 0; i < narrow.rows; ++i) offsets.push_back(narrow.cursor.u32());
  Table wide = table_of(stbl, "co64", 8);
  for (size_t i = 0; i < wide.rows; ++i) offsets.push_back(wide.cursor.u64());
  return offsets;
}

/// Offsets of all samples, by sample-to-chunk rows (14496-12, 8.7.4).
void place_samples(const std::vector<Mp4Child>& stbl, const std::vector<uint32_t>& sizes, std::vector<Mp4Sample>& samples) {
  const std::vector<uint64_t> chunks = chunk_offsets(stbl);
  Table rows = table_of(stbl, "stsc", 12);
  size_t chunk = 0;
  uint32_t per_chunk = 0;
  uint64_t next_first = 0;
  for (size_t row = 0; row <= rows.rows && samples.size() < sizes.size(); ++row) {
    const bool last = row == rows.rows;
    uint32_t following = 0;
    if (!last) {
      next_first = rows.cursor.u32();
      following = rows.cursor.u32();
      rows.cursor.skip(4);
    }
    const size_t until = last ? chunks.size() : static_cast<size_t>(std::min<uint64_t>(next_first == 0 ? 0 : next_first - 1, chunks.size()));
    for (; chunk < until; ++chunk) {
      uint64_t offset = chunks[chunk];
      for (uint32_t i = 0; i < per_chunk && samples.size() < sizes.size(); ++i) {
        const uint32_t size = sizes[samples.size()];
        samples.push_back({offset, size, 0, 0, 0, false, 0});
        offset += size;
      }
    }
    per_chunk = following;
  }
}

void time_samples(const std::vector<Mp4Child>& stbl, std::vector<Mp4Sample>& samples) {
  Table decode = table_of(stbl, "stts", 8);
  int64_t dts = 0;
  size_t at = 0;
  for (size_t row = 0; row < decode.rows; ++row) {
    const uint32_t count = decode.cursor.u32();
    const uint32_t delta = decode.cursor.u32();
    for (uint32_t i = 0; i < count && at < samples.size(); ++i, ++at) {
      samples[at].dts = samples[at].pts = dts;
      samples[at].duration = delta;
      dts += delta;
    }
  }
  for (; at < samples.size(); ++at) samples[at].dts = samples[at].pts = dts;
  Table composition = table_of(stbl, "ctts", 8);
  at = 0;
  for (size_t row = 0; row < composition.rows; ++row) {
    const uint32_t count = composition.cursor.u32();
    const int32_t offset = static_cast<int32_t>(composition.cursor.u32());
    for (uint32_t i = 0; i < count && at < samples.size(); ++i, ++at) samples[at].pts += offset;
  }
}

void mark_sync_samples(const std::vector<Mp4Child>& stbl, std::vector<Mp4Sample>& samples) {
  const bool all = find_child(stbl, "stss") == nullptr;
  for (Mp4Sample& sample : samples) sample.sync = all;
  Table sync = table_of(stbl, "stss", 4);
  for (size_t i = 0; i < sync.rows; ++i) {
    const uint32_t number = sync.cursor.u32();
    if (number >= 1 && number <= samples.size()) samples[number - 1].sync = true;
  }
}

void parse_sample_tables(const Mp4Child& stbl_box, uint64_t file_size, Mp4Movie& movie, ProblemList& problems) {
  bool broken = false;
  const std::vector<Mp4Child> stbl = child_boxes(stbl_box.data, stbl_box.size, broken);
  const std::vector<uint32_t> sizes = sample_sizes(stbl);
  std::vector<Mp4Sample> samples;
  place_samples(stbl, sizes, samples);
  time_samples(stbl, samples);
  mark_sync_samples(stbl, samples);
  if (broken || samples.size() < sizes.size()) problems.add(Severity::kDamage, "bad-box", "The sample tables do not fit together.");
  size_t outside = 0;
  for (const Mp4Sample& sample : samples) {
    if (sample.offset > file_size || sample.size > file_size - sample.offset) {
      ++outside;
      continue;
    }
    movie.samples.push_back(sample);
    movie.media_end = std::max(movie.media_end, sample.offset + sample.size);
  }
  if (outside > 0)
    problems.add(Severity::kTorn, "truncated", fmt::format("{} of {} pictures lie behind the end of the file.", outside, samples.size()));
}

bool parse_track(const Mp4Child& trak, uint64_t file_size, Mp4Movie& movie, ProblemList& problems) {
  const std::optional<Mp4Child> stbl = descend(trak, {"mdia", "minf", "stbl"});
  const std::optional<Mp4Child> stsd = stbl ? descend(*stbl, {"stsd"}) : std::nullopt;
  if (!stsd || !parse_sample_description(*stsd, movie)) return false;
  movie.track_id = track_id_of(trak);
  const std::optional<Mp4Child> mdhd = descend(trak, {"mdia", "mdhd"});
  const Clock clock = mdhd ? clock_of(*mdhd) : Clock{};
  movie.timescale = clock.timescale;
  movie.media_duration = clock.duration;
  if (movie.timescale == 0) return false;
  movie.has_movie = true;
  if (const std::optional<Mp4Child> elst = descend(trak, {"edts", "elst"})) {
    movie.edit_list = true;
    movie.edits = edits_of(*elst);
    problems.add(Severity::kNote, "edit-list", "The track has an edit list; times are those before it.");
  }
  parse_sample_tables(*stbl, file_size, movie, problems);
  return true;
}

Mp4TrackDefaults track_defaults(const std::vector<Mp4Child>& moov, uint32_t track_id) {
  Mp4TrackDefaults defaults;
  const Mp4Child* mvex = find_child(moov, "mvex");
  if (mvex == nullptr) return defaults;
  bool broken = false;
  for (const Mp4Child& trex : child_boxes(mvex->data, mvex->size, broken)) {
    if (trex.type != "trex") continue;
    Mp4Cursor cursor = trex.cursor();
    cursor.skip(4);
    if (cursor.u32() != track_id) continue;
    cursor.skip(4);
    defaults.duration = cursor.u32();
    defaults.size = cursor.u32();
    defaults.flags = cursor.u32();
  }
  return defaults;
}

}  // namespace

Mp4TrackDefaults parse_moov(const std::vector<uint8_t>& payload, uint64_t file_size, Mp4Movie& movie, ProblemList& problems) {
  bool broken = false;
  const std::vector<Mp4Child> moov = child_boxes(payload.data(), payload.size(), broken);
  if (broken) problems.add(Severity::kDamage, "bad-box", "A box inside the moov cannot be right.");
  if (const Mp4Child* mvhd = find_child(moov, "mvhd")) {
    const Clock clock = clock_of(*mvhd);
    movie.movie_timescale = clock.timescale;
    movie.movie_duration = clock.duration;
    constexpr uint64_t kFrom1904 = 2'082'844'800, kYear10000 = 253'402'300'800;
    if (clock.created > kFrom1904 && clock.created < kFrom1904 + kYear10000) movie.created_s = static_cast<int64_t>(clock.created - kFrom1904);
  }
  bool video_seen = false;
  for (const Mp4Child& trak : moov) {
    if (trak.type != "trak") continue;
    if (movie.has_movie) {
      problems.add(Severity::kNote, "other-track", "There is another track, which is not judged.");
    } else if (is_video(trak)) {
      video_seen = true;
      parse_track(trak, file_size, movie, problems);
    }
  }
  if (!movie.has_movie) {
    problems.add(Severity::kDamage, "unsupported",
                 video_seen ? "The video track is neither H.264 nor H.265, or its description is damaged." : "The moov holds no video track.");
  }
  movie.fragmented = find_child(moov, "mvex") != nullptr;
  return track_defaults(moov, movie.track_id);
}

}  // namespace saksi::judge
