// Waits for a bit that never comes, with a timer tick that goes on: no progress.
#include <stdint.h>

#define MTIMECMP ((volatile uint32_t*)0x02004000)
#define MTIME ((volatile uint32_t*)0x0200BFF8)
#define UART ((volatile uint8_t*)0x10000000)

static volatile int ready;

__attribute__((interrupt("machine"), aligned(4))) void trap_entry(void) {
  MTIMECMP[0] = MTIME[0] + 10000;
}

__attribute__((noinline)) static void wait_for_ever(void) {
  while (!ready) {
  }
}

int main(void) {
  UART[0] = 'h';
  MTIMECMP[1] = 0;
  MTIMECMP[0] = MTIME[0] + 10000;
  __asm__ volatile("csrs mie, %0\n csrsi mstatus, 8" ::"r"(1 << 7));
  wait_for_ever();
  return 0;
}
