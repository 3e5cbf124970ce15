#include "firmware-under-test/camera/signing_sei.h"

#include <stddef.h>
#include <string.h>

#include "firmware-under-test/camera/byte_writer.h"
#include "firmware-under-test/camera/bytes.h"

enum {
  kSeiNal = 0x06,
  kUserDataUnregistered = 0x05,
  kStopByte = 0x80,
  kTlvHead = 3,
  kDerBytesMax = 72,
  kSignatureTlv = kTlvHead + 3 + kDerBytesMax,
  kFieldPadding = 0x01,
  kCounted = 16 + 1,  // UUID and reserved byte, before the TLVs
  kGeneralVersion = 2,
  kIntegerBytes = 32
};

enum { kTagGeneral = 1, kTagHashList = 2, kTagSignature = 3, kTagCryptoInfo = 4, kTagVendorInfo = 5, kTagCertificates = 6 };

static const uint8_t uuid[16] = {0x00, 0x5B, 0xC9, 0x3F, 0x2D, 0x71, 0x5E, 0x95, 0xAD, 0xA4, 0x79, 0x6F, 0x90, 0x87, 0x7A, 0x6F};

// SHA-256 by its object identifier, an EC key, no RSA size.
static const uint8_t crypto_info[] = {kTagCryptoInfo, 0x00, 0x10, 0x01, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48,
                                      0x01,           0x65, 0x03, 0x04, 0x02, 0x01, 0x00, 0x00, 0x00};

// Year, month and patch of the standard that this follows.
static const uint8_t spec_version[3] = {25, 12, 0};

static void put64(writer_t* w, uint64_t value) {
  put32(w, (uint32_t)(value >> 32));
  put32(w, (uint32_t)value);
}

static uint32_t text_bytes(const char* text) {
  uint32_t bytes = 0;
  while (bytes < SIGNING_TEXT_BYTES_MAX && text[bytes] != '\0') ++bytes;
  return bytes;
}

static void put_text(writer_t* w, const char* text) {
  uint32_t bytes = text_bytes(text);
  put8(w, bytes);
  put_bytes(w, text, bytes);
}

static void put_head(writer_t* w, uint32_t tag, uint32_t bytes) {
  put8(w, tag);
  put16(w, bytes);
}

static uint32_t vendor_bytes(const signing_identity_t* identity) {
  return 4 + text_bytes(identity->firmware) + text_bytes(identity->serial) + text_bytes(identity->manufacturer);
}

static void put_identity(writer_t* w, const signing_identity_t* identity) {
  put_bytes(w, crypto_info, sizeof crypto_info);
  put_head(w, kTagVendorInfo, vendor_bytes(identity));
  put8(w, 1);
  put_text(w, identity->firmware);
  put_text(w, identity->serial);
  put_text(w, identity->manufacturer);
  put_head(w, kTagCertificates, 2 + identity->pem_bytes);
  put8(w, 1);
  put8(w, 0);  // provisioned by the maker, not by the user
  put_bytes(w, identity->pem, identity->pem_bytes);
}

static uint32_t general_bytes(void) { return 27 + 2 * SIGNING_HASH_BYTES; }

static void put_general(writer_t* w, const signing_gop_t* gop) {
  put_head(w, kTagGeneral, general_bytes());
  put8(w, kGeneralVersion);
  put_bytes(w, spec_version, sizeof spec_version);
  put8(w, gop->is_partial ? 1 : 0);
  put64(w, gop->start);
  put64(w, gop->end);
  put32(w, gop->counter);
  put16(w, gop->count);
  put_bytes(w, gop->gop_hash, SIGNING_HASH_BYTES);
  put_bytes(w, gop->linked_hash, SIGNING_HASH_BYTES);
}

uint32_t signing_sei_begin(uint8_t* out, const signing_identity_t* identity, const signing_gop_t* gop, const uint8_t* hashes, bool is_signed) {
  writer_t w = {out, 0};
  uint32_t list_bytes = 1 + gop->count * SIGNING_HASH_BYTES;
  uint32_t size = kCounted + sizeof crypto_info + kTlvHead + vendor_bytes(identity) + kTlvHead + 2 + identity->pem_bytes + kTlvHead +
                  general_bytes() + kTlvHead + list_bytes + (is_signed ? kSignatureTlv : 0);
  put8(&w, kSeiNal);
  put8(&w, kUserDataUnregistered);
  for (; size >= 0xFF; size -= 0xFF) put8(&w, 0xFF);
  put8(&w, size);
  put_bytes(&w, uuid, sizeof uuid);
  put8(&w, 0);  // no SEI for certificates alone, hashed without emulation prevention
  put_identity(&w, identity);
  put_general(&w, gop);
  put_head(&w, kTagHashList, list_bytes);
  put8(&w, 1);
  put_bytes(&w, hashes, list_bytes - 1);
  return w.at;
}

// A positive INTEGER: no zeros before it but one where the first bit would make it negative.
static void put_integer(writer_t* w, const uint8_t* value) {
  uint32_t from = 0;
  while (from < kIntegerBytes - 1 && value[from] == 0) ++from;
  uint32_t sign = value[from] >> 7;
  put8(w, 0x02);
  put8(w, kIntegerBytes - from + sign);
  if (sign != 0) put8(w, 0);
  put_bytes(w, value + from, kIntegerBytes - from);
}

uint32_t signing_der(const uint8_t signature[64], uint8_t* der) {
  writer_t w = {der, 2};
  put_integer(&w, signature);
  put_integer(&w, signature + kIntegerBytes);
  der[0] = 0x30;
  der[1] = (uint8_t)(w.at - 2);
  return w.at;
}

uint32_t signing_sei_end(uint8_t* out, uint32_t bytes, const uint8_t* signature) {
  writer_t w = {out, bytes};
  if (signature != NULL) {
    uint8_t der[kDerBytesMax];
    uint32_t der_bytes = signing_der(signature, der);
    put_head(&w, kTagSignature, kSignatureTlv - kTlvHead);
    put8(&w, 1);
    put16(&w, der_bytes);
    put_bytes(&w, der, der_bytes);
    for (uint32_t i = der_bytes; i < kDerBytesMax; ++i) put8(&w, kFieldPadding);
  }
  put8(&w, kStopByte);
  return w.at;
}

uint32_t signing_escape(const uint8_t* nal, uint32_t bytes, uint8_t* out) {
  uint32_t zeros = 0;
  uint32_t at = 0;
  for (uint32_t i = 0; i < bytes; ++i) {
    if (zeros == 2 && nal[i] <= 3) {
      out[at++] = 3;
      zeros = 0;
    }
    out[at++] = nal[i];
    zeros = nal[i] == 0 ? zeros + 1 : 0;
  }
  return at;
}
