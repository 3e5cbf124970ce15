// Numbers in byte order of choice at any address.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BYTES_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BYTES_H_

#include <stdint.h>

static inline uint32_t load_le16(const uint8_t* p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static inline uint32_t load_le32(const uint8_t* p) { return load_le16(p) | load_le16(p + 2) << 16; }
static inline uint32_t load_be32(const uint8_t* p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3]; }
static inline void store_le16(uint8_t* p, uint32_t value) {
  p[0] = (uint8_t)value;
  p[1] = (uint8_t)(value >> 8);
}
static inline void store_le32(uint8_t* p, uint32_t value) {
  store_le16(p, value);
  store_le16(p + 2, value >> 16);
}
static inline void store_be32(uint8_t* p, uint32_t value) {
  p[0] = (uint8_t)(value >> 24);
  p[1] = (uint8_t)(value >> 16);
  p[2] = (uint8_t)(value >> 8);
  p[3] = (uint8_t)value;
}

#endif
