// SHA-256 (FIPS 180-4): by the hash block, or by software with the same result.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SHA256_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SHA256_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { kSha256Bytes = 32, kSha256PiecesMax = 68 };

// A part of the message, anywhere in memory.
typedef struct {
  const void* data;
  uint32_t bytes;
} sha256_piece_t;

// Hashes the pieces, at most kSha256PiecesMax, as one message. True: the block did it; false: the software, since the block is missing, reported
// an error or did not end in time. May wait, so not for interrupt handlers. One hash at a time.
bool sha256(const sha256_piece_t* pieces, uint32_t count, uint8_t digest[kSha256Bytes]);

// The same in two steps, while other things are done: the pieces and what they point at stay as they are in between.
void sha256_begin(const sha256_piece_t* pieces, uint32_t count);
bool sha256_end(uint8_t digest[kSha256Bytes]);

// The software alone.
void sha256_by_software(const sha256_piece_t* pieces, uint32_t count, uint8_t digest[kSha256Bytes]);

#ifdef __cplusplus
}
#endif

#endif
