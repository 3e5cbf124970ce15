#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_COMMANDS_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_COMMANDS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/seed_stream.h"
#include "base/sha256.h"
#include "hw-models/secure-element/atecc608_memory.h"

namespace saksi::hw {

/// Opcodes of the commands that are modelled, by their data sheet's names.
enum class Atecc608Op : uint8_t {
  kRead = 0x02,
  kWrite = 0x12,
  kNonce = 0x16,
  kLock = 0x17,
  kRandom = 0x1B,
  kCounter = 0x24,
  kInfo = 0x30,
  kGenKey = 0x40,
  kSign = 0x41,
  kVerify = 0x45,
  kSha = 0x47,
  kSelfTest = 0x77,
};

/// The one byte that a command answers which has no data, or which failed.
enum class Atecc608Status : uint8_t {
  kOk = 0x00,
  kMiscompare = 0x01,
  kParse = 0x03,
  kEccFault = 0x05,
  kExecution = 0x0F,
  kWoke = 0x11,
  kWatchdogNear = 0xEE,
  kCommunication = 0xFF,
};

/// A command as it came, less its framing.
struct Atecc608Command {
  uint8_t opcode = 0;
  uint8_t param1 = 0;
  uint16_t param2 = 0;
  std::vector<uint8_t> data;
};

/// CRC-16 of commands, answers and zones: polynomial 0x8005, initial value 0, bits of a byte from the least significant one.
uint16_t atecc608_crc(const uint8_t* data, size_t size);

/// Planted defects of the part, and what an attacker does to it.
struct Atecc608Faults {
  bool nonce_reused = false;         ///< every signature is made with the nonce of the first
  uint32_t replayed_signatures = 0;  ///< attack on the bus: after so many signatures the host reads the first one's answer again, for ever; 0: none
};

/// What an ATECC608's commands do to its memory and to what it keeps while it has power. It knows neither the bus nor time.
///
/// Source: ATECC608A/B data sheet (DS40002249), 11; opcodes, modes and sizes also in Microchip's cryptoauthlib (lib/calib). A private key leaves it by no
/// command: slots that are secret are not read, whatever the state of the locks.
/// Not modelled, and answered as unknown: AES, CheckMac, DeriveKey, ECDH, GenDig, KDF, MAC, PrivWrite, SecureBoot, UpdateExtra. Verify takes stored and
/// external public keys, Sign external messages; encrypted reads and writes, limited use and authorisation are refused. The unary halves of the counters
/// do not show in the configuration zone.
class Atecc608Commands {
 public:
  Atecc608Commands(const Atecc608Memory& memory, uint64_t seed, const Atecc608Faults& faults);

  /// Does a command; the answer is its data, or one byte of status.
  std::vector<uint8_t> execute(const Atecc608Command& command);
  /// What the part keeps in its SRAM is gone: after sleep, the watchdog or loss of power.
  void forget();
  static bool is_known(uint8_t opcode);
  const Atecc608Memory& memory() const { return memory_; }

 private:
  using Answer = std::vector<uint8_t>;
  /// A value in the part's SRAM; invalid if empty.
  using Buffer = std::vector<uint8_t>;

  Answer info(const Atecc608Command& command) const;
  Answer random(const Atecc608Command& command);
  Answer nonce(const Atecc608Command& command);
  Answer gen_key(const Atecc608Command& command);
  Answer sign(const Atecc608Command& command);
  Answer verify(const Atecc608Command& command);
  Answer read(const Atecc608Command& command) const;
  Answer write(const Atecc608Command& command);
  Answer write_config(const Atecc608Command& command, size_t at);
  Answer lock(const Atecc608Command& command);
  Answer lock_slot(const Atecc608Command& command);
  Answer counter(const Atecc608Command& command);
  Answer sha(const Atecc608Command& command);
  Answer self_test(const Atecc608Command& command) const;
  std::array<uint8_t, 32> draw();
  Answer random_nonce(const Atecc608Command& command);
  bool is_private_key(uint16_t slot) const;
  bool is_public_key(uint16_t slot) const;
  /// Zone bytes that a read or write is about, or nullptr if there are none such; `at` becomes the place of its first byte.
  const uint8_t* zone_bytes(uint8_t zone, uint16_t address, size_t size, size_t* at) const;
  const Buffer& message(uint8_t mode) const;

  Atecc608Memory memory_;
  SeedStream random_;
  Atecc608Faults faults_;
  std::optional<Digest> first_signed_;  ///< whose nonce a part with nonce_reused keeps using
  Buffer temp_key_;
  Buffer message_digest_;
  std::unique_ptr<Sha256> hash_;
};

}  // namespace saksi::hw

#endif
