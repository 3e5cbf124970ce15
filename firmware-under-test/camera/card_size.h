// Whether a card has the memory that it says. Cards are sold that do not: their upper address lines lead nowhere, so what is written beyond the real
// size lands on older clips, and every write is acknowledged all the same.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CARD_SIZE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CARD_SIZE_H_

#include <stdint.h>

#include "firmware-under-test/camera/fat32.h"

#ifdef __cplusplus
extern "C" {
#endif

// The sectors that the card of a mounted volume has as far as can be told: fewer than it says if it begins anew at a power of two of them, of 1 MiB
// and more. Some twenty sectors are read; only where one of them looks like the card's first is anything written, the volume's count of free
// clusters, as proof. A card that begins anew elsewhere, or only loses what is beyond, is not found out by this (clip_store_prepare reads back what
// it lays out).
uint32_t card_size_sectors(fat32_volume_t* volume);

#ifdef __cplusplus
}
#endif

#endif
