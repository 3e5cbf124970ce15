// Interrupts: the PLIC's sources by number, and the lock that keeps interrupt handlers out.
//
// The firmware has two levels only. Interrupt handlers run the capture of pictures (camera receiver, encoder, button) and never
// wait; the main level writes to the card and may wait. What both touch is guarded by irq_save and irq_restore.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_IRQ_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_IRQ_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*irq_handler_t)(void);

// Masks every source and lets the hart take external and timer interrupts.
void irq_init(void);

// Handler for one PLIC source; the source is enabled at once.
void irq_attach(uint32_t source, irq_handler_t handler);

// Keeps interrupt handlers out until irq_restore gets the value back. Nests.
uint32_t irq_save(void);
void irq_restore(uint32_t state);

// Called by the trap entry for an external interrupt: serves every pending source.
void irq_dispatch(void);

#ifdef __cplusplus
}
#endif

#endif
