// The card slot: from an inserted card to a volume that clips can go to, and the words for what is wrong when not.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CARD_SLOT_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CARD_SLOT_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/clip_store.h"
#include "firmware-under-test/camera/fat32.h"
#include "firmware-under-test/camera/settings.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CARD_SLOT_UNKNOWN,
  CARD_SLOT_READY,        // clips can be recorded
  CARD_SLOT_EMPTY,        // no card
  CARD_SLOT_UNSUPPORTED,  // a card older than SDHC
  CARD_SLOT_NO_VOLUME,    // no FAT32 on it
  CARD_SLOT_EXFAT,        // exFAT on it, which this camera does not write
  CARD_SLOT_TOO_LARGE,    // FAT32 on it, but more than this camera has memory for
  CARD_SLOT_FALSE,        // less memory than it says
  CARD_SLOT_FULL,
  CARD_SLOT_FAILED  // the card does not answer, or fails
} card_slot_status_t;

// Powers and identifies the card and reads its file system: READY means that settings can be read and clips looked for.
card_slot_status_t card_slot_open(fat32_volume_t* volume, const fat32_memory_t* memory, bool* was_cut);

// Reads SAKSI.CFG if there is one.
void card_slot_read_settings(fat32_volume_t* volume, settings_t* settings);

card_slot_status_t card_slot_status_of(fat32_result_t result);
const char* card_slot_words(card_slot_status_t status);

#ifdef __cplusplus
}
#endif

#endif
