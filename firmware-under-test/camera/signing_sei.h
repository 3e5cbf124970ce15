// The SEI NAL unit of ONVIF Media Signing (MediaSigning.xml 25.12) for H.264, SHA-256 and ECDSA P-256, byte by byte. Integers are big-endian, as
// the reference framework writes and reads them.
//
// A SEI is built without emulation prevention, signed so, and escaped as a whole at the end (bit 6 of its reserved byte is 0).
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SIGNING_SEI_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_SIGNING_SEI_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  SIGNING_HASH_BYTES = 32,
  SIGNING_TEXT_BYTES_MAX = 255,  // of each of the camera's texts
  SIGNING_PEM_BYTES_MAX = 2048,
  SIGNING_HASHES_MAX = 320,  // in one SEI; the reference takes 600
  // Everything but the hashes: head, TLVs, signature, stop byte.
  SIGNING_SEI_BYTES_MAX = 512 + 3 * SIGNING_TEXT_BYTES_MAX + SIGNING_PEM_BYTES_MAX + SIGNING_HASHES_MAX * SIGNING_HASH_BYTES,
  SIGNING_ESCAPED_BYTES_MAX = SIGNING_SEI_BYTES_MAX * 3 / 2
};

// What each SEI says of the camera. Texts end with a zero and are cut at SIGNING_TEXT_BYTES_MAX.
typedef struct {
  const char* firmware;
  const char* serial;
  const char* manufacturer;
  const char* pem;  // leaf first; at most SIGNING_PEM_BYTES_MAX
  uint32_t pem_bytes;
} signing_identity_t;

// What a SEI says of the GOP, or part of one, that it covers.
typedef struct {
  uint64_t start, end;  // of its first picture and of the one behind its last; 100 ns since 1601-01-01 UTC
  uint32_t counter;     // from 1 in a session
  bool is_partial;      // cut before the GOP's end
  uint32_t count;       // elements, at most SIGNING_HASHES_MAX
  uint8_t gop_hash[SIGNING_HASH_BYTES];
  uint8_t linked_hash[SIGNING_HASH_BYTES];
} signing_gop_t;

// Writes the document: what is signed, from the NAL unit's header to what stands before the signature. `hashes`: the elements, one behind the
// other. Returns its bytes, at most SIGNING_SEI_BYTES_MAX less the signature's.
uint32_t signing_sei_begin(uint8_t* out, const signing_identity_t* identity, const signing_gop_t* gop, const uint8_t* hashes, bool is_signed);

// Completes a SEI of `bytes` bytes with its signature (r and s, 32 bytes each), or without one if that is NULL. Returns the NAL unit's bytes.
uint32_t signing_sei_end(uint8_t* out, uint32_t bytes, const uint8_t* signature);

// The signature as DER; returns its bytes, 72 at most.
uint32_t signing_der(const uint8_t signature[64], uint8_t* der);

// The NAL unit with emulation prevention (ITU-T H.264, 7.4.1.1); returns its bytes.
uint32_t signing_escape(const uint8_t* nal, uint32_t bytes, uint8_t* out);

#ifdef __cplusplus
}
#endif

#endif
