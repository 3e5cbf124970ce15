// The pre-event ring: coded pictures in memory, oldest first, always starting at an IDR picture.
//
// While nothing is being recorded, whole GOPs are dropped from the old end as soon as what remains still covers the pre-event time.
// While held (from the press on) nothing is dropped: the recorder releases pictures when they are on the card, and a full ring
// refuses new ones.
//
// A picture lies in memory as it goes into the file: four bytes of length, then the NAL unit, which the encoder writes in place.
// Not guarded against interrupts; callers do that.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RING_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_RING_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { RING_PICTURES_MAX = 4096 };

typedef struct {
  uint64_t time;    // start of readout, ticks
  uint32_t offset;  // of the length field
  uint32_t bytes;   // length field and NAL unit
  bool is_idr;
} ring_picture_t;

typedef struct {
  uint8_t* data;
  uint32_t bytes;
  uint64_t pre_event;  // ticks
  uint32_t head;       // where the next picture goes
  uint32_t first, count;
  bool is_held;
  uint64_t held_since;  // ticks
  bool needs_idr;
  ring_picture_t pictures[RING_PICTURES_MAX];
} ring_t;

// `data` is 16-byte aligned, `bytes` a multiple of 16.
void ring_init(ring_t* ring, uint8_t* data, uint32_t bytes, uint64_t pre_event);

// Whether a frame whose readout started at `time` is to be coded at all: with no pre-event time, only from the press on.
bool ring_wants(const ring_t* ring, uint64_t time);

// Whether the next picture must be an IDR picture because the ring has to start with it.
bool ring_needs_idr(const ring_t* ring);

// Room for a NAL unit of up to `nal_bytes_max` bytes, 16-byte aligned, or NULL. When not held, old GOPs make way.
uint8_t* ring_reserve(ring_t* ring, uint32_t nal_bytes_max);

// Enters the picture that was written at the last reserved place, and drops what is too old.
void ring_commit(ring_t* ring, uint32_t nal_bytes, uint64_t time, bool is_idr);

uint32_t ring_count(const ring_t* ring);
const ring_picture_t* ring_at(const ring_t* ring, uint32_t index);  // 0 is the oldest

// Keeps everything from now on, since an event at `time`.
void ring_hold(ring_t* ring, uint64_t time);

// Back to dropping by age. What remains starts at the next IDR picture.
void ring_let_go(ring_t* ring);

// Drops the `count` oldest pictures.
void ring_release(ring_t* ring, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
