// Writes numbers in network byte order, one behind the other.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BYTE_WRITER_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BYTE_WRITER_H_

#include <stdint.h>
#include <string.h>

#include "firmware-under-test/camera/bytes.h"

typedef struct {
  uint8_t* out;
  uint32_t at;
} writer_t;

static inline void put8(writer_t* w, uint32_t value) { w->out[w->at++] = (uint8_t)value; }
static inline void put16(writer_t* w, uint32_t value) {
  put8(w, value >> 8);
  put8(w, value);
}
static inline void put32(writer_t* w, uint32_t value) {
  store_be32(w->out + w->at, value);
  w->at += 4;
}
static inline void put_bytes(writer_t* w, const void* data, uint32_t bytes) {
  memcpy(w->out + w->at, data, bytes);
  w->at += bytes;
}

#endif
