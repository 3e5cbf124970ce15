#include "hw-models/secure-element/atecc608_commands.h"

#include <algorithm>

namespace saksi::hw {

namespace {

using Answer = std::vector<uint8_t>;

constexpr size_t kWord = 4;
constexpr size_t kBlock = 32;
constexpr size_t kPublicBytes = 64;
constexpr size_t kSignatureBytes = 64;
constexpr uint8_t kWholeBlock = 0x80;  ///< of Read's and Write's zone: 32 bytes and not 4

// Bits of SlotConfig and KeyConfig.
constexpr uint16_t kExternalSign = 1 << 0;  ///< of a private key's ReadKey
constexpr uint16_t kIsSecret = 1 << 7;
constexpr uint16_t kWriteGenKey = 1 << 13;  ///< of a private key's WriteConfig
constexpr uint16_t kWriteConfigMask = 0xF000;
constexpr uint16_t kPrivate = 1 << 0;
constexpr uint16_t kPublicInfo = 1 << 1;
constexpr uint16_t kKeyTypeMask = 7 << 2;
constexpr uint16_t kKeyTypeP256 = 4 << 2;
constexpr uint16_t kLockable = 1 << 5;

enum Zone : uint8_t { kConfigZone = 0, kOtpZone = 1, kDataZone = 2 };

Answer status(Atecc608Status code) { return {static_cast<uint8_t>(code)}; }

template <typename Container>
Answer bytes_of(const Container& container) {
  return Answer(container.begin(), container.end());
}

Digest digest_of(const std::vector<uint8_t>& bytes) {
  Digest digest;
  std::copy_n(bytes.begin(), digest.size(), digest.begin());
  return digest;
}

}  // namespace

uint16_t atecc608_crc(const uint8_t* data, size_t size) {
  uint16_t crc = 0;
  for (size_t i = 0; i < size; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool differs = (data[i] >> bit & 1) != crc >> 15;
      crc = static_cast<uint16_t>(crc << 1 ^ (differs ? 0x8005 : 0));
    }
  }
  return crc;
}

Atecc608Commands::Atecc608Commands(const Atecc608Memory& memory, uint64_t seed, const Atecc608Faults& faults)
    : memory_(memory), random_(seed, "secure element random"), faults_(faults) {}

bool Atecc608Commands::is_known(uint8_t opcode) {
  switch (static_cast<Atecc608Op>(opcode)) {
    case Atecc608Op::kRead:
    case Atecc608Op::kWrite:
    case Atecc608Op::kNonce:
    case Atecc608Op::kLock:
    case Atecc608Op::kRandom:
    case Atecc608Op::kCounter:
    case Atecc608Op::kInfo:
    case Atecc608Op::kGenKey:
    case Atecc608Op::kSign:
    case Atecc608Op::kVerify:
    case Atecc608Op::kSha:
    case Atecc608Op::kSelfTest:
      return true;
  }
  return false;
}

std::vector<uint8_t> Atecc608Commands::execute(const Atecc608Command& command) {
  switch (static_cast<Atecc608Op>(command.opcode)) {
    case Atecc608Op::kRead:
      return read(command);
    case Atecc608Op::kWrite:
      return write(command);
    case Atecc608Op::kNonce:
      return nonce(command);
    case Atecc608Op::kLock:
      return lock(command);
    case Atecc608Op::kRandom:
      return random(command);
    case Atecc608Op::kCounter:
      return counter(command);
    case Atecc608Op::kInfo:
      return info(command);
    case Atecc608Op::kGenKey:
      return gen_key(command);
    case Atecc608Op::kSign:
      return sign(command);
    case Atecc608Op::kVerify:
      return verify(command);
    case Atecc608Op::kSha:
      return sha(command);
    case Atecc608Op::kSelfTest:
      return self_test(command);
  }
  return status(Atecc608Status::kParse);
}

void Atecc608Commands::forget() {
  temp_key_.clear();
  message_digest_.clear();
  hash_.reset();
}

