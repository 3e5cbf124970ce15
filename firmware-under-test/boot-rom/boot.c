// Starts a firmware that the vendor signed and that is not older than what has run here before, and no other.
#include <stdbool.h>
#include <string.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/boot-rom/signed_header.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/gpio.h"
#include "firmware-under-test/bsp/mmio.h"
#include "firmware-under-test/drivers/i2c.h"
#include "firmware-under-test/drivers/secure_element.h"
#include "firmware-under-test/drivers/sha256.h"
#include "regs/plic_regs.h"
#include "regs/uart_regs.h"

enum { kBaud = 115200, kVersionCounter = 1, kBlinkMs = 250 };

extern const signed_header_t signed_header;
extern boot_record_t boot_record;

uint32_t boot_verify(void);
void boot_refused(void);

static void say(const char* text) {
  for (; *text != '\0'; ++text) {
    while ((mmio_read8(SAKSI_CAM_UART_BASE + UART_LSR) & UART_LSR_THRE) == 0) continue;
    mmio_write8(SAKSI_CAM_UART_BASE + UART_RBR_THR, (uint8_t)*text);
  }
}

static void open_console(void) {
  const uint32_t divisor = SAKSI_CAM_UART_HZ / (16 * kBaud);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_LCR, UART_LCR_DLAB);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_RBR_THR, (uint8_t)divisor);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_IER, (uint8_t)(divisor >> 8));
  mmio_write8(SAKSI_CAM_UART_BASE + UART_LCR, 3);  // 8 bits, no parity, 1 stop bit
  mmio_write8(SAKSI_CAM_UART_BASE + UART_IIR_FCR, UART_IIR_FCR_FIFO_ENABLE);
}

static bool in_dram(uint32_t address, uint32_t bytes) {
  const uint32_t end = SAKSI_CAM_DRAM_BASE + SAKSI_CAM_DRAM_SIZE;
  return address >= SAKSI_CAM_DRAM_BASE && address < end && bytes <= end - address;
}

// Whether the image in memory is the one that the header describes.
static bool is_image_whole(void) {
  sha256_piece_t pieces[SIGNED_HEADER_SEGMENTS_MAX];
  uint8_t digest[kSha256Bytes];
  if (signed_header.segment_count == 0 || signed_header.segment_count > SIGNED_HEADER_SEGMENTS_MAX) return false;
  bool has_entry = false;
  for (uint32_t i = 0; i < signed_header.segment_count; ++i) {
    const uint32_t address = signed_header.segments[i].address, bytes = signed_header.segments[i].bytes;
    if (!in_dram(address, bytes)) return false;
    has_entry = has_entry || (signed_header.entry >= address && signed_header.entry - address < bytes);
    pieces[i] = (sha256_piece_t){(const void*)(uintptr_t)address, bytes};
  }
  sha256(pieces, signed_header.segment_count, digest);
  return has_entry && memcmp(digest, signed_header.digest, sizeof digest) == 0;
}

static bool is_signed(void) {
  const sha256_piece_t header = {&signed_header, SIGNED_HEADER_SIGNATURE_AT};
  uint8_t digest[kSha256Bytes];
  sha256(&header, 1, digest);
  return secure_element_verify_firmware(digest, signed_header.signature);
}

// The counter follows the newest version that has run, so that an older one does not run again.
static bool is_current(void) {
  uint32_t lowest = 0;
  if (!secure_element_counter(kVersionCounter, false, &lowest)) return false;
  while (lowest < signed_header.version) {
    if (!secure_element_counter(kVersionCounter, true, &lowest)) return false;
  }
  return lowest == signed_header.version;
}

static const char* reason_to_refuse(void) {
  if (signed_header.magic != SIGNED_HEADER_MAGIC) return "it is not signed";
  if (!secure_element_init()) return "the secure element does not answer";
  if (!is_signed()) return "its signature is not the vendor's";
  if (!is_image_whole()) return "it is not what was signed";
  if (!is_current()) return "it is older than what has run here";
  return 0;
}

// The interrupt controller as a reset leaves it, for the firmware.
static void leave_no_trace(void) { mmio_write32(SAKSI_CAM_PLIC_BASE + PLIC_ENABLE(0), 0); }

uint32_t boot_verify(void) {
  i2c_init();
  const char* reason = reason_to_refuse();
  leave_no_trace();
  if (reason == 0) {
    boot_record.magic = BOOT_RECORD_MAGIC;
    boot_record.version = signed_header.version;
    memcpy(boot_record.digest, signed_header.digest, sizeof boot_record.digest);
    return signed_header.entry;
  }
  open_console();
  say("boot: firmware refused: ");
  say(reason);
  say("\r\n");
  return 0;
}

static bool never(void) { return false; }

// Amber, the colour of faults, for ever: red would say that it records.
void boot_refused(void) {
  gpio_make_outputs(1u << SAKSI_CAM_PIN_LED_AMBER);
  for (bool lit = true;; lit = !lit) {
    gpio_write(1u << SAKSI_CAM_PIN_LED_AMBER, lit ? 1u << SAKSI_CAM_PIN_LED_AMBER : 0);
    clock_wait(never, clock_now() + kBlinkMs * CLOCK_TICKS_PER_MS);
  }
}
