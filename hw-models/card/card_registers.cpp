#include "hw-models/card/card_registers.h"

#include <cstddef>

namespace saksi::hw {

namespace {

constexpr uint32_t kNoInfluence = 0xF;
constexpr uint32_t kGroups = 6;
constexpr uint8_t kCurrentMa = 200;

/// x^7 + x^3 + 1.
uint8_t crc7(const uint8_t* data, size_t size) {
  uint8_t crc = 0;
  for (size_t i = 0; i < size; ++i) {
    for (int bit = 7; bit >= 0; --bit) {
      const bool feedback = (((data[i] >> bit) ^ (crc >> 6)) & 1) != 0;
      crc = static_cast<uint8_t>((crc << 1) & 0x7F);
      if (feedback) crc ^= 0x09;
    }
  }
  return crc;
}

void put_crc7(std::array<uint8_t, 16>& bytes) { bytes[15] = static_cast<uint8_t>((crc7(bytes.data(), 15) << 1) | 1); }

uint8_t byte_of(uint32_t value, unsigned shift) { return static_cast<uint8_t>(value >> shift); }

}  // namespace

std::array<uint8_t, 16> card_id(uint32_t serial) {
  std::array<uint8_t, 16> bytes = {
      0x53, 'S', 'K', 'S', 'A', 'K', 'S', 'I', 0x10, byte_of(serial, 24), byte_of(serial, 16), byte_of(serial, 8), byte_of(serial, 0), 0x01, 0xA1, 0};
  put_crc7(bytes);
  return bytes;
}

std::array<uint8_t, 16> card_specific_data(uint32_t sectors, bool high_speed) {
  const uint32_t c_size = sectors / kSectorsPerCsize - 1;
  const uint8_t speed = high_speed ? 0x5A : 0x32;
  std::array<uint8_t, 16> bytes = {
      0x40, 0x0E, 0x00, speed, 0x53, 0x59, 0x00, static_cast<uint8_t>(c_size >> 16 & 0x3F), byte_of(c_size, 8), byte_of(c_size, 0),
      0x7F, 0x80, 0x0A, 0x40,  0x00, 0};
  put_crc7(bytes);
  return bytes;
}

std::vector<uint8_t> sd_configuration() { return {0x02, 0x35, 0x80, 0x02, 0, 0, 0, 0}; }

std::vector<uint8_t> sd_status(bool wide_bus) {
  std::vector<uint8_t> bytes(64, 0);
  bytes[0] = wide_bus ? 0x80 : 0x00;
  bytes[8] = 0x04;   // class 10
  bytes[10] = 0x90;  // 4 MiB
  bytes[12] = 0x01;  // units erased in the time below
  bytes[13] = 0x04;  // 1 s
  return bytes;
}

std::vector<uint8_t> switch_status(uint32_t argument, bool high_speed, bool* selected) {
  const uint32_t wanted = argument & 0xF;
  const bool offered = wanted <= 1 || wanted == kNoInfluence;
  const bool result_fast = wanted == kNoInfluence ? high_speed : wanted == 1;
  if (selected && offered) *selected = result_fast;
  std::vector<uint8_t> status(64, 0);
  status[1] = offered ? kCurrentMa : 0;  // 0 says that a function was refused
  for (uint32_t group = 1; group <= kGroups; ++group) {
    const size_t support = 2 + 2 * (kGroups - group);
    status[support] = 0x80;
    status[support + 1] = group == 1 ? 0x03 : 0x01;
    const uint32_t asked = argument >> (4 * (group - 1)) & 0xF;
    uint8_t result = asked == 0 || asked == kNoInfluence ? 0 : kNoInfluence;
    if (group == 1 && offered) result = result_fast ? 1 : 0;
    uint8_t& byte = status[16 - (group - 1) / 2];
    byte = static_cast<uint8_t>(byte | result << (group % 2 == 1 ? 0 : 4));
  }
  return status;
}

}  // namespace saksi::hw
