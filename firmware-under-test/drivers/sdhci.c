#include "firmware-under-test/drivers/sdhci.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "firmware-under-test/bsp/wdt.h"
#include "regs/sdhci_regs.h"

enum {
  kDescriptorsMax = 1024,
  kDescriptorBytesMax = 0xFFFC,  // keeps every address a multiple of 4
  kIdentifyDivider = 63,         // 50 MHz / (2 * 63) = 397 kHz
  kDefaultSpeedDivider = 1,      // 25 MHz
  kHighSpeedDivider = 0,         // 50 MHz
  kTimeoutCode = 0xE,            // 2^27 cycles of 50 MHz: 2.7 s
  kResetMs = 100,
  kDetectMs = 50,  // until the card detect pin is debounced
  kCommandMs = 1000
};

#define CMD_ERRORS (SDHCI_INT_STATUS_CMD_TIMEOUT | SDHCI_INT_STATUS_CMD_CRC | SDHCI_INT_STATUS_CMD_END | SDHCI_INT_STATUS_CMD_INDEX)
#define DATA_ERRORS \
  (SDHCI_INT_STATUS_DATA_TIMEOUT | SDHCI_INT_STATUS_DATA_CRC | SDHCI_INT_STATUS_DATA_END | SDHCI_INT_STATUS_AUTO_CMD | SDHCI_INT_STATUS_ADMA)
#define EVENTS \
  (SDHCI_INT_STATUS_CMD_DONE | SDHCI_INT_STATUS_TRANSFER_DONE | SDHCI_INT_STATUS_INSERTED | SDHCI_INT_STATUS_REMOVED | CMD_ERRORS | DATA_ERRORS)

// One line of an ADMA2 table with 32-bit addresses.
typedef struct {
  uint16_t attributes;
  uint16_t bytes;
  uint32_t address;
} descriptor_t;
enum { kAdmaValid = 1, kAdmaEnd = 2, kAdmaTransfer = 0x20 };

static descriptor_t descriptors[kDescriptorsMax];
static volatile uint32_t seen;  // interrupt status bits since the command was issued
static volatile bool changed, removed;
static uint32_t awaited;

static uint32_t get32(uint32_t offset) { return mmio_read32(SAKSI_CAM_SDHCI_BASE + offset); }
static void set8(uint32_t offset, uint32_t value) { mmio_write8(SAKSI_CAM_SDHCI_BASE + offset, (uint8_t)value); }
static void set16(uint32_t offset, uint32_t value) { mmio_write16(SAKSI_CAM_SDHCI_BASE + offset, (uint16_t)value); }
static void set32(uint32_t offset, uint32_t value) { mmio_write32(SAKSI_CAM_SDHCI_BASE + offset, value); }

static void on_interrupt(void) {
  uint32_t status = get32(SDHCI_INT_STATUS);
  set32(SDHCI_INT_STATUS, status);
  seen |= status;
  if ((status & (SDHCI_INT_STATUS_INSERTED | SDHCI_INT_STATUS_REMOVED)) != 0) changed = true;
  if ((status & SDHCI_INT_STATUS_REMOVED) != 0) removed = true;
}

static bool is_over(void) { return (seen & awaited) == awaited || (seen & (CMD_ERRORS | DATA_ERRORS | SDHCI_INT_STATUS_REMOVED)) != 0; }

static bool wait_bits_clear(uint32_t offset, uint32_t bits, uint32_t ms) {
  uint64_t deadline = clock_now() + (uint64_t)ms * CLOCK_TICKS_PER_MS;
  while ((get32(offset) & bits) != 0) {
    if (clock_now() >= deadline) return false;
  }
  return true;
}

// The reset register is the top byte of the word at CLOCK.
static bool reset(uint32_t what) {
  set8(SDHCI_RESET, what);
  return wait_bits_clear(SDHCI_CLOCK, what << 24, kResetMs);
}

