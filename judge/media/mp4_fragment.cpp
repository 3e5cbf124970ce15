#include "judge/media/mp4_fragment.h"

#include <algorithm>

#include "judge/media/mp4_box.h"

namespace saksi::judge {

namespace {

constexpr uint32_t kSampleIsNonSync = 0x00010000;
constexpr size_t kMaxSamplesInFragment = 1'000'000;

/// Track fragment header with the defaults filled in.
struct TrackHeader {
  uint32_t track_id = 0;
  uint64_t base = 0;
  Mp4TrackDefaults defaults;
};

TrackHeader parse_tfhd(const Mp4Child& tfhd, uint64_t moof_offset, const Mp4TrackDefaults& defaults) {
  TrackHeader header;
  header.base = moof_offset;
  header.defaults = defaults;
  Mp4Cursor cursor = tfhd.cursor();
  const uint32_t flags = cursor.u32() & 0xFFFFFF;
  header.track_id = cursor.u32();
  if (flags & 0x01) header.base = cursor.u64();
  if (flags & 0x02) cursor.skip(4);
  if (flags & 0x08) header.defaults.duration = cursor.u32();
  if (flags & 0x10) header.defaults.size = cursor.u32();
  if (flags & 0x20) header.defaults.flags = cursor.u32();
  return header;
}

/// Adds the samples of one trun. False if the box is too short for what it announces.
bool add_run(const Mp4Child& trun, const TrackHeader& header, uint64_t file_size, Mp4ParsedFragment& fragment) {
  Mp4Cursor cursor = trun.cursor();
  const uint32_t version_and_flags = cursor.u32();
  const uint32_t flags = version_and_flags & 0xFFFFFF;
  const size_t count = cursor.u32();
  uint64_t offset = fragment.data_end != 0 ? fragment.data_end : header.base;
  if (flags & 0x01) offset = header.base + static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(cursor.u32())));
  const bool own_first_flags = (flags & 0x04) != 0;
  const uint32_t first_flags = own_first_flags ? cursor.u32() : 0;
  const size_t row_bytes = 4 * (((flags >> 8) & 1) + ((flags >> 9) & 1) + ((flags >> 10) & 1) + ((flags >> 11) & 1));
  if (cursor.overrun() || cursor.left() < row_bytes * count || fragment.samples.size() + count > kMaxSamplesInFragment) return false;
  for (size_t i = 0; i < count; ++i) {
    Mp4Sample sample{};
    sample.duration = (flags & 0x100) ? cursor.u32() : header.defaults.duration;
    sample.size = (flags & 0x200) ? cursor.u32() : header.defaults.size;
    const uint32_t own_flags = (flags & 0x400) ? cursor.u32() : header.defaults.flags;
    const uint32_t sample_flags = i == 0 && own_first_flags ? first_flags : own_flags;
    const int64_t composition = (flags & 0x800) ? static_cast<int64_t>(static_cast<int32_t>(cursor.u32())) : 0;
    sample.sync = (sample_flags & kSampleIsNonSync) == 0;
    sample.offset = offset;
    sample.dts = fragment.duration;
    sample.pts = fragment.duration + composition;
    fragment.samples.push_back(sample);
    fragment.duration += sample.duration;
    fragment.data_end = offset += sample.size;
    if (offset > file_size) return true;
  }
  return true;
}

bool parse_traf(const Mp4Child& traf, uint64_t moof_offset, uint64_t file_size, uint32_t track_id, const Mp4TrackDefaults& defaults, Mp4ParsedFragment& fragment) {
  bool broken = false;
  const std::vector<Mp4Child> children = child_boxes(traf.data, traf.size, broken);
  const Mp4Child* tfhd = find_child(children, "tfhd");
  if (broken || tfhd == nullptr) return false;
  const TrackHeader header = parse_tfhd(*tfhd, moof_offset, defaults);
  if (header.track_id != track_id) return true;
  for (const Mp4Child& child : children) {
    if (child.type == "tfdt") {
      Mp4Cursor cursor = child.cursor();
      const bool wide = cursor.u32() >> 24 == 1;
      const uint64_t time = wide ? cursor.u64() : cursor.u32();
      if (cursor.overrun() || time > (uint64_t{1} << 60)) return false;
      fragment.decode_time = static_cast<int64_t>(time);
    } else if (child.type == "trun" && !add_run(child, header, file_size, fragment)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Mp4ParsedFragment> parse_moof(const std::vector<uint8_t>& payload, uint64_t moof_offset, uint64_t file_size, uint32_t track_id,
                                            const Mp4TrackDefaults& defaults) {
  bool broken = false;
  const std::vector<Mp4Child> children = child_boxes(payload.data(), payload.size(), broken);
  const Mp4Child* mfhd = find_child(children, "mfhd");
  if (broken || mfhd == nullptr) return std::nullopt;
  Mp4ParsedFragment fragment;
  Mp4Cursor cursor = mfhd->cursor();
  cursor.skip(4);
  fragment.sequence = cursor.u32();
  if (cursor.overrun()) return std::nullopt;
  for (const Mp4Child& child : children) {
    if (child.type == "traf" && !parse_traf(child, moof_offset, file_size, track_id, defaults, fragment)) return std::nullopt;
  }
  return fragment;
}

}  // namespace saksi::judge
