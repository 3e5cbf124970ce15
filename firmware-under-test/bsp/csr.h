// Control and status registers of the hart, and WFI.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_CSR_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_CSR_H_

#include <stdint.h>

#define CSR_MSTATUS_MIE (1u << 3)
#define CSR_MIE_TIMER (1u << 7)
#define CSR_MIE_EXTERNAL (1u << 11)

#define CSR_MCAUSE_INTERRUPT (1u << 31)
#define CSR_MCAUSE_TIMER (CSR_MCAUSE_INTERRUPT | 7u)
#define CSR_MCAUSE_EXTERNAL (CSR_MCAUSE_INTERRUPT | 11u)

#define csr_set(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"(bits) : "memory")
#define csr_read_clear(name, bits)                                                      \
  __extension__({                                                                       \
    uint32_t csr_old;                                                                   \
    __asm__ volatile("csrrc %0, " #name ", %1" : "=r"(csr_old) : "r"(bits) : "memory"); \
    csr_old;                                                                            \
  })

// Returns when an enabled interrupt is pending, taken or not: with mstatus.MIE clear it wakes too, which is what makes
// "check, then sleep" free of races.
static inline void cpu_wait_for_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }

#endif
