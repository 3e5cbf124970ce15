#include "firmware-under-test/drivers/sdcard.h"

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/drivers/sdhci.h"

enum {
  kGoIdle = 0,
  kAllSendCid = 2,
  kSendRelativeAddress = 3,
  kSwitchFunction = 6,
  kSelect = 7,
  kSendIfCond = 8,
  kSendCsd = 9,
  kStopTransmission = 12,
  kSendStatus = 13,
  kSetBlockLength = 16,
  kReadSingle = 17,
  kReadMultiple = 18,
  kWriteSingle = 24,
  kWriteMultiple = 25,
  kAppSetBusWidth = 6,
  kAppSendOpCond = 41,
  kAppSendScr = 51,
  kAppCommand = 55
};

#define OCR_READY (1u << 31)
#define OCR_HIGH_CAPACITY (1u << 30)
#define OCR_VOLTS 0x00FF8000u
#define IF_COND_ECHO 0x1AAu
#define SWITCH_TO_HIGH_SPEED 0x80FFFFF1u

// Card status (R1): bits that mean "your data was not stored" or "that address does not exist".
#define STATUS_ERRORS 0xFDF90008u
#define STATUS_READY (1u << 8)
#define STATUS_STATE(status) ((status) >> 9 & 15u)
enum { kStateTransfer = 4, kStateData = 5, kStateReceive = 6, kStateProgram = 7 };

enum { kPowerUpMs = 1000, kAttempts = 3, kSlowWriteMs = 500, kSectorsPerTransferMax = 0xFFFF };

static sdhci_result_t command(uint32_t index, uint32_t argument, sdhci_response_t response) {
  return sdhci_command(&(sdhci_command_t){index, argument, response});
}

static sdhci_result_t app_command(const sdcard_t* card, uint32_t index, uint32_t argument, sdhci_response_t response) {
  sdhci_result_t result = command(kAppCommand, card->relative_address << 16, SDHCI_RESPONSE_48);
  return result == SDHCI_OK ? command(index, argument, response) : result;
}

static sdhci_result_t read_block(uint32_t index, uint32_t argument, void* data, uint32_t bytes) {
  block_segment_t segment = {data, bytes};
  return sdhci_transfer(&(sdhci_command_t){index, argument, SDHCI_RESPONSE_48}, &(sdhci_transfer_t){false, bytes, 1, &segment, 1});
}

// Polls until the card has powered up; also tells what kind it is.
static sdcard_status_t power_up(const sdcard_t* card) {
  command(kGoIdle, 0, SDHCI_RESPONSE_NONE);
  if (command(kSendIfCond, IF_COND_ECHO, SDHCI_RESPONSE_48) != SDHCI_OK || (sdhci_response(0) & 0xFFF) != IF_COND_ECHO) {
    return sdhci_has_card() ? SDCARD_UNSUPPORTED : SDCARD_ABSENT;
  }
  uint64_t deadline = clock_now() + (uint64_t)kPowerUpMs * CLOCK_TICKS_PER_MS;
  for (;;) {
    if (app_command(card, kAppSendOpCond, OCR_HIGH_CAPACITY | OCR_VOLTS, SDHCI_RESPONSE_OCR) != SDHCI_OK) return SDCARD_FAILED;
    if ((sdhci_response(0) & OCR_READY) != 0) break;
    if (clock_now() >= deadline) return SDCARD_FAILED;
    clock_sleep_ms(5);
  }
  return (sdhci_response(0) & OCR_HIGH_CAPACITY) != 0 ? SDCARD_READY : SDCARD_UNSUPPORTED;
}

// CID, relative address and size; leaves the card selected.
static bool select_card(sdcard_t* card) {
  if (command(kAllSendCid, 0, SDHCI_RESPONSE_136) != SDHCI_OK) return false;
  if (command(kSendRelativeAddress, 0, SDHCI_RESPONSE_48) != SDHCI_OK) return false;
  card->relative_address = sdhci_response(0) >> 16;
  if (command(kSendCsd, card->relative_address << 16, SDHCI_RESPONSE_136) != SDHCI_OK) return false;
  bool is_version_2 = (sdhci_response(3) >> 22 & 3) == 1;
  uint32_t c_size = sdhci_response(1) >> 8 & 0x3FFFFF;  // units of 512 KiB, less one
  if (!is_version_2) return false;
  card->sectors = c_size + 1 < 1u << 22 ? (c_size + 1) * 1024 : UINT32_MAX;
  return command(kSelect, card->relative_address << 16, SDHCI_RESPONSE_48_BUSY) == SDHCI_OK;
}

