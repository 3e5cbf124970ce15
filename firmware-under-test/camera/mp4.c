#include "firmware-under-test/camera/mp4.h"

#include <string.h>

#include "firmware-under-test/camera/byte_writer.h"
#include "firmware-under-test/camera/bytes.h"

enum {
  kBoxHeader = 8,
  kTrackId = 1,
  kMdatHeader = SECTOR_BYTES - kBoxHeader,  // where in the moof sector
  kUndetermined = 0x55C4,                   // language "und"
  kSampleIsIdr = 0x02000000,                // depends on no other
  kSampleIsNotIdr = 0x02010000              // depends on no other, but is no sync sample
};

// The type of the box with the hash: UUID 6b64adb1-afba-58a6-abfe-cd0b926e08e8.
static const uint8_t hash_type[16] = {0x6B, 0x64, 0xAD, 0xB1, 0xAF, 0xBA, 0x58, 0xA6, 0xAB, 0xFE, 0xCD, 0x0B, 0x92, 0x6E, 0x08, 0xE8};

static void put_zeros(writer_t* w, uint32_t count) {
  while (count-- > 0) put8(w, 0);
}

// Opens a box; close_box fills in its size.
static uint32_t open_box(writer_t* w, const char* type) {
  uint32_t start = w->at;
  put32(w, 0);
  put_bytes(w, type, 4);
  return start;
}
static uint32_t open_full_box(writer_t* w, const char* type, uint32_t version_and_flags) {
  uint32_t start = open_box(w, type);
  put32(w, version_and_flags);
  return start;
}
static void close_box(writer_t* w, uint32_t start) { store_be32(w->out + start, w->at - start); }

