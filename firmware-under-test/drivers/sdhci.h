// The SD host controller: commands and ADMA2 transfers, interrupt driven. Knows the controller, not the card's protocol (sdcard.h).
//
// Calls sleep at the main level until the controller answers; interrupt handlers, and with them the capture of pictures, go on.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SDHCI_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SDHCI_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/drivers/block_device.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  SDHCI_OK,
  SDHCI_NO_CARD,
  SDHCI_NO_ANSWER,     // the card did not respond to the command
  SDHCI_BAD_RESPONSE,  // CRC, end bit or index of the response
  SDHCI_DATA_ERROR,    // CRC or end bit on the data lines, automatic CMD12, DMA
  SDHCI_TIMEOUT        // the card was busy, or silent, for too long
} sdhci_result_t;

typedef enum { SDHCI_RESPONSE_NONE, SDHCI_RESPONSE_136, SDHCI_RESPONSE_48, SDHCI_RESPONSE_48_BUSY, SDHCI_RESPONSE_OCR } sdhci_response_t;

typedef struct {
  uint32_t index;
  uint32_t argument;
  sdhci_response_t response;
} sdhci_command_t;

typedef struct {
  bool to_card;
  uint32_t block_bytes;
  uint32_t blocks;  // several blocks end with an automatic CMD12
  const block_segment_t* segments;
  uint32_t segment_count;
} sdhci_transfer_t;

// The longest that a card may keep a transfer waiting. Cards may be busy for 250 ms (SDHC) or 500 ms (SDXC); some take longer.
enum { SDHCI_BUSY_MS_MAX = 3000 };

// Resets the controller, powers the card and clocks it at 400 kHz on one data line. False if the controller does not come up.
bool sdhci_power_up(void);
void sdhci_power_down(void);

// 25 or 50 MHz on four lines.
void sdhci_set_bus(bool high_speed);

bool sdhci_has_card(void);

// Whether a card was taken out (`was_removed`) or put in since the last call.
bool sdhci_take_change(bool* was_removed);
bool sdhci_has_change(void);

sdhci_result_t sdhci_command(const sdhci_command_t* command);

// A command with data on the data lines.
sdhci_result_t sdhci_transfer(const sdhci_command_t* command, const sdhci_transfer_t* transfer);

// The last response: word 0 holds bits 31:0 of a short one; a long one comes without its CRC, bits 127:8.
uint32_t sdhci_response(uint32_t word);

// Frees both lines after an error.
void sdhci_reset_lines(void);

#ifdef __cplusplus
}
#endif

#endif
