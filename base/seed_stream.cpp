#include "base/seed_stream.h"

#include <cstring>

#include "base/sha256.h"

namespace saksi {

SeedStream::SeedStream(uint64_t seed, const std::string& name) {
  const Digest digest = sha256(std::to_string(seed) + "/" + name);
  for (int i = 0; i < 4; ++i) {
    state_[i] = 0;
    for (int b = 0; b < 8; ++b) state_[i] |= static_cast<uint64_t>(digest[static_cast<size_t>(8 * i + b)]) << (8 * b);
  }
}

static uint64_t rotate_left(uint64_t value, int count) { return (value << count) | (value >> (64 - count)); }

uint64_t SeedStream::next() {
  const uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

uint64_t SeedStream::below(uint64_t bound) {
  const uint64_t threshold = -bound % bound;
  uint64_t value = next();
  while (value < threshold) value = next();
  return value % bound;
}

double SeedStream::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace saksi
