#include "base/light_code.h"

#include "base/seed_stream.h"

namespace saksi::light_code {

namespace {

constexpr bool kStart[kStartCells] = {true, false, true};
constexpr bool kEnd[3] = {false, true, false};
constexpr int kCrcBits = 8;
constexpr int kEndAt = kStartCells + kTickBits + kCrcBits;
static_assert(kEndAt + 3 == kCells);

uint8_t crc8(uint32_t tick) {
  uint8_t crc = 0xFF;
  for (int shift = 16; shift >= 0; shift -= 8) {
    crc = static_cast<uint8_t>(crc ^ (tick >> shift));
    for (int bit = 0; bit < 8; ++bit) crc = static_cast<uint8_t>((crc << 1) ^ ((crc & 0x80) ? 0x07 : 0));
  }
  return crc;
}

}  // namespace

int64_t tick_at(int64_t t_ns) {
  // The estimate is exact or one too high, because a tick begins at a rounded-up nanosecond.
  int64_t tick = static_cast<int64_t>(static_cast<__int128>(t_ns) * kTickHz / 1'000'000'000);
  while (tick_begin_ns(tick) > t_ns) --tick;
  while (tick_begin_ns(tick + 1) <= t_ns) ++tick;
  return tick;
}

int64_t tick_begin_ns(int64_t tick) { return static_cast<int64_t>((static_cast<__int128>(tick) * 1'000'000'000 + kTickHz - 1) / kTickHz); }

uint32_t shown(int bank, int64_t tick) {
  const int64_t last = (tick & 1) == bank ? tick : tick - 1;
  return static_cast<uint32_t>(last) & (kTickModulus - 1);
}

uint32_t epoch_of(uint64_t seed) { return 2 * static_cast<uint32_t>(SeedStream(seed, "light-code-epoch").below(kTickModulus / 2)); }

Cells encode(uint32_t tick) {
  Cells cells{};
  for (int i = 0; i < kStartCells; ++i) cells[static_cast<size_t>(i)] = kStart[i];
  const uint32_t bits = (tick << kCrcBits) | crc8(tick);
  const bool odd = (tick & 1) != 0;
  for (int i = 0; i < kTickBits + kCrcBits; ++i) {
    const int place = odd ? i : kTickBits + kCrcBits - 1 - i;
    cells[static_cast<size_t>(kStartCells + i)] = ((bits >> place & 1) != 0) != odd;
  }
  for (int i = 0; i < 3; ++i) cells[static_cast<size_t>(kEndAt + i)] = kEnd[i];
  return cells;
}

std::optional<uint32_t> decode(const Cells& cells, int bank) {
  uint32_t tick = 0;
  for (int i = 0; i < kTickBits; ++i) {
    const bool white = cells[static_cast<size_t>(bank == 0 ? kStartCells + i : kEndAt - 1 - i)];
    tick = tick << 1 | (white != (bank == 1) ? 1u : 0u);
  }
  if (static_cast<int>(tick & 1) != bank || encode(tick) != cells) return std::nullopt;
  return tick;
}

}  // namespace saksi::light_code
