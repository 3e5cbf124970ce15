// Goes below its stack, by a deep recursion; and uses another stack, which is no overflow.
#include <stdint.h>

static uint8_t other_stack[512] __attribute__((aligned(16)));
volatile int sink;

__attribute__((noinline)) static int recurse(int depth) {
  volatile uint8_t here[64];
  here[0] = (uint8_t)depth;
  if (depth > 0) recurse(depth - 1);
  return here[0];
}

__attribute__((noinline)) static void on_other_stack(void) {
  __asm__ volatile("mv t1, sp\n mv sp, %0\n addi sp, sp, -64\n addi sp, sp, 64\n mv sp, t1" ::"r"(other_stack + sizeof other_stack) : "t1", "memory");
}

int main(void) {
  on_other_stack();
  sink = recurse(10);
  sink = recurse(80);
  return 0;
}
