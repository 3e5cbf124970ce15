#include "firmware-under-test/bsp/boot_record.h"

#include <stddef.h>

const boot_record_t* handed_over;  // set by the reset entry

const boot_record_t* boot_record_get(void) { return handed_over != NULL && handed_over->magic == BOOT_RECORD_MAGIC ? handed_over : NULL; }
