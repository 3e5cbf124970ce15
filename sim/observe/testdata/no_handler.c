// Traps with mtvec at 0, where nothing is.
#include <stdint.h>

__attribute__((noinline)) static void fault(volatile uint32_t* nowhere) {
  *nowhere = 1;
}

int main(void) {
  __asm__ volatile("csrw mtvec, zero");
  fault((volatile uint32_t*)0x40000000);
  return 0;
}
