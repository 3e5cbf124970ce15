#include "judge/signature/signing_sei.h"

#include <algorithm>
#include <cstring>

#include "judge/media/mp4_box.h"

namespace saksi::judge {

namespace {

constexpr uint8_t kUserDataUnregistered = 5;
constexpr uint8_t kUuid[16] = {0x00, 0x5B, 0xC9, 0x3F, 0x2D, 0x71, 0x5E, 0x95, 0xAD, 0xA4, 0x79, 0x6F, 0x90, 0x87, 0x7A, 0x6F};
constexpr uint8_t kStopByte = 0x80;
constexpr size_t kMaxHashListBytes = 300 * 64;

bool is_known(uint8_t tag) { return tag >= 1 && tag <= 7; }

/// Where a payload of SEI data begins and how long it says it is.
struct Payload {
  size_t offset = 0;
  size_t size = 0;
};

std::optional<Payload> find_payload(const uint8_t* nal, size_t size, size_t head_bytes) {
  if (size <= head_bytes || nal[head_bytes] != kUserDataUnregistered) return std::nullopt;
  Payload payload;
  size_t at = head_bytes + 1;
  while (at < size && nal[at] == 0xFF) {
    payload.size += 0xFF;
    ++at;
  }
  if (at >= size) return std::nullopt;
  payload.size += nal[at++];
  payload.offset = at;
  if (size - at < sizeof kUuid || std::memcmp(nal + at, kUuid, sizeof kUuid) != 0) return std::nullopt;
  return payload;
}

/// Reads bytes that may be escaped; remembers the two before, as emulation prevention is found by them.
class EscapedCursor {
 public:
  EscapedCursor(const uint8_t* data, size_t size, bool escaped) : data_(data), size_(size), escaped_(escaped) {}
  size_t at() const { return at_; }
  bool overrun() const { return overrun_; }
  uint8_t next() {
    uint8_t byte = raw();
    if (escaped_ && byte == 3 && zeros_ >= 2) {
      zeros_ = 0;
      byte = raw();
    }
    zeros_ = byte == 0 ? zeros_ + 1 : 0;
    return byte;
  }