static void put_matrix(writer_t* w) {
  static const uint32_t unity[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
  for (uint32_t i = 0; i < 9; ++i) put32(w, unity[i]);
}

static void put_ftyp(writer_t* w) {
  uint32_t box = open_box(w, "ftyp");
  put_bytes(w, "iso6", 4);
  put32(w, 0);
  put_bytes(w, "iso6isomavc1mp41", 16);
  close_box(w, box);
}

static void put_mvhd(writer_t* w) {
  uint32_t box = open_full_box(w, "mvhd", 0);
  put_zeros(w, 8);  // creation and modification time: no clock
  put32(w, MP4_TIMESCALE);
  put32(w, 0);        // duration: in the fragments
  put32(w, 0x10000);  // rate
  put16(w, 0x100);    // volume
  put_zeros(w, 10);
  put_matrix(w);
  put_zeros(w, 24);
  put32(w, kTrackId + 1);  // next track id
  close_box(w, box);
}

static void put_tkhd(writer_t* w, uint32_t width, uint32_t height) {
  uint32_t box = open_full_box(w, "tkhd", 7);  // enabled, in movie, in preview
  put_zeros(w, 8);
  put32(w, kTrackId);
  put_zeros(w, 4 + 4 + 8 + 2 + 2 + 2 + 2);  // reserved, duration, reserved, layer, group, volume, reserved
  put_matrix(w);
  put32(w, width << 16);
  put32(w, height << 16);
  close_box(w, box);
}

static void put_mdhd_hdlr(writer_t* w) {
  uint32_t box = open_full_box(w, "mdhd", 0);
  put_zeros(w, 8);
  put32(w, MP4_TIMESCALE);
  put32(w, 0);
  put16(w, kUndetermined);
  put16(w, 0);
  close_box(w, box);
  box = open_full_box(w, "hdlr", 0);
  put32(w, 0);
  put_bytes(w, "vide", 4);
  put_zeros(w, 12);
  put_bytes(w, "Saksi", 6);
  close_box(w, box);
}

static void put_avcc(writer_t* w, const parameter_sets_t* sets) {
  uint32_t box = open_box(w, "avcC");
  put8(w, 1);
  put_bytes(w, sets->sps + 1, 3);  // profile, constraints, level
  put8(w, 0xFF);                   // 4 bytes of NAL unit length
  put8(w, 0xE1);                   // one SPS
  put16(w, sets->sps_bytes);
  put_bytes(w, sets->sps, sets->sps_bytes);
  put8(w, 1);  // one PPS
  put16(w, sets->pps_bytes);
  put_bytes(w, sets->pps, sets->pps_bytes);
  close_box(w, box);
}

static void put_colour_and_aspect(writer_t* w) {
  uint32_t box = open_box(w, "colr");
  put_bytes(w, "nclx", 4);
  put16(w, 1);  // BT.709 primaries, transfer, matrix
  put16(w, 1);
  put16(w, 1);
  put8(w, 0);  // limited range
  close_box(w, box);
  box = open_box(w, "pasp");
  put32(w, 1);
  put32(w, 1);
  close_box(w, box);
}

static void put_stsd(writer_t* w, const parameter_sets_t* sets, uint32_t width, uint32_t height) {
  uint32_t box = open_full_box(w, "stsd", 0);
  put32(w, 1);
  uint32_t entry = open_box(w, "avc1");
  put_zeros(w, 6);
  put16(w, 1);  // data reference
  put_zeros(w, 16);
  put16(w, width);
  put16(w, height);
  put32(w, 0x480000);  // 72 dots per inch, as the standard wants
  put32(w, 0x480000);
  put32(w, 0);
  put16(w, 1);       // frames per sample
  put_zeros(w, 32);  // compressor name
  put16(w, 24);      // depth
  put16(w, 0xFFFF);
  put_avcc(w, sets);
  put_colour_and_aspect(w);
  close_box(w, entry);
  close_box(w, box);
}

// The sample table of a fragmented file has no samples.
static void put_stbl(writer_t* w, const parameter_sets_t* sets, uint32_t width, uint32_t height) {
  uint32_t box = open_box(w, "stbl");
  put_stsd(w, sets, width, height);
  static const char* const empty[] = {"stts", "stsc", "stco"};
  for (uint32_t i = 0; i < 3; ++i) {
    uint32_t table = open_full_box(w, empty[i], 0);
    put32(w, 0);
    close_box(w, table);
  }
  uint32_t sizes = open_full_box(w, "stsz", 0);
  put32(w, 0);
  put32(w, 0);
  close_box(w, sizes);
  close_box(w, box);
}

static void put_minf(writer_t* w, const parameter_sets_t* sets, uint32_t width, uint32_t height) {
  uint32_t minf = open_box(w, "minf");
  uint32_t box = open_full_box(w, "vmhd", 1);
  put_zeros(w, 8);
  close_box(w, box);
  uint32_t dinf = open_box(w, "dinf");
  uint32_t dref = open_full_box(w, "dref", 0);
  put32(w, 1);
  close_box(w, open_full_box(w, "url ", 1));  // the data is in this file
  close_box(w, dref);
  close_box(w, dinf);
  put_stbl(w, sets, width, height);
  close_box(w, minf);
}

static void put_mvex(writer_t* w) {
  uint32_t mvex = open_box(w, "mvex");
  uint32_t box = open_full_box(w, "trex", 0);
  put32(w, kTrackId);
  put32(w, 1);  // sample description
  put_zeros(w, 12);
  close_box(w, box);
  close_box(w, mvex);
}

// A free box of `bytes`, of which only the first `present` are written.
static void put_free(writer_t* w, uint32_t bytes, uint32_t present) {
  put32(w, bytes);
  put_bytes(w, "free", 4);
  put_zeros(w, present - kBoxHeader);
}

// Bytes to the next sector boundary, with room for the header of a box.
static uint32_t padding(uint32_t bytes) {
  uint32_t pad = (SECTOR_BYTES - bytes % SECTOR_BYTES) % SECTOR_BYTES;
  return pad == 0 || pad >= kBoxHeader ? pad : pad + SECTOR_BYTES;
}

uint32_t mp4_write_header(uint8_t* out, const parameter_sets_t* sets, uint32_t width, uint32_t height) {
  writer_t w = {out, 0};
  put_ftyp(&w);
  uint32_t moov = open_box(&w, "moov");
  put_mvhd(&w);
  uint32_t trak = open_box(&w, "trak");
  put_tkhd(&w, width, height);
  uint32_t mdia = open_box(&w, "mdia");
  put_mdhd_hdlr(&w);
  put_minf(&w, sets, width, height);
  close_box(&w, mdia);
  close_box(&w, trak);
  put_mvex(&w);
  close_box(&w, moov);
  uint32_t pad = padding(w.at);
  if (pad > 0) put_free(&w, pad, pad);
  return w.at;
}

void mp4_write_moof(uint8_t* sector, uint32_t sequence, uint64_t decode_time, const mp4_sample_t* samples, uint32_t count) {
  writer_t w = {sector, 0};
  uint32_t sample_bytes = 0;
  uint32_t moof = open_box(&w, "moof");
  uint32_t box = open_full_box(&w, "mfhd", 0);
  put32(&w, sequence);
  close_box(&w, box);
  uint32_t traf = open_box(&w, "traf");
  box = open_full_box(&w, "tfhd", 0x020000);  // offsets count from the moof
  put32(&w, kTrackId);
  close_box(&w, box);
  box = open_full_box(&w, "tfdt", 0x01000000);  // 64 bits
  put32(&w, (uint32_t)(decode_time >> 32));
  put32(&w, (uint32_t)decode_time);
  close_box(&w, box);
  box = open_full_box(&w, "trun", 0x701);  // data offset; duration, size and flags of each sample
  put32(&w, count);
  put32(&w, SECTOR_BYTES);
  for (uint32_t i = 0; i < count; ++i) {
    put32(&w, samples[i].duration);
    put32(&w, samples[i].bytes);
    put32(&w, samples[i].is_idr ? kSampleIsIdr : kSampleIsNotIdr);
    sample_bytes += samples[i].bytes;
  }
  close_box(&w, box);
  close_box(&w, traf);
  close_box(&w, moof);
  box = open_box(&w, "uuid");
  put_bytes(&w, hash_type, sizeof hash_type);
  put_zeros(&w, MP4_HASH_BYTES);
  close_box(&w, box);
  put_free(&w, kMdatHeader - w.at, kMdatHeader - w.at);
  put32(&w, kBoxHeader + sample_bytes);
  put_bytes(&w, "mdat", 4);
}

uint32_t mp4_moof_bytes(const uint8_t* sector) { return load_be32(sector); }

uint8_t* mp4_hash(uint8_t* sector) { return sector + mp4_moof_bytes(sector) + kBoxHeader + sizeof hash_type; }

void mp4_set_covered(uint8_t* sector, uint32_t pictures) { store_be32(sector + kMdatHeader - 4, pictures); }

uint32_t mp4_write_tail(uint8_t* out, uint32_t sample_bytes, uint32_t rest_bytes, uint32_t* own_bytes) {
  writer_t w = {out, 0};
  uint32_t pad = padding(sample_bytes);
  if (pad > 0) put_free(&w, pad, pad);
  *own_bytes = w.at;
  if (rest_bytes > 0) put_free(&w, rest_bytes, SECTOR_BYTES);
  return w.at;
}

void mp4_write_free(uint8_t* sector, uint32_t bytes) {
  writer_t w = {sector, 0};
  put_free(&w, bytes, SECTOR_BYTES);
}

uint32_t mp4_fragment_bytes(uint32_t sample_bytes) { return SECTOR_BYTES + sample_bytes + padding(sample_bytes); }
