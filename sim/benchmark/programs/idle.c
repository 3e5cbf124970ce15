// Sleeps, woken by a timer of 1 kHz, as an operating system with nothing to do. `rounds` is the milliseconds slept.
#include "sim/benchmark/programs/runtime.h"

static volatile uint32_t interrupts;
static uint32_t due;

__attribute__((interrupt("machine"), aligned(4))) static void handler(void) {
  due += CLINT_HZ / 1000;
  if (due < CLINT_HZ / 1000) CLINT_MTIMECMP_HI = CLINT_MTIMECMP_HI + 1;
  CLINT_MTIMECMP_LO = due;
  ++interrupts;
}

int kernel(uint32_t rounds) {
  WRITE_CSR(mtvec, handler);
  due = CLINT_HZ / 1000;
  CLINT_MTIMECMP_HI = 0;
  CLINT_MTIMECMP_LO = due;
  SET_CSR(mie, MIE_MTIE);
  SET_CSR(mstatus, MSTATUS_MIE);
  while (interrupts < rounds) __asm__ volatile("wfi");
  return interrupts - rounds <= 1 ? 0 : 1;  // one may come between the last look and the sleep
}
