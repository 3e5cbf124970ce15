// The secure element, an ATECC608: a private key that never leaves it, a certificate for it, monotonic counters. Main level only.
//
// The part sleeps when nobody talks to it and falls asleep 1.3 s after it was woken, whatever it is doing. What is not a signature is done in one
// call that waits for the part (50 ms at most); a signature is made in steps, so that recording goes on.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SECURE_ELEMENT_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SECURE_ELEMENT_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  SECURE_ELEMENT_SERIAL_BYTES = 9,
  SECURE_ELEMENT_CERTIFICATE_BYTES_MAX = 416,
  SECURE_ELEMENT_DIGEST_BYTES = 32,
  SECURE_ELEMENT_SIGNATURE_BYTES = 64,
  SECURE_ELEMENT_COUNTERS = 2
};

// Needs i2c_init() and interrupts. False if no part answers, or one whose keys are not locked.
bool secure_element_init(void);

// The part's own number, which no two have. False if it cannot be read.
bool secure_element_serial(uint8_t serial[SECURE_ELEMENT_SERIAL_BYTES]);

// The X.509 certificate (DER) of the signing key, as its maker stored it; it was issued by the maker's root itself. Returns its bytes, 0 if there
// is none, it cannot be read or it is larger than `max`.
uint32_t secure_element_certificate(uint8_t* der, uint32_t max);

// Begins a signature (ECDSA P-256) over a digest; one that was under way is given up.
void secure_element_sign_begin(const uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES]);

typedef enum { SECURE_ELEMENT_BUSY, SECURE_ELEMENT_SIGNED, SECURE_ELEMENT_FAILED } secure_element_sign_t;

// Goes on with the signature: at most one I2C transfer a call (1.8 ms), and none before the part can have an answer. To be called, at least each 300 ms
// lest the part falls asleep in between, until it says something else than BUSY: SIGNED, and r and s, 32 bytes each, are in `signature`; FAILED after
// three attempts, or if none was begun. 75 to 150 ms from its beginning to SIGNED.
secure_element_sign_t secure_element_sign_step(uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES]);

// One of the part's monotonic counters, 0 to 2,097,151, after adding 1 to it if asked to. False if the part does not answer or the counter is at its
// end. Not while a signature is under way: it is given up.
bool secure_element_counter(uint32_t counter, bool increment, uint32_t* value);

// Whether `signature` (r, s) over `digest` is the maker's, by the public key of his that the part holds for firmware. False too if the part does not answer.
bool secure_element_verify_firmware(const uint8_t digest[SECURE_ELEMENT_DIGEST_BYTES], const uint8_t signature[SECURE_ELEMENT_SIGNATURE_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
