#include <stddef.h>
#include <string.h>

#include "firmware-under-test/bsp/boot_record.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/bsp/trap.h"
#include "firmware-under-test/bsp/uart.h"
#include "firmware-under-test/bsp/wdt.h"
#include "firmware-under-test/camera/camera.h"
#include "firmware-under-test/camera/evidence.h"
#include "firmware-under-test/drivers/sha256.h"

enum { kWatchdogMs = 4000 };  // longer than a card may keep one transfer waiting while no frames come in

extern const uint8_t image_begin[], image_end[];

// Which firmware made the recordings that follow: the hash of code and constants, as the boot ROM measured it before it started them or, without
// secure boot, as they lie in memory.
static void say_firmware_hash(void) {
  const sha256_piece_t image = {image_begin, (uint32_t)(image_end - image_begin)};
  const boot_record_t* measured = boot_record_get();
  uint8_t digest[kSha256Bytes];
  static char text[2 * kSha256Bytes + 1];
  bool by_block = true;
  if (measured != NULL) {
    memcpy(digest, measured->digest, sizeof digest);
    log_info("started by the boot ROM, version %lu", (unsigned long)measured->version);
  } else {
    by_block = sha256(&image, 1, digest);
  }
  for (uint32_t i = 0; i < 2 * kSha256Bytes; ++i) text[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
  text[2 * kSha256Bytes] = '\0';
  log_info("firmware sha256 %s", text);
  evidence_set_firmware(text);
  if (!by_block) log_warning("no hash block: hashed by software");
}

int main(void) {
  trap_init();
  irq_init();
  uart_init();
  log_info("boot saksi-cam 1");
  if (wdt_was_cause()) log_warning("restarted by the watchdog");
  wdt_start(kWatchdogMs);
  wdt_report_progress();
  say_firmware_hash();
  camera_init();
  for (;;) camera_run_once();
}
