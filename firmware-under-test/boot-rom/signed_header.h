// What the vendor signs of a firmware, and what the boot ROM leaves of it: both lie in the last page of DRAM.
// Fields are little endian. The digest is SHA-256 over the data of the image's segments, one after the other; the signature, ECDSA P-256 as r and s, is
// over SHA-256 of everything before it.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BOOT_ROM_SIGNED_HEADER_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BOOT_ROM_SIGNED_HEADER_H_

#include <stdint.h>

enum { SIGNED_HEADER_SEGMENTS_MAX = 8, SIGNED_HEADER_SIGNATURE_AT = 112 };

#define SIGNED_HEADER_MAGIC 0x31484253u  // "SBH1"
#define BOOT_RECORD_MAGIC 0x3152424Du    // "MBR1"

typedef struct {
  uint32_t magic;
  uint32_t version;  // must not be below the secure element's counter
  uint32_t entry;
  uint32_t segment_count;
  struct {
    uint32_t address, bytes;
  } segments[SIGNED_HEADER_SEGMENTS_MAX];
  uint8_t digest[32];
  uint8_t signature[64];
} signed_header_t;

// What was measured and found good. Its address is in a2 when the firmware is entered; a2 is 0 without secure boot.
typedef struct {
  uint32_t magic;
  uint32_t version;
  uint8_t digest[32];
} boot_record_t;

#endif