// Modes of Info: 0 revision, 1 whether a slot holds a valid key, 2 state (not modelled).
Atecc608Commands::Answer Atecc608Commands::info(const Atecc608Command& command) const {
  if (!command.data.empty()) return status(Atecc608Status::kParse);
  if (command.param1 == 0) return Answer(memory_.config.begin() + 4, memory_.config.begin() + 8);
  if (command.param1 != 1 || command.param2 >= Atecc608Memory::kSlots) return status(Atecc608Status::kParse);
  const bool is_key = is_private_key(command.param2) || is_public_key(command.param2);
  return {static_cast<uint8_t>(is_key ? 1 : 0), 0, 0, 0};
}

std::array<uint8_t, 32> Atecc608Commands::draw() {
  std::array<uint8_t, 32> bytes;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    const uint64_t word = random_.next();
    for (size_t byte = 0; byte < 8; ++byte) bytes[i + byte] = static_cast<uint8_t>(word >> 8 * byte);
  }
  // A part whose configuration is not locked gives a pattern, so that nobody makes keys with it by mistake.
  if (!memory_.config_locked()) {
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = i % 4 < 2 ? 0xFF : 0;
  }
  return bytes;
}

Atecc608Commands::Answer Atecc608Commands::random(const Atecc608Command& command) {
  if (command.param1 > 1 || command.param2 != 0 || !command.data.empty()) return status(Atecc608Status::kParse);
  return bytes_of(draw());
}

// Bits of Nonce's mode: 1:0 how it is made, 5 64 bytes and not 32, 7:6 where it goes.
Atecc608Commands::Answer Atecc608Commands::nonce(const Atecc608Command& command) {
  constexpr uint8_t kHow = 0x03, kPassThrough = 0x03, kLong = 0x20, kWhere = 0xC0, kToMessageDigest = 0x40;
  if ((command.param1 & kHow) < 2 && (command.param1 & ~kHow) == 0) return random_nonce(command);
  if ((command.param1 & kHow) != kPassThrough || (command.param1 & ~(kHow | kLong | kWhere)) != 0 || command.param2 != 0)
    return status(Atecc608Status::kParse);
  const size_t size = (command.param1 & kLong) != 0 ? 2 * kBlock : kBlock;
  if (command.data.size() != size) return status(Atecc608Status::kParse);
  switch (command.param1 & kWhere) {
    case 0:
      temp_key_ = command.data;
      break;
    case kToMessageDigest:
      message_digest_ = command.data;
      break;
    default:
      return status(Atecc608Status::kParse);
  }
  return status(Atecc608Status::kOk);
}

/// TempKey becomes SHA-256 over a random number, the host's 20 bytes, opcode, mode and a zero.
Atecc608Commands::Answer Atecc608Commands::random_nonce(const Atecc608Command& command) {
  constexpr size_t kHostBytes = 20;
  if (command.param2 != 0 || command.data.size() != kHostBytes) return status(Atecc608Status::kParse);
  const Answer drawn = bytes_of(draw());
  Answer text = drawn;
  text.insert(text.end(), command.data.begin(), command.data.end());
  text.insert(text.end(), {command.opcode, command.param1, 0});
  temp_key_ = bytes_of(sha256(text.data(), text.size()));
  return drawn;
}

bool Atecc608Commands::is_private_key(uint16_t slot) const {
  if (slot >= Atecc608Memory::kSlots) return false;
  const uint16_t config = memory_.key_config(slot);
  return (config & kPrivate) != 0 && (config & kKeyTypeMask) == kKeyTypeP256;
}

bool Atecc608Commands::is_public_key(uint16_t slot) const {
  if (slot >= Atecc608Memory::kSlots || Atecc608Memory::slot_bytes(slot) < kPublicBytes + 2 * kWord) return false;
  const uint16_t config = memory_.key_config(slot);
  return (config & kPrivate) == 0 && (config & kKeyTypeMask) == kKeyTypeP256;
}