static void set_clock(uint32_t divider) {
  set16(SDHCI_CLOCK, 0);
  uint32_t clock = divider << SDHCI_CLOCK_DIVIDER_LO_SHIFT | SDHCI_CLOCK_INTERNAL_ENABLE;
  set16(SDHCI_CLOCK, clock);
  uint64_t deadline = clock_now() + kResetMs * CLOCK_TICKS_PER_MS;
  while ((get32(SDHCI_CLOCK) & SDHCI_CLOCK_INTERNAL_STABLE) == 0 && clock_now() < deadline) {
  }
  set16(SDHCI_CLOCK, clock | SDHCI_CLOCK_SD_ENABLE);
}

bool sdhci_power_up(void) {
  if (!reset(SDHCI_RESET_ALL)) return false;
  set8(SDHCI_HOST_CONTROL, 2u << SDHCI_HOST_CONTROL_DMA_SELECT_SHIFT);
  set8(SDHCI_POWER, 7u << SDHCI_POWER_VOLTAGE_SHIFT | SDHCI_POWER_BUS_POWER);
  set_clock(kIdentifyDivider);
  set8(SDHCI_TIMEOUT, kTimeoutCode);
  set32(SDHCI_INT_STATUS, UINT32_MAX);
  set32(SDHCI_INT_ENABLE, EVENTS);
  set32(SDHCI_SIGNAL_ENABLE, EVENTS);
  irq_attach(SAKSI_CAM_SDHCI_IRQ, on_interrupt);
  uint64_t deadline = clock_now() + kDetectMs * CLOCK_TICKS_PER_MS;
  while ((get32(SDHCI_PRESENT) & SDHCI_PRESENT_STABLE) == 0 && clock_now() < deadline) clock_sleep_ms(1);
  changed = false;
  removed = false;
  clock_sleep_ms(1);  // supply ramp, and more than 74 clocks
  return true;
}

void sdhci_power_down(void) {
  set16(SDHCI_CLOCK, 0);
  set8(SDHCI_POWER, 0);
}

void sdhci_set_bus(bool high_speed) {
  uint32_t control = 2u << SDHCI_HOST_CONTROL_DMA_SELECT_SHIFT | SDHCI_HOST_CONTROL_WIDTH_4;
  if (high_speed) control |= SDHCI_HOST_CONTROL_HIGH_SPEED;
  set8(SDHCI_HOST_CONTROL, control);
  set_clock(high_speed ? kHighSpeedDivider : kDefaultSpeedDivider);
}

bool sdhci_has_card(void) { return (get32(SDHCI_PRESENT) & SDHCI_PRESENT_INSERTED) != 0; }

bool sdhci_has_change(void) { return changed; }

bool sdhci_take_change(bool* was_removed) {
  uint32_t state = irq_save();
  bool was_changed = changed;
  *was_removed = removed;
  changed = false;
  removed = false;
  irq_restore(state);
  return was_changed;
}

uint32_t sdhci_response(uint32_t word) { return get32(SDHCI_RESPONSE(word)); }

void sdhci_reset_lines(void) {
  reset(SDHCI_RESET_CMD);
  reset(SDHCI_RESET_DAT);
}

static uint32_t response_bits(sdhci_response_t response) {
  switch (response) {
    case SDHCI_RESPONSE_NONE:
      return 0;
    case SDHCI_RESPONSE_136:
      return 1u | SDHCI_COMMAND_CRC_CHECK;
    case SDHCI_RESPONSE_48:
      return 2u | SDHCI_COMMAND_CRC_CHECK | SDHCI_COMMAND_INDEX_CHECK;
    case SDHCI_RESPONSE_48_BUSY:
      return 3u | SDHCI_COMMAND_CRC_CHECK | SDHCI_COMMAND_INDEX_CHECK;
    case SDHCI_RESPONSE_OCR:
      return 2u;
  }
  return 0;
}

static sdhci_result_t verdict(void) {
  if ((seen & SDHCI_INT_STATUS_REMOVED) != 0 || !sdhci_has_card()) return SDHCI_NO_CARD;
  if ((seen & SDHCI_INT_STATUS_CMD_TIMEOUT) != 0) return SDHCI_NO_ANSWER;
  if ((seen & CMD_ERRORS) != 0) return SDHCI_BAD_RESPONSE;
  if ((seen & SDHCI_INT_STATUS_DATA_TIMEOUT) != 0) return SDHCI_TIMEOUT;
  if ((seen & DATA_ERRORS) != 0) return SDHCI_DATA_ERROR;
  return (seen & awaited) == awaited ? SDHCI_OK : SDHCI_TIMEOUT;
}

