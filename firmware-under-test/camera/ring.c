#include "firmware-under-test/camera/ring.h"

#include <stddef.h>
#include <string.h>

#include "firmware-under-test/camera/bytes.h"

enum { kAlignment = 16, kLengthBytes = 4 };

static uint32_t round_up(uint32_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

void ring_init(ring_t* ring, uint8_t* data, uint32_t bytes, uint64_t pre_event) {
  memset(ring, 0, offsetof(ring_t, pictures));
  ring->data = data;
  ring->bytes = bytes;
  ring->pre_event = pre_event;
  ring->needs_idr = true;
}

bool ring_wants(const ring_t* ring, uint64_t time) {
  if (ring->pre_event > 0) return true;
  return ring->is_held && time >= ring->held_since;
}

bool ring_needs_idr(const ring_t* ring) { return ring->needs_idr; }

uint32_t ring_count(const ring_t* ring) { return ring->count; }

const ring_picture_t* ring_at(const ring_t* ring, uint32_t index) { return &ring->pictures[(ring->first + index) % RING_PICTURES_MAX]; }

void ring_release(ring_t* ring, uint32_t count) {
  ring->first = (ring->first + count) % RING_PICTURES_MAX;
  ring->count -= count;
}

// Index of the second IDR picture, or the count if there is none.
static uint32_t second_gop(const ring_t* ring) {
  uint32_t index = 1;
  while (index < ring->count && !ring_at(ring, index)->is_idr) ++index;
  return index < ring->count ? index : ring->count;
}

static void drop_oldest_gop(ring_t* ring) {
  ring_release(ring, second_gop(ring));
  if (ring->count == 0) ring->needs_idr = true;
}

// Finds `need` bytes in one piece between the newest and the oldest picture; the head moves to the start if the end is too short.
static bool find_room(ring_t* ring, uint32_t need) {
  if (ring->count == 0) {
    ring->head = 0;
    return need <= ring->bytes;
  }
  uint32_t tail = ring_at(ring, 0)->offset / kAlignment * kAlignment;
  if (ring->head <= tail) return need < tail - ring->head;  // the head has wrapped, and never meets the tail
  if (need <= ring->bytes - ring->head) return true;
  if (need >= tail) return false;
  ring->head = 0;
  return true;
}

// The length field takes the last 4 of 16 bytes, so that the NAL unit behind it is aligned.
uint8_t* ring_reserve(ring_t* ring, uint32_t nal_bytes_max) {
  uint32_t need = kAlignment + round_up(nal_bytes_max);
  for (;;) {
    if (ring->count < RING_PICTURES_MAX && find_room(ring, need)) return ring->data + ring->head + kAlignment;
    if (ring->is_held || ring->count == 0) return NULL;
    drop_oldest_gop(ring);
  }
}

static void drop_old(ring_t* ring, uint64_t now) {
  for (;;) {
    uint32_t next = second_gop(ring);
    if (next == ring->count || ring_at(ring, next)->time + ring->pre_event > now) return;
    ring_release(ring, next);
  }
}

void ring_commit(ring_t* ring, uint32_t nal_bytes, uint64_t time, bool is_idr) {
  if (ring->needs_idr && !is_idr) return;  // the ring was emptied while this picture was being coded
  ring->needs_idr = false;
  uint32_t offset = ring->head + kAlignment - kLengthBytes;
  store_be32(ring->data + offset, nal_bytes);
  ring->pictures[(ring->first + ring->count) % RING_PICTURES_MAX] = (ring_picture_t){time, offset, kLengthBytes + nal_bytes, is_idr};
  ++ring->count;
  ring->head += kAlignment + round_up(nal_bytes);
  if (ring->head == ring->bytes) ring->head = 0;
  if (!ring->is_held) drop_old(ring, time);
}

void ring_hold(ring_t* ring, uint64_t time) {
  ring->is_held = true;
  ring->held_since = time;
}

void ring_let_go(ring_t* ring) {
  ring->is_held = false;
  uint32_t index = 0;
  while (index < ring->count && !ring_at(ring, index)->is_idr) ++index;
  ring_release(ring, index);
  if (ring->count == 0) ring->needs_idr = true;
}
