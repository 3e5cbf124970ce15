#include "firmware-under-test/camera/card_slot.h"

#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/camera/card_size.h"
#include "firmware-under-test/drivers/sdcard.h"

enum { kSettingsBytesMax = 4096 };

static sdcard_t card;
static const char settings_name[] = "SAKSI   CFG";

static card_slot_status_t status_of_card(sdcard_status_t status) {
  switch (status) {
    case SDCARD_READY:
      return CARD_SLOT_READY;
    case SDCARD_ABSENT:
      return CARD_SLOT_EMPTY;
    case SDCARD_UNSUPPORTED:
      return CARD_SLOT_UNSUPPORTED;
    case SDCARD_FAILED:
      break;
  }
  return CARD_SLOT_FAILED;
}

card_slot_status_t card_slot_status_of(fat32_result_t result) {
  switch (result) {
    case FAT32_OK:
      return CARD_SLOT_READY;
    case FAT32_FULL:
      return CARD_SLOT_FULL;
    case FAT32_NO_VOLUME:
    case FAT32_DAMAGED:
      return CARD_SLOT_NO_VOLUME;
    case FAT32_IS_EXFAT:
      return CARD_SLOT_EXFAT;
    case FAT32_TOO_LARGE:
      return CARD_SLOT_TOO_LARGE;
    case FAT32_NOT_KEPT:
      return CARD_SLOT_FALSE;
    case FAT32_IO:
    case FAT32_NOT_FOUND:
      break;
  }
  return CARD_SLOT_FAILED;
}

const char* card_slot_words(card_slot_status_t status) {
  switch (status) {
    case CARD_SLOT_READY:
      return "card ready";
    case CARD_SLOT_EMPTY:
      return "no card";
    case CARD_SLOT_UNSUPPORTED:
      return "card not supported";
    case CARD_SLOT_NO_VOLUME:
      return "card has no usable FAT32 volume";
    case CARD_SLOT_EXFAT:
      return "card not readable: exFAT; format it with FAT32";
    case CARD_SLOT_TOO_LARGE:
      return "card not usable: its FAT32 volume is too large";
    case CARD_SLOT_FALSE:
      return "card does not keep what it takes";
    case CARD_SLOT_FULL:
      return "card full";
    case CARD_SLOT_FAILED:
      return "card error";
    case CARD_SLOT_UNKNOWN:
      break;
  }
  return "card unknown";
}

card_slot_status_t card_slot_open(fat32_volume_t* volume, const fat32_memory_t* memory, bool* was_cut) {
  card_slot_status_t status = status_of_card(sdcard_open(&card));
  if (status != CARD_SLOT_READY) return status;
  block_device_t device = sdcard_device(&card);
  status = card_slot_status_of(fat32_mount(volume, &device, memory, was_cut));
  if (status != CARD_SLOT_READY) return status;
  uint32_t sectors = card_size_sectors(volume);
  if (sectors < card.sectors) {
    log_error("card says %lu MiB and has %lu MiB", (unsigned long)(card.sectors / 2048), (unsigned long)(sectors / 2048));
    return CARD_SLOT_FALSE;
  }
  log_info("card ready %lu MiB", (unsigned long)(card.sectors / 2048));
  return status;
}

static void complain(const char* line) { log_warning("setting not understood: %s", line); }

void card_slot_read_settings(fat32_volume_t* volume, settings_t* settings) {
  static char text[kSettingsBytesMax];
  fat32_file_t file;
  uint32_t bytes = 0;
  if (fat32_find(volume, volume->root_cluster, settings_name, &file) != FAT32_OK) return;
  if (fat32_read_file(volume, &file, text, sizeof text, &bytes) != FAT32_OK) return;
  settings_parse(settings, text, bytes, complain);
}
