#include <string.h>

#include "firmware-under-test/drivers/sha256.h"

enum { kBlockBytes = 64, kLengthAt = 56, kRounds = 64 };

typedef struct {
  uint32_t hash[8];
  uint8_t block[kBlockBytes];
  uint32_t filled;
  uint64_t total;
} state_t;

// Of the cube roots of the first 64 primes (section 4.2.2).
static const uint32_t kConstants[kRounds] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static uint32_t big_endian(const uint8_t* bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_big_endian(uint8_t* bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void compress(state_t* state) {
  uint32_t w[kRounds];
  for (int t = 0; t < 16; ++t) w[t] = big_endian(state->block + 4 * t);
  for (int t = 16; t < kRounds; ++t) {
    uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t v[8];
  memcpy(v, state->hash, sizeof v);
  for (int t = 0; t < kRounds; ++t) {
    uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + kConstants[t] + w[t];
    uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; ++i) state->hash[i] += v[i];
  state->filled = 0;
}

static void add(state_t* state, const uint8_t* data, uint32_t bytes) {
  state->total += bytes;
  while (bytes > 0) {
    uint32_t room = kBlockBytes - state->filled;
    uint32_t part = bytes < room ? bytes : room;
    memcpy(state->block + state->filled, data, part);
    state->filled += part;
    data += part;
    bytes -= part;
    if (state->filled == kBlockBytes) compress(state);
  }
}

void sha256_by_software(const sha256_piece_t* pieces, uint32_t count, uint8_t digest[kSha256Bytes]) {
  static const uint8_t kMark = 0x80, kZero = 0;
  state_t state = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, {0}, 0, 0};
  for (uint32_t i = 0; i < count; ++i) add(&state, pieces[i].data, pieces[i].bytes);
  uint64_t bits = state.total * 8;
  add(&state, &kMark, 1);
  while (state.filled != kLengthAt) add(&state, &kZero, 1);
  uint8_t length[8];
  put_big_endian(length, (uint32_t)(bits >> 32));
  put_big_endian(length + 4, (uint32_t)bits);
  add(&state, length, sizeof length);
  for (int i = 0; i < 8; ++i) put_big_endian(digest + 4 * i, state.hash[i]);
}
