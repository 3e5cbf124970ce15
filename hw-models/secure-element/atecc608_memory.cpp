#include "hw-models/secure-element/atecc608_memory.h"

#include <algorithm>

namespace saksi::hw {

namespace {

constexpr size_t kKeyPadding = 4;
constexpr size_t kHalf = 32;

}  // namespace

Atecc608Memory::Atecc608Memory(const std::array<uint8_t, 6>& serial) {
  config[0] = 0x01;
  config[1] = 0x23;
  std::copy_n(serial.begin(), 2, config.begin() + 2);
  constexpr uint8_t kRevision[] = {0x00, 0x00, 0x60, 0x02};
  std::copy_n(kRevision, sizeof kRevision, config.begin() + 4);
  std::copy_n(serial.begin() + 2, 4, config.begin() + 8);
  config[12] = 0xEE;
  config[14] = 1;  // I2C and not the single wire
  config[kI2cAddressAt] = 0xC0;
  config[kLockDataAt] = config[kLockConfigAt] = kUnlocked;
  config[kSlotLockedAt] = config[kSlotLockedAt + 1] = 0xFF;
  otp.fill(0xFF);
  for (size_t slot = 0; slot < kSlots; ++slot) slots[slot].assign(slot_bytes(slot), 0xFF);
}

std::array<uint8_t, 9> Atecc608Memory::serial() const {
  std::array<uint8_t, 9> number{};
  std::copy_n(config.begin(), 4, number.begin());
  std::copy_n(config.begin() + 8, 5, number.begin() + 4);
  return number;
}

uint16_t Atecc608Memory::slot_config(size_t slot) const {
  const size_t at = kSlotConfigAt + 2 * slot;
  return static_cast<uint16_t>(config[at] | config[at + 1] << 8);
}

uint16_t Atecc608Memory::key_config(size_t slot) const {
  const size_t at = kKeyConfigAt + 2 * slot;
  return static_cast<uint16_t>(config[at] | config[at + 1] << 8);
}

void Atecc608Memory::set_slot(size_t slot, uint16_t slot_config, uint16_t key_config) {
  config[kSlotConfigAt + 2 * slot] = static_cast<uint8_t>(slot_config);
  config[kSlotConfigAt + 2 * slot + 1] = static_cast<uint8_t>(slot_config >> 8);
  config[kKeyConfigAt + 2 * slot] = static_cast<uint8_t>(key_config);
  config[kKeyConfigAt + 2 * slot + 1] = static_cast<uint8_t>(key_config >> 8);
}

void Atecc608Memory::store_key(size_t slot, const P256Key& key) {
  std::fill_n(slots[slot].begin(), kKeyPadding, uint8_t{0});
  std::copy(key.secret().begin(), key.secret().end(), slots[slot].begin() + kKeyPadding);
}

P256Key Atecc608Memory::key(size_t slot) const {
  P256Scalar secret;
  std::copy_n(slots[slot].begin() + kKeyPadding, secret.size(), secret.begin());
  return P256Key(secret);
}

void Atecc608Memory::store_public(size_t slot, const P256Public& key) {
  std::fill(slots[slot].begin(), slots[slot].end(), uint8_t{0});
  std::copy_n(key.begin(), kHalf, slots[slot].begin() + kKeyPadding);
  std::copy_n(key.begin() + kHalf, kHalf, slots[slot].begin() + 2 * kKeyPadding + kHalf);
}

P256Public Atecc608Memory::public_key(size_t slot) const {
  P256Public key;
  std::copy_n(slots[slot].begin() + kKeyPadding, kHalf, key.begin());
  std::copy_n(slots[slot].begin() + 2 * kKeyPadding + kHalf, kHalf, key.begin() + kHalf);
  return key;
}

}  // namespace saksi::hw