// Four data lines, then high speed if the card has it.
static bool speed_up(sdcard_t* card) {
  static uint32_t answer[16];  // 64 bytes, as the card sends them
  const uint8_t* bytes = (const uint8_t*)answer;
  if (command(kAppCommand, card->relative_address << 16, SDHCI_RESPONSE_48) != SDHCI_OK) return false;
  if (read_block(kAppSendScr, 0, answer, 8) != SDHCI_OK) return false;
  bool has_4_lines = (bytes[1] & 4) != 0;
  bool has_switch = (bytes[0] & 15) >= 1;
  if (!has_4_lines) return false;  // every SDHC card has
  if (app_command(card, kAppSetBusWidth, 2, SDHCI_RESPONSE_48) != SDHCI_OK) return false;
  sdhci_set_bus(false);
  if (has_switch && read_block(kSwitchFunction, SWITCH_TO_HIGH_SPEED, answer, 64) == SDHCI_OK) {
    card->high_speed = (bytes[16] & 15) == 1;
    if (card->high_speed) sdhci_set_bus(true);
  }
  return command(kSetBlockLength, SECTOR_BYTES, SDHCI_RESPONSE_48) == SDHCI_OK;
}

sdcard_status_t sdcard_open(sdcard_t* card) {
  *card = (sdcard_t){0};
  if (!sdhci_power_up()) return SDCARD_FAILED;
  if (!sdhci_has_card()) return SDCARD_ABSENT;
  sdcard_status_t status = power_up(card);
  if (status != SDCARD_READY) return status;
  if (select_card(card) && speed_up(card)) return SDCARD_READY;
  return sdhci_has_card() ? SDCARD_FAILED : SDCARD_ABSENT;
}

// Waits until the card is back in the transfer state with its buffer free. False if it reports an error or takes too long.
static bool settle(const sdcard_t* card) {
  uint64_t deadline = clock_now() + (uint64_t)SDHCI_BUSY_MS_MAX * CLOCK_TICKS_PER_MS;
  while (command(kSendStatus, card->relative_address << 16, SDHCI_RESPONSE_48) == SDHCI_OK) {
    uint32_t status = sdhci_response(0);
    if ((status & STATUS_ERRORS) != 0) return false;
    if (STATUS_STATE(status) == kStateTransfer && (status & STATUS_READY) != 0) return true;
    if (clock_now() >= deadline) return false;
    clock_sleep_ms(1);
  }
  return false;
}

// After a failed transfer: ends it, and waits for the card. False if the card does not come back. Errors that it still holds are
// read away by the first status.
static bool recover(const sdcard_t* card) {
  sdhci_reset_lines();
  if (command(kSendStatus, card->relative_address << 16, SDHCI_RESPONSE_48) != SDHCI_OK) return false;
  uint32_t state = STATUS_STATE(sdhci_response(0));
  if (state == kStateData || state == kStateReceive) command(kStopTransmission, 0, SDHCI_RESPONSE_48_BUSY);
  return settle(card);
}

static bool transfer_once(sdcard_t* card, const sdhci_command_t* what, const sdhci_transfer_t* transfer) {
  uint64_t start = clock_now();
  bool is_done = sdhci_transfer(what, transfer) == SDHCI_OK && (!transfer->to_card || settle(card));
  uint32_t ms = (uint32_t)((clock_now() - start) / CLOCK_TICKS_PER_MS);
  if (transfer->to_card && ms > card->slowest_write_ms) card->slowest_write_ms = ms;
  if (transfer->to_card && ms >= kSlowWriteMs) log_warning("card slow, %lu ms", (unsigned long)ms);
  return is_done;
}

static bool transfer_sectors(sdcard_t* card, bool to_card, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count) {
  if (sectors == 0 || sectors > kSectorsPerTransferMax || lba >= card->sectors || sectors > card->sectors - lba) return false;
  bool is_single = sectors == 1;
  uint32_t index = to_card ? (is_single ? kWriteSingle : kWriteMultiple) : (is_single ? kReadSingle : kReadMultiple);
  sdhci_command_t what = {index, lba, SDHCI_RESPONSE_48};
  sdhci_transfer_t transfer = {to_card, SECTOR_BYTES, sectors, segments, segment_count};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (transfer_once(card, &what, &transfer)) return true;
    if (!sdhci_has_card()) return false;
    log_warning("card %s at %lu failed", to_card ? "write" : "read", (unsigned long)lba);
    if (!recover(card)) return false;
  }
  return false;
}

static bool device_read(void* context, uint32_t lba, uint32_t sectors, void* data) {
  block_segment_t segment = {data, sectors * SECTOR_BYTES};
  return transfer_sectors(context, false, lba, sectors, &segment, 1);
}

static bool device_write(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count) {
  return transfer_sectors(context, true, lba, sectors, segments, segment_count);
}

block_device_t sdcard_device(sdcard_t* card) { return (block_device_t){device_read, device_write, card, card->sectors}; }
