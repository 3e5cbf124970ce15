// What the camera says of itself in what it signs: its key, number and firmware, the officer, how full
// its battery is, and whether its clock can be believed.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_EVIDENCE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_EVIDENCE_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/recorder.h"

#ifdef __cplusplus
extern "C" {
#endif

// The hash of the firmware, 64 hexadecimal digits, which stays where it is.
void evidence_set_firmware(const char* sha256);

// Looks for the secure element and reads number and certificate, and clock and battery for the first time; takes 100 ms. `officer` stays where it is.
void evidence_init(const char* officer);

// The camera's number: that of its secure element in hexadecimal, "none" without one.
const char* evidence_serial(void);

// Makes clips be signed in `session`, if there is a secure element that can do it; otherwise the log says that they are not.
void evidence_enable(recorder_signature_t* signature, media_signing_t* session, const parameter_sets_t* sets);

#ifdef __cplusplus
}
#endif

#endif
