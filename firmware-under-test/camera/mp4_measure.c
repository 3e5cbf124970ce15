#include <string.h>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/mp4.h"

// Where mp4_write_moof puts things.
enum { kBoxHeader = 8, kSequence = 20, kTrun = 68, kCount = kTrun + 12, kSamples = kTrun + 20, kSampleBytes = 12 };

static bool is_box(const uint8_t* box, const char* type) { return memcmp(box + 4, type, 4) == 0; }

// Checks a moof sector as mp4_write_moof lays it out and sums up its samples. False if anything is not as written there.
static bool parse_fragment(const uint8_t* sector, uint32_t sequence, uint32_t* samples, uint32_t* sample_bytes) {
  uint32_t moof_bytes = load_be32(sector);
  if (!is_box(sector, "moof") || moof_bytes > SECTOR_BYTES - 2 * kBoxHeader || moof_bytes < kSamples) return false;
  if (load_be32(sector + kSequence) != sequence || !is_box(sector + kTrun, "trun")) return false;
  uint32_t count = load_be32(sector + kCount);
  if (count == 0 || count > MP4_SAMPLES_MAX || moof_bytes != kSamples + count * kSampleBytes) return false;
  *samples = count;
  *sample_bytes = 0;
  for (uint32_t i = 0; i < count; ++i) *sample_bytes += load_be32(sector + kSamples + i * kSampleBytes + 4);
  const uint8_t* mdat = sector + SECTOR_BYTES - kBoxHeader;
  return is_box(mdat, "mdat") && load_be32(mdat) == kBoxHeader + *sample_bytes;
}

// The header: ftyp and moov, and a free box up to the first fragment. Returns where that ends, 0 if it is not such a header.
static uint32_t header_end(mp4_reader_t read, void* context, uint32_t bytes, uint8_t* sector) {
  uint32_t offset = 0;
  if (!read(context, 0, sector) || !is_box(sector, "ftyp")) return 0;
  uint32_t ftyp_bytes = load_be32(sector);
  if (ftyp_bytes > SECTOR_BYTES / 2 || !is_box(sector + ftyp_bytes, "moov")) return 0;
  offset = ftyp_bytes + load_be32(sector + ftyp_bytes);
  if (offset > MP4_HEADER_BYTES_MAX || offset < ftyp_bytes) return 0;
  uint32_t end = (offset + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  if (end != offset && end - offset < kBoxHeader) end += SECTOR_BYTES;
  return end <= bytes ? end : 0;
}

bool mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent) {
  static uint32_t words[SECTOR_BYTES / 4];
  uint8_t* sector = (uint8_t*)words;
  memset(extent, 0, sizeof *extent);
  extent->end = header_end(read, context, bytes, sector);
  if (extent->end == 0) return false;
  while (extent->end < bytes) {
    uint32_t samples, sample_bytes;
    if (!read(context, extent->end, sector)) return false;
    if (!parse_fragment(sector, extent->fragments + 1, &samples, &sample_bytes)) break;
    uint32_t left = bytes - extent->end;
    if (sample_bytes > left || mp4_fragment_bytes(sample_bytes) > left) break;
    extent->end += mp4_fragment_bytes(sample_bytes);
    extent->samples += samples;
    extent->covered = load_be32(sector + SECTOR_BYTES - kBoxHeader - 4);
    ++extent->fragments;
  }
  if (extent->covered > extent->samples) extent->covered = 0;
  extent->is_closed = extent->end == bytes;
  return true;
}