// Modes of GenKey: 4 makes a private key, 0 does not; both answer the public one.
Atecc608Commands::Answer Atecc608Commands::gen_key(const Atecc608Command& command) {
  constexpr uint8_t kPublicOnly = 0x00, kMake = 0x04;
  const uint16_t slot = command.param2;
  if ((command.param1 != kMake && command.param1 != kPublicOnly) || !command.data.empty() || !is_private_key(slot))
    return status(Atecc608Status::kParse);
  if (!memory_.config_locked()) return status(Atecc608Status::kExecution);
  if (command.param1 == kMake) {
    const bool is_fixed = memory_.data_locked() && (memory_.slot_config(slot) & kWriteGenKey) == 0;
    if (is_fixed || memory_.slot_locked(slot)) return status(Atecc608Status::kExecution);
    memory_.store_key(slot, P256Key(draw()));
  } else if (!memory_.data_locked() || (memory_.key_config(slot) & kPublicInfo) == 0) {
    return status(Atecc608Status::kExecution);
  }
  return bytes_of(memory_.key(slot).public_key());
}

/// Where Sign and Verify find what is signed: the message digest buffer with mode bit 5, else TempKey.
const Atecc608Commands::Buffer& Atecc608Commands::message(uint8_t mode) const {
  constexpr uint8_t kFromMessageDigest = 0x20;
  return (mode & kFromMessageDigest) != 0 ? message_digest_ : temp_key_;
}

Atecc608Commands::Answer Atecc608Commands::sign(const Atecc608Command& command) {
  constexpr uint8_t kExternal = 0x80, kFromMessageDigest = 0x20;
  const uint16_t slot = command.param2;
  if ((command.param1 & ~kFromMessageDigest) != kExternal || !command.data.empty() || !is_private_key(slot)) return status(Atecc608Status::kParse);
  const Buffer& text = message(command.param1);
  const bool allowed = (memory_.slot_config(slot) & (kExternalSign | kIsSecret)) == (kExternalSign | kIsSecret);
  if (!memory_.config_locked() || !memory_.data_locked() || !allowed || text.size() < kBlock) return status(Atecc608Status::kExecution);
  const Digest digest = digest_of(text);
  if (!first_signed_) first_signed_ = digest;
  const P256Signature signature = memory_.key(slot).sign(digest, faults_.nonce_reused ? *first_signed_ : digest);
  temp_key_.clear();  // used up
  return bytes_of(signature);
}

// Modes of Verify: 0 by the key in a slot, 2 by the key in the command.
Atecc608Commands::Answer Atecc608Commands::verify(const Atecc608Command& command) {
  constexpr uint8_t kStored = 0x00, kExternal = 0x02, kFromMessageDigest = 0x20;
  constexpr uint16_t kExternalP256 = 4;
  const uint8_t mode = static_cast<uint8_t>(command.param1 & ~kFromMessageDigest);
  const size_t size = mode == kExternal ? kSignatureBytes + kPublicBytes : kSignatureBytes;
  if ((mode != kStored && mode != kExternal) || command.data.size() != size) return status(Atecc608Status::kParse);
  if (mode == kExternal ? command.param2 != kExternalP256 : !is_public_key(command.param2)) return status(Atecc608Status::kParse);
  const Buffer& text = message(command.param1);
  if (!memory_.config_locked() || !memory_.data_locked() || text.size() < kBlock) return status(Atecc608Status::kExecution);
  P256Public key;
  if (mode == kExternal) {
    std::copy_n(command.data.begin() + kSignatureBytes, key.size(), key.begin());
  } else {
    key = memory_.public_key(command.param2);
  }
  P256Signature signature;
  std::copy_n(command.data.begin(), signature.size(), signature.begin());
  const bool good = p256_verify(key, digest_of(text), signature);
  temp_key_.clear();
  return status(good ? Atecc608Status::kOk : Atecc608Status::kMiscompare);
}

