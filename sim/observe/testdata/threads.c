// Two threads that switch by hand, a timer interrupt, exceptions, tail calls and a longjmp: what a call stack must survive.
#include <stdint.h>

#define MTIMECMP ((volatile uint32_t*)0x02004000)
#define MTIME ((volatile uint32_t*)0x0200BFF8)

volatile int sink;
static volatile int ticks;
static uint32_t jump[3];  // ra, sp, s0
static uint8_t thread_stack[2048] __attribute__((aligned(16)));
static uint32_t main_sp, thread_sp;

__attribute__((noinline)) void on_tick(void) {
  ++ticks;
  MTIMECMP[0] = MTIME[0] + 100;
}

__attribute__((interrupt("machine"), aligned(4))) void trap_entry(void) {
  uint32_t cause;
  __asm__ volatile("csrr %0, mcause" : "=r"(cause));
  if (cause >> 31) {
    on_tick();
  } else {
    __asm__ volatile("csrr t0, mepc\n addi t0, t0, 4\n csrw mepc, t0" ::: "t0");
  }
}

// Saves what a call must keep, and goes on where the other thread left.
__attribute__((naked, noinline)) void switch_stack(uint32_t* from __attribute__((unused)), uint32_t* to __attribute__((unused))) {
  __asm__ volatile("addi sp, sp, -16\n sw ra, 0(sp)\n sw s0, 4(sp)\n sw sp, 0(a0)\n"
                   " lw sp, 0(a1)\n lw ra, 0(sp)\n lw s0, 4(sp)\n addi sp, sp, 16\n ret");
}

__attribute__((naked, noinline, returns_twice)) int set_jump(uint32_t* to __attribute__((unused))) {
  __asm__ volatile("sw ra, 0(a0)\n sw sp, 4(a0)\n sw s0, 8(a0)\n li a0, 0\n ret");
}
__attribute__((naked, noinline)) void long_jump(uint32_t* from __attribute__((unused))) {
  __asm__ volatile("lw ra, 0(a0)\n lw sp, 4(a0)\n lw s0, 8(a0)\n li a0, 1\n ret");
}

__attribute__((noinline)) void thread_work(void) { sink += 1; __asm__ volatile(""); switch_stack(&thread_sp, &main_sp); __asm__ volatile(""); }
__attribute__((noinline)) void thread_main(void) {
  for (;;) thread_work();
}

__attribute__((noinline)) void deep(int n) {
  if (n == 0) {
    long_jump(jump);
    return;
  }
  deep(n - 1);
  sink = n;
}
__attribute__((noinline)) void jumper(void) {
  if (set_jump(jump) == 0) deep(5);
  sink = 5;
}

__attribute__((noinline)) void leaf(void) {
  for (int i = 0; i < 10; ++i) sink += i;
}
__attribute__((noinline, optimize("optimize-sibling-calls"))) void tail(void) { leaf(); }

int main(void) {
  uint32_t* top = (uint32_t*)(thread_stack + sizeof thread_stack) - 4;
  top[0] = (uint32_t)(uintptr_t)thread_main;
  thread_sp = (uint32_t)(uintptr_t)top;
  MTIMECMP[1] = 0;
  MTIMECMP[0] = MTIME[0] + 100;
  __asm__ volatile("csrs mie, %0\n csrsi mstatus, 8" ::"r"(1 << 7));
  for (int i = 0; i < 200; ++i) {
    switch_stack(&main_sp, &thread_sp);
    jumper();
    tail();
    __asm__ volatile(".option push\n .option norvc\n ecall\n .option pop");
  }
  return ticks > 0 ? 0 : 1;
}
