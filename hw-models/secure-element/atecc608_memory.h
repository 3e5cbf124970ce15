#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_MEMORY_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_MEMORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw-models/secure-element/p256.h"

namespace saksi::hw {

/// What an ATECC608 keeps without power: its configuration, one-time-programmable and data zones and its counters. The layout of the configuration is
/// that of the data sheet (DS40002249, 2.2); slot 8 has 416 bytes, 9 to 15 have 72, 0 to 7 have 36.
struct Atecc608Memory {
  static constexpr size_t kConfigBytes = 128;
  static constexpr size_t kOtpBytes = 64;
  static constexpr size_t kSlots = 16;
  static constexpr size_t kCounters = 2;
  static constexpr uint32_t kCounterMax = 2'097'151;

  // Places in the configuration zone.
  static constexpr size_t kI2cAddressAt = 16;
  static constexpr size_t kSlotConfigAt = 20;
  static constexpr size_t kLockDataAt = 86;
  static constexpr size_t kLockConfigAt = 87;
  static constexpr size_t kSlotLockedAt = 88;
  static constexpr size_t kKeyConfigAt = 96;
  static constexpr uint8_t kUnlocked = 0x55;

  /// As the part comes from its factory, with a serial number: 0x01 0x23, six bytes of its own, 0xEE. Everything is unlocked and no slot holds a key.
  explicit Atecc608Memory(const std::array<uint8_t, 6>& serial);

  static size_t slot_bytes(size_t slot) { return slot < 8 ? 36 : slot == 8 ? 416 : 72; }
  std::array<uint8_t, 9> serial() const;
  bool config_locked() const { return config[kLockConfigAt] != kUnlocked; }
  bool data_locked() const { return config[kLockDataAt] != kUnlocked; }
  bool slot_locked(size_t slot) const { return (config[kSlotLockedAt + slot / 8] >> slot % 8 & 1) == 0; }
  uint16_t slot_config(size_t slot) const;
  uint16_t key_config(size_t slot) const;
  void set_slot(size_t slot, uint16_t slot_config, uint16_t key_config);

  /// A private key into its slot, and out of it: 4 bytes of padding, then the secret.
  void store_key(size_t slot, const P256Key& key);
  P256Key key(size_t slot) const;
  /// A public key into a slot of 72 bytes, and out of it: X and Y, each behind 4 bytes of padding.
  void store_public(size_t slot, const P256Public& key);
  P256Public public_key(size_t slot) const;

  std::array<uint8_t, kConfigBytes> config{};
  std::array<uint8_t, kOtpBytes> otp{};
  std::array<std::vector<uint8_t>, kSlots> slots;
  std::array<uint32_t, kCounters> counters{};
};

}  // namespace saksi::hw

#endif