/// Addresses count words: bits 2:0 the word of a block, then the block; in the data zone bits 6:3 are the slot and 11:8 the block.
const uint8_t* Atecc608Commands::zone_bytes(uint8_t zone, uint16_t address, size_t size, size_t* at) const {
  const size_t word = address & 7;
  const size_t block = zone == kDataZone ? address >> 8 & 0xF : address >> 3 & 0xF;
  *at = block * kBlock + (size == kBlock ? 0 : word * kWord);
  const auto inside = [&](const auto& bytes) { return *at + size <= bytes.size() ? bytes.data() + *at : nullptr; };
  switch (zone) {
    case kConfigZone:
      return inside(memory_.config);
    case kOtpZone:
      return inside(memory_.otp);
    case kDataZone:
      return inside(memory_.slots[address >> 3 & 0xF]);
    default:
      return nullptr;
  }
}

Atecc608Commands::Answer Atecc608Commands::read(const Atecc608Command& command) const {
  const uint8_t zone = command.param1 & 0x7F;
  const size_t size = (command.param1 & kWholeBlock) != 0 ? kBlock : kWord;
  size_t at = 0;
  const uint8_t* const bytes = zone_bytes(zone, command.param2, size, &at);
  if (!command.data.empty() || !bytes) return status(Atecc608Status::kParse);
  if (zone == kConfigZone) return Answer(bytes, bytes + size);
  const uint16_t slot = command.param2 >> 3 & 0xF;
  const bool secret = zone == kDataZone && ((memory_.slot_config(slot) & kIsSecret) != 0 || is_private_key(slot));
  if (!memory_.data_locked() || secret) return status(Atecc608Status::kExecution);
  return Answer(bytes, bytes + size);
}

Atecc608Commands::Answer Atecc608Commands::write(const Atecc608Command& command) {
  const uint8_t zone = command.param1 & 0x7F;
  const size_t size = (command.param1 & kWholeBlock) != 0 ? kBlock : kWord;
  size_t at = 0;
  const uint8_t* const bytes = zone_bytes(zone, command.param2, size, &at);
  if (command.data.size() != size || !bytes) return status(Atecc608Status::kParse);
  if (zone == kConfigZone) return write_config(command, at);
  if (!memory_.config_locked() || zone == kOtpZone) return status(Atecc608Status::kExecution);
  const uint16_t slot = command.param2 >> 3 & 0xF;
  const bool is_clear = (memory_.slot_config(slot) & kWriteConfigMask) == 0 && !is_private_key(slot);
  if (memory_.slot_locked(slot) || is_private_key(slot)) return status(Atecc608Status::kExecution);
  if (memory_.data_locked() ? !is_clear : size != kBlock) return status(Atecc608Status::kExecution);
  std::copy(command.data.begin(), command.data.end(), memory_.slots[slot].begin() + static_cast<std::ptrdiff_t>(at));
  return status(Atecc608Status::kOk);
}

/// Serial number and revision are the maker's, and the locks have a command of their own.
Atecc608Commands::Answer Atecc608Commands::write_config(const Atecc608Command& command, size_t at) {
  constexpr size_t kFirstWritable = 16, kFirstLockWord = 84, kBehindLockWord = 88;
  const size_t end = at + command.data.size();
  if (at < kFirstWritable || (at < kBehindLockWord && end > kFirstLockWord)) return status(Atecc608Status::kParse);
  if (memory_.config_locked()) return status(Atecc608Status::kExecution);
  std::copy(command.data.begin(), command.data.end(), memory_.config.begin() + static_cast<std::ptrdiff_t>(at));
  return status(Atecc608Status::kOk);
}

