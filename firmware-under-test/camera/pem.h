// PEM (RFC 7468): DER certificates as text.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PEM_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_PEM_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Writes each of the certificates that stand one behind the other in `der` as a CERTIFICATE block of lines of 64 characters. Returns the bytes of
// text, without a zero behind; 0 if `der` is not made of whole certificates or the text is longer than `max`.
uint32_t pem_certificates(const uint8_t* der, uint32_t bytes, char* text, uint32_t max);

#ifdef __cplusplus
}
#endif

#endif
