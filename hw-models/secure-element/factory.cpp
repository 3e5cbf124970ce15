#include "hw-models/secure-element/factory.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "hw-models/secure-element/x509_writer.h"

namespace saksi::hw {

namespace {

constexpr uint64_t kVendorSeed = 0x5A4B'5349;  ///< any number: the vendor's keys are not a secret, they sign tests
constexpr char kRootName[] = "Saksi test vendor CA";
constexpr char kNotBefore[] = "200101000000Z";
constexpr char kNotAfter[] = "21200101000000Z";

P256Key vendor_key(const char* name) {
  SeedStream stream(kVendorSeed, name);
  return P256Key::draw(stream);
}

std::array<uint8_t, 6> draw_serial(SeedStream& stream) {
  std::array<uint8_t, 6> serial;
  for (uint8_t& byte : serial) byte = static_cast<uint8_t>(stream.below(256));
  return serial;
}

std::string hex_of(const std::array<uint8_t, 9>& bytes) {
  std::string text;
  for (const uint8_t byte : bytes) text += fmt::format("{:02X}", byte);
  return text;
}

// SlotConfig and KeyConfig (data sheet, 2.2.1 and 2.2.5), as far as the reference camera uses them.
constexpr uint16_t kPrivateSlot = 0x0081;   ///< secret, signs external messages, never written or made again
constexpr uint16_t kPrivateKey = 0x0013;    ///< a P-256 private key whose public key may be asked for
constexpr uint16_t kReadOnlySlot = 0x8000;  ///< read by everybody, written by nobody
constexpr uint16_t kData = 0x001C;          ///< no key
constexpr uint16_t kPublicKey = 0x0010;     ///< a P-256 public key
constexpr uint16_t kUnusedSlot = 0x8080;    ///< neither read nor written

void configure(Atecc608Memory& memory) {
  for (size_t slot = 0; slot < Atecc608Memory::kSlots; ++slot) memory.set_slot(slot, kUnusedSlot, kData);
  memory.set_slot(ElementSlots::kSigningKey, kPrivateSlot, kPrivateKey);
  memory.set_slot(ElementSlots::kCertificate, kReadOnlySlot, kData);
  memory.set_slot(ElementSlots::kFirmwareKey, kReadOnlySlot, kPublicKey);
}

}  // namespace

Vendor::Vendor() : root_key_(vendor_key("vendor root key")), firmware_key_(vendor_key("vendor firmware key")) {
  root_der_ = make_certificate({{0x01}, kRootName, kRootName, root_key_.public_key(), true, kNotBefore, kNotAfter}, root_key_);
}

std::string Vendor::root_pem() const { return pem_of_certificate(root_der_); }

Atecc608Memory Vendor::make_element(uint64_t seed) const {
  SeedStream stream(seed, "secure element factory");
  Atecc608Memory memory(draw_serial(stream));
  configure(memory);
  const P256Key key = P256Key::draw(stream);
  memory.store_key(ElementSlots::kSigningKey, key);
  memory.store_public(ElementSlots::kFirmwareKey, firmware_key_.public_key());
  const std::array<uint8_t, 9> serial = memory.serial();
  const CertificateText text = {
      std::vector<uint8_t>(serial.begin(), serial.end()), kRootName, "saksi-cam " + hex_of(serial), key.public_key(), false, kNotBefore, kNotAfter};
  const std::vector<uint8_t> leaf = make_certificate(text, root_key_);
  std::vector<uint8_t>& slot = memory.slots[ElementSlots::kCertificate];
  if (leaf.size() > slot.size())
    throw InfraError(fmt::format("a device's certificate has {} bytes, its slot in the secure element {}", leaf.size(), slot.size()));
  std::fill(slot.begin(), slot.end(), uint8_t{0});
  std::copy(leaf.begin(), leaf.end(), slot.begin());
  memory.config[Atecc608Memory::kLockConfigAt] = memory.config[Atecc608Memory::kLockDataAt] = 0;
  return memory;
}

std::string pem_of_certificate(const std::vector<uint8_t>& der) {
  constexpr size_t kLine = 64;
  std::vector<unsigned char> text(4 * ((der.size() + 2) / 3) + 1);
  const int size = EVP_EncodeBlock(text.data(), der.data(), static_cast<int>(der.size()));
  const std::string base64(text.begin(), text.begin() + size);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < base64.size(); at += kLine) pem += base64.substr(at, kLine) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace saksi::hw