 private:
  uint8_t raw() {
    if (at_ < size_) return data_[at_++];
    overrun_ = true;
    return 0;
  }
  const uint8_t* data_;
  size_t size_;
  bool escaped_;
  size_t at_ = 0;
  size_t zeros_ = 0;
  bool overrun_ = false;
};

/// The offset of the signature's tag among TLVs that may be escaped. It is looked for in as many bytes as there are without escapes, as the reference
/// does.
std::optional<size_t> find_signature(const uint8_t* tlvs, size_t available, size_t bytes, bool escaped) {
  EscapedCursor cursor(tlvs, available, escaped);
  while (cursor.at() < bytes && !cursor.overrun()) {
    const size_t at = cursor.at();
    if (cursor.next() == static_cast<uint8_t>(SigningTag::kSignature)) return at;
    size_t length = static_cast<size_t>(cursor.next()) << 8;
    length |= cursor.next();
    for (; length > 0 && !cursor.overrun(); --length) cursor.next();
  }
  return std::nullopt;
}

void split_tlvs(SigningSei& sei) {
  size_t at = 0;
  while (sei.payload.size() - at >= 3) {
    const uint8_t tag = sei.payload[at];
    const size_t length = be16(&sei.payload[at + 1]);
    if (!is_known(tag) || length == 0 || length > sei.payload.size() - at - 3) return;
    sei.tlvs.push_back({static_cast<SigningTag>(tag), at + 3, length});
    at += 3 + length;
  }
  sei.complete = at == sei.payload.size() && !sei.tlvs.empty();
}

/// The value of a TLV behind its version, which has to be `version`.
std::optional<Mp4Cursor> value_of(const SigningSei& sei, const SigningTlv& tlv, uint8_t version) {
  Mp4Cursor cursor(sei.payload.data() + tlv.offset, tlv.length);
  if (cursor.u8() != version) return std::nullopt;
  return cursor;
}

Hash take_hash(Mp4Cursor& cursor, size_t size) {
  Hash hash;
  hash.size = size;
  for (size_t i = 0; i < size; ++i) hash.bytes[i] = cursor.u8();
  return hash;
}

std::string take_text(Mp4Cursor& cursor) {
  const size_t size = cursor.u8();
  std::string text(reinterpret_cast<const char*>(cursor.here()), std::min(size, cursor.left()));
  cursor.skip(size);
  // The reference copies texts as C strings.
  return text.substr(0, text.find('\0'));
}

}  // namespace

std::optional<SigningSei> parse_signing_sei(const uint8_t* nal, size_t size, const NalHead& head) {
  const std::optional<Payload> payload = find_payload(nal, size, head.bytes);
  if (!payload) return std::nullopt;
  SigningSei sei;
  const size_t tlv_at = payload->offset + sizeof kUuid + 1;
  const bool has_stop_byte = nal[size - 1] == kStopByte;
  const size_t without_escapes = payload->offset + payload->size + (has_stop_byte ? 1 : 0);
  if (payload->size < sizeof kUuid + 1 || size < tlv_at || size < without_escapes || !head.valid) {
    sei.hashed.assign(nal, nal + size);
    return sei;
  }
  const uint8_t flags = nal[tlv_at - 1];
  sei.certificate = (flags & 0x80) != 0;
  const bool hashed_escaped = (flags & 0x40) != 0;
  const size_t tlv_bytes = payload->size - sizeof kUuid - 1;
  const bool escaped = size > without_escapes;
  const std::optional<size_t> signature = find_signature(nal + tlv_at, size - tlv_at, tlv_bytes, escaped);
  sei.is_signed = signature.has_value();
  std::vector<uint8_t> plain(nal, nal + std::min(size, payload->offset + payload->size + 1));
  if (escaped) {
    EscapedCursor cursor(nal, size, true);
    for (uint8_t& byte : plain) byte = cursor.next();
  }
  sei.payload.assign(plain.begin() + static_cast<ptrdiff_t>(tlv_at), plain.begin() + static_cast<ptrdiff_t>(tlv_at + tlv_bytes));
  if (!escaped || hashed_escaped) {
    sei.hashed.assign(nal, nal + (signature ? tlv_at + *signature : size));
  } else {
    const std::optional<size_t> plain_signature = find_signature(sei.payload.data(), sei.payload.size(), tlv_bytes, false);
    sei.is_signed = sei.is_signed && plain_signature;
    if (sei.is_signed) plain.resize(tlv_at + *plain_signature);
    sei.hashed = std::move(plain);
  }
  split_tlvs(sei);
  return sei;
}

std::optional<SigningGeneral> read_general(const SigningSei& sei, const SigningTlv& tlv) {
  Mp4Cursor cursor(sei.payload.data() + tlv.offset, tlv.length);
  SigningGeneral general;
  general.version = cursor.u8();
  if (general.version < 1 || general.version > 2) return std::nullopt;
  for (uint8_t& part : general.spec) part = cursor.u8();
  general.partial = cursor.u8() != 0;
  general.start = static_cast<int64_t>(cursor.u64());
  general.end = general.version >= 2 ? static_cast<int64_t>(cursor.u64()) : general.start;
  general.counter = cursor.u32();
  general.elements = cursor.u16();
  const size_t hash_bytes = cursor.left() / 2;
  if (cursor.overrun() || hash_bytes > 64 || hash_bytes * 2 != cursor.left()) return std::nullopt;
  general.gop_hash = take_hash(cursor, hash_bytes);
  general.linked_hash = take_hash(cursor, hash_bytes);
  return general;
}

std::optional<std::vector<uint8_t>> read_hash_list(const SigningSei& sei, const SigningTlv& tlv) {
  const std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  if (!cursor || cursor->left() > kMaxHashListBytes) return std::nullopt;
  return std::vector<uint8_t>(cursor->here(), cursor->here() + cursor->left());
}

std::optional<SigningSignature> read_signature(const SigningSei& sei, const SigningTlv& tlv) {
  std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  if (!cursor) return std::nullopt;
  const size_t size = cursor->u16();
  if (cursor->overrun() || size > cursor->left()) return std::nullopt;
  return SigningSignature{{cursor->here(), cursor->here() + size}, cursor->left()};
}

std::optional<std::vector<uint8_t>> read_hash_oid(const SigningSei& sei, const SigningTlv& tlv) {
  std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  if (!cursor) return std::nullopt;
  const size_t oid_bytes = cursor->u8();
  if (oid_bytes == 0 || oid_bytes > cursor->left()) return std::nullopt;
  std::vector<uint8_t> oid(cursor->here(), cursor->here() + oid_bytes);
  cursor->skip(oid_bytes);
  // The signature's algorithm and the size of an RSA key: what the certificate says counts.
  cursor->skip(cursor->u8());
  cursor->u16();
  if (cursor->overrun() || cursor->left() != 0) return std::nullopt;
  return oid;
}

std::optional<SigningVendor> read_vendor(const SigningSei& sei, const SigningTlv& tlv) {
  std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  if (!cursor) return std::nullopt;
  SigningVendor vendor;
  vendor.firmware = take_text(*cursor);
  vendor.serial = take_text(*cursor);
  vendor.manufacturer = take_text(*cursor);
  if (cursor->overrun() || cursor->left() != 0) return std::nullopt;
  return vendor;
}

std::optional<SigningCertificates> read_certificates(const SigningSei& sei, const SigningTlv& tlv) {
  std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  if (!cursor) return std::nullopt;
  SigningCertificates certificates;
  certificates.user_provisioned = cursor->u8() != 0;
  if (cursor->overrun() || cursor->left() == 0) return std::nullopt;
  certificates.pem.assign(reinterpret_cast<const char*>(cursor->here()), cursor->left());
  return certificates;
}

bool is_arbitrary_data(const SigningSei& sei, const SigningTlv& tlv) {
  const std::optional<Mp4Cursor> cursor = value_of(sei, tlv, 1);
  return cursor && cursor->left() > 0;
}

}  // namespace saksi::judge