// Bits of Lock's mode: 1:0 what, 5:2 the slot, 7 without comparing the CRC of what is locked.
Atecc608Commands::Answer Atecc608Commands::lock(const Atecc608Command& command) {
  constexpr uint8_t kWhat = 0x03, kConfig = 0, kData = 1, kSlot = 2, kNoCrc = 0x80;
  if (!command.data.empty()) return status(Atecc608Status::kParse);
  if ((command.param1 & kWhat) == kSlot) return lock_slot(command);
  const bool with_crc = (command.param1 & kNoCrc) == 0;
  if ((command.param1 & kWhat) == kConfig) {
    if (memory_.config_locked()) return status(Atecc608Status::kExecution);
    if (with_crc && atecc608_crc(memory_.config.data(), memory_.config.size()) != command.param2) return status(Atecc608Status::kExecution);
    memory_.config[Atecc608Memory::kLockConfigAt] = 0;
    return status(Atecc608Status::kOk);
  }
  if ((command.param1 & kWhat) != kData) return status(Atecc608Status::kParse);
  if (!memory_.config_locked() || memory_.data_locked()) return status(Atecc608Status::kExecution);
  Answer all;
  for (const auto& slot : memory_.slots) all.insert(all.end(), slot.begin(), slot.end());
  all.insert(all.end(), memory_.otp.begin(), memory_.otp.end());
  if (with_crc && atecc608_crc(all.data(), all.size()) != command.param2) return status(Atecc608Status::kExecution);
  memory_.config[Atecc608Memory::kLockDataAt] = 0;
  return status(Atecc608Status::kOk);
}

Atecc608Commands::Answer Atecc608Commands::lock_slot(const Atecc608Command& command) {
  const size_t slot = command.param1 >> 2 & 0xF;
  const bool may = memory_.config_locked() && memory_.data_locked() && (memory_.key_config(slot) & kLockable) != 0;
  if (!may || memory_.slot_locked(slot)) return status(Atecc608Status::kExecution);
  uint8_t& bits = memory_.config[Atecc608Memory::kSlotLockedAt + slot / 8];
  bits = static_cast<uint8_t>(bits & ~(1 << slot % 8));
  return status(Atecc608Status::kOk);
}

Atecc608Commands::Answer Atecc608Commands::counter(const Atecc608Command& command) {
  constexpr uint8_t kReadIt = 0, kIncrement = 1;
  if (command.param1 > kIncrement || command.param2 >= Atecc608Memory::kCounters || !command.data.empty()) return status(Atecc608Status::kParse);
  uint32_t& value = memory_.counters[command.param2];
  if (command.param1 != kReadIt) {
    if (value >= Atecc608Memory::kCounterMax) return status(Atecc608Status::kExecution);
    ++value;
  }
  return {static_cast<uint8_t>(value), static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 24)};
}

// Modes of SHA: 0 start, 1 update by 64 bytes, 2 end by at most 63; bits 7:6 of the end's mode say where the digest goes besides the answer.
Atecc608Commands::Answer Atecc608Commands::sha(const Atecc608Command& command) {
  constexpr uint8_t kStart = 0, kUpdate = 1, kEnd = 2, kWhere = 0xC0, kToTempKey = 0x00, kToMessageDigest = 0x40;
  constexpr size_t kShaBlock = 64;
  const uint8_t step = static_cast<uint8_t>(command.param1 & ~kWhere);
  if (step == kStart) {
    if (!command.data.empty() || command.param1 != kStart) return status(Atecc608Status::kParse);
    hash_ = std::make_unique<Sha256>();
    return status(Atecc608Status::kOk);
  }
  const bool fits = step == kUpdate ? command.data.size() == kShaBlock && command.param1 == kUpdate : step == kEnd && command.data.size() < kShaBlock;
  if (!fits || command.param2 != command.data.size()) return status(Atecc608Status::kParse);
  if (!hash_) return status(Atecc608Status::kExecution);
  hash_->update(command.data.data(), command.data.size());
  if (step == kUpdate) return status(Atecc608Status::kOk);
  const Answer digest = bytes_of(hash_->finish());
  hash_.reset();
  if ((command.param1 & kWhere) == kToTempKey) temp_key_ = digest;
  if ((command.param1 & kWhere) == kToMessageDigest) message_digest_ = digest;
  return digest;
}

/// Every test that is asked for has passed: the answer has no bit set.
Atecc608Commands::Answer Atecc608Commands::self_test(const Atecc608Command& command) const {
  constexpr uint8_t kTests = 0x3D;  // random, ECDSA, ECDH, AES, SHA
  if ((command.param1 & ~kTests) != 0 || command.param1 == 0 || !command.data.empty()) return status(Atecc608Status::kParse);
  return status(Atecc608Status::kOk);
}

}  // namespace saksi::hw