static sdhci_result_t issue(const sdhci_command_t* command, uint32_t data_bit, uint32_t transfer_mode, uint64_t timeout_ms) {
  bool is_abort = command->index == 12;
  bool has_busy = command->response == SDHCI_RESPONSE_48_BUSY;
  uint32_t inhibit = SDHCI_PRESENT_CMD_INHIBIT;
  if ((data_bit != 0 || has_busy) && !is_abort) inhibit |= SDHCI_PRESENT_DAT_INHIBIT;
  if (!sdhci_has_card()) return SDHCI_NO_CARD;
  if (!wait_bits_clear(SDHCI_PRESENT, inhibit, kCommandMs)) return SDHCI_TIMEOUT;
  seen = 0;
  awaited = SDHCI_INT_STATUS_CMD_DONE;
  if (data_bit != 0 || has_busy) awaited |= SDHCI_INT_STATUS_TRANSFER_DONE;
  uint32_t word = command->index << SDHCI_COMMAND_INDEX_SHIFT | response_bits(command->response) | data_bit;
  if (is_abort) word |= 3u << SDHCI_COMMAND_TYPE_SHIFT;
  set32(SDHCI_ARGUMENT, command->argument);
  set16(SDHCI_TRANSFER_MODE, transfer_mode);
  set16(SDHCI_COMMAND, word);
  clock_wait(is_over, clock_now() + timeout_ms * CLOCK_TICKS_PER_MS);
  sdhci_result_t result = verdict();
  if (result == SDHCI_OK) {
    wdt_report_progress();
  } else {
    sdhci_reset_lines();
  }
  return result;
}

sdhci_result_t sdhci_command(const sdhci_command_t* command) {
  return issue(command, 0, 0, command->response == SDHCI_RESPONSE_48_BUSY ? SDHCI_BUSY_MS_MAX : kCommandMs);
}

// Fills the ADMA2 table. False if it is too small.
static bool describe(const block_segment_t* segments, uint32_t segment_count) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < segment_count; ++i) {
    uint32_t address = dma_address(segments[i].data);
    uint32_t left = segments[i].bytes;
    while (left > 0) {
      uint32_t bytes = left < kDescriptorBytesMax ? left : kDescriptorBytesMax;
      if (used == kDescriptorsMax) return false;
      descriptors[used++] = (descriptor_t){kAdmaValid | kAdmaTransfer, (uint16_t)bytes, address};
      address += bytes;
      left -= bytes;
    }
  }
  if (used == 0) return false;
  descriptors[used - 1].attributes |= kAdmaEnd;
  return true;
}

sdhci_result_t sdhci_transfer(const sdhci_command_t* command, const sdhci_transfer_t* transfer) {
  if (!describe(transfer->segments, transfer->segment_count)) return SDHCI_DATA_ERROR;
  uint32_t mode = SDHCI_TRANSFER_MODE_DMA;
  if (!transfer->to_card) mode |= SDHCI_TRANSFER_MODE_READ;
  if (transfer->blocks > 1) {
    mode |= SDHCI_TRANSFER_MODE_MULTI | SDHCI_TRANSFER_MODE_BLOCK_COUNT_ENABLE | 1u << SDHCI_TRANSFER_MODE_AUTO_CMD_SHIFT;
  }
  set16(SDHCI_BLOCK_SIZE, transfer->block_bytes);
  set16(SDHCI_BLOCK_COUNT, transfer->blocks);
  set32(SDHCI_ADMA_ADDRESS, dma_address(descriptors));
  // The busy time on top of what the slowest usable card needs for the bytes: 1 MB/s.
  uint64_t timeout_ms = SDHCI_BUSY_MS_MAX + (uint64_t)transfer->blocks * transfer->block_bytes / 1000;
  return issue(command, SDHCI_COMMAND_DATA, mode, timeout_ms);
}
