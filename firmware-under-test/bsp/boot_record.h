// What the boot ROM says of the firmware that it started.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_BOOT_RECORD_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_BOOT_RECORD_H_

#include "firmware-under-test/boot-rom/signed_header.h"

// The record, or NULL on a device without secure boot. It lies at the end of DRAM, where nobody else writes.
const boot_record_t* boot_record_get(void);

#endif
