// Fragmented MP4 (ISO/IEC 14496-12, -15) laid out for a card whose sectors are atomic.
//
//   sectors 0..    ftyp, moov, free: the header, padded to whole sectors
//   fragment       one sector: moof, the hash chain's box, free, the 8 header bytes of mdat; then the samples; then a free box up to the next
//                  sector
//   ...
//   last           a free box over the rest of the file, until the file is closed and cut there
//
// A moof is never split by a cut, because it lies in one sector. A fragment is written back to front: samples and the free box
// behind them first, its moof sector last. Until that sector is there, the free box that it replaces still covers all of it, so the
// file is a valid shorter clip at every moment, and what the clusters held before is never read as video.
//
// The hash chain tells later whether a clip is still what the camera wrote: in each fragment stands SHA-256 of the hash before it, the moof and the
// samples; before the first stands the hash of the header (docs/formats/hash-chain.md).
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_MP4_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_MP4_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/parameter_sets.h"
#include "firmware-under-test/drivers/block_device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MP4_TIMESCALE = 10000000,     // the clock's ticks: times in the file are exact
  MP4_HEADER_BYTES_MAX = 1536,  // three sectors
  MP4_SAMPLES_MAX = 29,         // in a fragment, so that its moof and the hash fit in one sector
  MP4_HASH_BYTES = 32,
  MP4_TAIL_BYTES_MAX = 3 * SECTOR_BYTES
};

typedef struct {
  uint32_t duration;  // ticks
  uint32_t bytes;
  bool is_idr;
} mp4_sample_t;

// Writes the header; returns its length, a multiple of SECTOR_BYTES.
uint32_t mp4_write_header(uint8_t* out, const parameter_sets_t* sets, uint32_t width, uint32_t height);

// Writes the moof sector of a fragment. `sequence` counts from 1, `decode_time` is that of the first sample.
void mp4_write_moof(uint8_t* sector, uint32_t sequence, uint64_t decode_time, const mp4_sample_t* samples, uint32_t count);

// Of a moof sector: how long its moof is, which is what is hashed of it, and where its hash goes.
uint32_t mp4_moof_bytes(const uint8_t* sector);
uint8_t* mp4_hash(uint8_t* sector);

// Notes in a moof sector, in the free box behind the hash, how many of the clip's pictures are covered by signatures up to and with the fragment:
// for recovery, which says what a power cut left unsigned. Nothing vouches for it.
void mp4_set_covered(uint8_t* sector, uint32_t pictures);

// Writes what follows the samples: the free box up to the next sector and, if `rest_bytes` (a multiple of SECTOR_BYTES) remain in
// the file after the fragment, the sector with the free box over them. Returns its length; the fragment's own share of it, which
// ends on a sector boundary, goes to `own_bytes`.
uint32_t mp4_write_tail(uint8_t* out, uint32_t sample_bytes, uint32_t rest_bytes, uint32_t* own_bytes);

// The same free box alone: behind the header of a clip that has no fragment yet.
void mp4_write_free(uint8_t* sector, uint32_t bytes);

// Bytes of a fragment with its moof sector and padding.
uint32_t mp4_fragment_bytes(uint32_t sample_bytes);

// --- Reading back, for recovery.

typedef struct {
  uint32_t end;  // offset behind the last whole fragment
  uint32_t fragments;
  uint32_t samples;
  uint32_t covered;  // samples that signatures cover, as the last whole fragment notes
  bool is_closed;    // the file ends there
} mp4_extent_t;

// Walks a clip of `bytes` bytes that this camera wrote, by its boxes. False if it has no header or cannot be read.
typedef bool (*mp4_reader_t)(void* context, uint32_t offset, void* sector);
bool mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent);

#ifdef __cplusplus
}
#endif

#endif
