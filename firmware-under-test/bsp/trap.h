// Where every interrupt and exception of the hart arrives.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_TRAP_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_TRAP_H_

#include <stdint.h>

// Called by trap_entry (crt0.S) with the caller-saved registers stored. Does not return from an exception: it prints the cause,
// lights amber and stops, and the watchdog restarts the camera.
void trap_handle(uint32_t mcause, uint32_t mepc, uint32_t mtval, uint32_t ra);

// Stops if the stack has grown past its bound. Asked by the main loop.
void trap_check_stack(void);

// Marks the stack's bound; once, at boot.
void trap_init(void);

#endif
