// SHA-256 (FIPS 180-4) of a message that is handed over in pieces, as firmware hashes what it records. Checked against two of NIST's
// examples: "abc", and a million times 'a', which is also the work.
#include "sim/benchmark/programs/runtime.h"

static const uint32_t kRoundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

typedef struct {
  uint32_t hash[8];
  uint8_t block[64];
  uint32_t filled;  // bytes of block
  uint32_t length;  // bytes so far
} Sha256;

static uint32_t rotate_right(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void hash_block(uint32_t hash[8], const uint8_t* block) {
  uint32_t w[64];
  for (int t = 0; t < 16; ++t) {
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  }
  for (int t = 16; t < 64; ++t) {
    const uint32_t s0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3;
    const uint32_t s1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (int t = 0; t < 64; ++t) {
    const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    const uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + kRoundConstants[t] + w[t];
    const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    const uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

static void sha256_begin(Sha256* state) {
  static const uint32_t kInitial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (int i = 0; i < 8; ++i) state->hash[i] = kInitial[i];
  state->filled = 0;
  state->length = 0;
}

static void sha256_add(Sha256* state, const uint8_t* bytes, uint32_t size) {
  state->length += size;
  while (size > 0) {
    if (state->filled == 0 && size >= sizeof state->block) {
      hash_block(state->hash, bytes);
      bytes += sizeof state->block;
      size -= sizeof state->block;
      continue;
    }
    state->block[state->filled++] = *bytes++;
    --size;
    if (state->filled == sizeof state->block) {
      hash_block(state->hash, state->block);
      state->filled = 0;
    }
  }
}

static void sha256_end(Sha256* state) {
  const uint64_t bits = (uint64_t)state->length * 8;
  uint8_t byte = 0x80;
  do {
    sha256_add(state, &byte, 1);
    byte = 0;
  } while (state->filled != 56);
  for (int shift = 56; shift >= 0; shift -= 8) {
    byte = (uint8_t)(bits >> shift);
    sha256_add(state, &byte, 1);
  }
}

static int same(const uint32_t a[8], const uint32_t b[8]) {
  for (int i = 0; i < 8; ++i) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

int kernel(uint32_t rounds) {
  static const uint32_t kOfAbc[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
  static const uint32_t kOfAMillion[8] = {0xcdc76e5c, 0x9914fb92, 0x81a1c7e2, 0x84d73e67, 0xf1809a48, 0xa497200e, 0x046d39cc, 0xc7112cd0};
  static const uint8_t kAbc[3] = {'a', 'b', 'c'};
  static uint8_t piece[1600];
  Sha256 state;
  sha256_begin(&state);
  sha256_add(&state, kAbc, sizeof kAbc);
  sha256_end(&state);
  if (!same(state.hash, kOfAbc)) return 1;
  for (uint32_t i = 0; i < sizeof piece; ++i) piece[i] = 'a';
  for (uint32_t round = 0; round < rounds; ++round) {
    sha256_begin(&state);
    for (uint32_t sent = 0; sent < 1000000; sent += sizeof piece) sha256_add(&state, piece, sizeof piece);
    sha256_end(&state);
    if (!same(state.hash, kOfAMillion)) return 2;
  }
  return 0;
}
