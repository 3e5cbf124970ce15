// Overwrites an instruction of its own that is never executed.
#include <stdint.h>

extern uint32_t victim[];
__asm__(".text\n.balign 4\n.globl victim\n.type victim, @function\nvictim: .word 0x00008067\n.word 0\n.size victim, . - victim");

__attribute__((noinline)) static void damage(volatile uint32_t* code) {
  code[1] = 1;
}

int main(void) {
  damage(victim);
  return 0;
}
