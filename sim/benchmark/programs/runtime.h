#ifndef SAKSI_SIM_BENCHMARK_PROGRAMS_RUNTIME_H_
#define SAKSI_SIM_BENCHMARK_PROGRAMS_RUNTIME_H_

#include <stdint.h>

// What the benchmark's bare programs share: the registers of QEMU virt that they use, printing, and the end of a run.

#define UART_LSR (*(volatile uint8_t*)0x10000005u)
#define UART_THR (*(volatile uint8_t*)0x10000000u)
#define UART_LSR_THRE 0x20u
#define CLINT_MTIMECMP_LO (*(volatile uint32_t*)0x02004000u)
#define CLINT_MTIMECMP_HI (*(volatile uint32_t*)0x02004004u)
#define CLINT_MTIME_LO (*(volatile uint32_t*)0x0200BFF8u)
#define CLINT_MTIME_HI (*(volatile uint32_t*)0x0200BFFCu)
#define CLINT_HZ 10000000u

#define READ_CSR(name)                                  \
  ({                                                    \
    uint32_t value_;                                    \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)); \
    value_;                                             \
  })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"(value))
#define SET_CSR(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"(bits) : "memory")
#define CLEAR_CSR(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"(bits) : "memory")

#define MSTATUS_MIE 0x8u
#define MIE_MTIE 0x80u

void put_text(const char* text);
void put_decimal(uint64_t value);

uint64_t instructions_retired(void);

/// The kernel: 0 if its own check found its result right, else a number from 1 to 98 that says what was wrong. `rounds` is the amount of work.
int kernel(uint32_t rounds);

#endif
