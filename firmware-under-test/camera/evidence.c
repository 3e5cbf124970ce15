#include "firmware-under-test/camera/evidence.h"

#include <stdio.h>
#include <string.h>

#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/camera/battery.h"
#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/pem.h"
#include "firmware-under-test/camera/wall_clock.h"
#include "firmware-under-test/drivers/secure_element.h"

static struct {
  const char* firmware_hash;
  const char* officer;
  char firmware[SIGNING_TEXT_BYTES_MAX + 1];
  char serial[2 * SECURE_ELEMENT_SERIAL_BYTES + 1];
  char pem[SIGNING_PEM_BYTES_MAX];
  signing_identity_t identity;
} evidence;

static const media_signer_t element = {secure_element_sign_begin, secure_element_sign_step};

void evidence_set_firmware(const char* sha256) { evidence.firmware_hash = sha256; }

static void read_serial(void) {
  uint8_t serial[SECURE_ELEMENT_SERIAL_BYTES];
  if (!secure_element_serial(serial)) {
    memcpy(evidence.serial, "none", sizeof "none");
    return;
  }
  for (uint32_t i = 0; i < 2 * sizeof serial; ++i) evidence.serial[i] = "0123456789ABCDEF"[serial[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
  evidence.serial[2 * sizeof serial] = '\0';
}

void evidence_init(const char* officer) {
  static uint8_t der[SECURE_ELEMENT_CERTIFICATE_BYTES_MAX];
  evidence.officer = officer;
  memcpy(evidence.serial, "none", sizeof "none");
  wall_clock_init();
  battery_init();
  if (!wall_clock_is_trusted()) log_warning("clock not set: times are not to be trusted");
  if (!secure_element_init()) {
    log_warning("no secure element: recordings are not signed");
    return;
  }
  read_serial();
  uint32_t bytes = secure_element_certificate(der, sizeof der);
  evidence.identity.pem = evidence.pem;
  evidence.identity.pem_bytes = pem_certificates(der, bytes, evidence.pem, sizeof evidence.pem);
  if (evidence.identity.pem_bytes == 0) {
    log_warning("secure element has no certificate: recordings are not signed");
    return;
  }
  log_info("secure element %s signs", evidence.serial);
}

const char* evidence_serial(void) { return evidence.serial; }

// The states of clock and battery, and the officer, stand beside the firmware in its field: the standard has none of their own, and what it does not
// know, the reference validator refuses.
static const signing_identity_t* identity(void) {
  const char* clock = wall_clock_is_trusted() ? "trusted" : "not-trusted";
  snprintf(evidence.firmware, sizeof evidence.firmware, "saksi-cam 1; sha256=%s; clock=%s; battery=%s; officer=%s", evidence.firmware_hash, clock,
           battery_text(), evidence.officer[0] == '\0' ? "none" : evidence.officer);
  evidence.identity.firmware = evidence.firmware;
  evidence.identity.serial = evidence.serial;
  evidence.identity.manufacturer = "Saksi";
  return &evidence.identity;
}

void evidence_enable(recorder_signature_t* signature, media_signing_t* session, const parameter_sets_t* sets) {
  if (evidence.identity.pem_bytes == 0) return;
  signature->session = session;
  signature->signer = &element;
  signature->identity = identity;
  signature->epoch = wall_clock_epoch;
  store_be32(signature->trailer, sets->pps_bytes);
  memcpy(signature->trailer + 4, sets->pps, sets->pps_bytes);
  signature->trailer_bytes = 4 + sets->pps_bytes;
}
