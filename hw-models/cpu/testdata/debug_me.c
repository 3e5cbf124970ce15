/* Something to debug: rounds of work three calls deep, each prints a character and sleeps a millisecond until the timer wakes it. */
#define REG8(address) (*(volatile unsigned char *)(address))
#define REG32(address) (*(volatile unsigned *)(address))

enum { UART = 0x10000000, CLINT = 0x02000000, MTIMECMP = CLINT + 0x4000, MTIME = CLINT + 0xBFF8, TICKS_PER_MS = 10000, ROUNDS = 30 };

volatile unsigned total;
volatile unsigned wakes;

__attribute__((interrupt, aligned(4))) void trap(void) {
  REG32(MTIMECMP + 4) = 0xFFFFFFFF;
  ++wakes;
}

__attribute__((noinline)) static unsigned square(unsigned n) {
  unsigned sum = 0;
  for (unsigned i = 0; i < n; ++i) sum += n;
  return sum;
}

__attribute__((noinline)) void add_round(unsigned round) {
  total += square(round);
}

static void put(char c) {
  while ((REG8(UART + 5) & 0x20) == 0) {
  }
  REG8(UART) = (unsigned char)c;
}

static void sleep_ms(void) {
  REG32(MTIMECMP) = REG32(MTIME) + TICKS_PER_MS;
  REG32(MTIMECMP + 4) = 0;
  __asm__ volatile("wfi");
}

int main(void) {
  __asm__ volatile("csrw mie, %0" ::"r"(1u << 7));
  __asm__ volatile("csrsi mstatus, 8");
  for (unsigned round = 1; round <= ROUNDS; ++round) {
    add_round(round);
    put((char)('a' + round % 26));
    sleep_ms();
  }
  put('\n');
  return total == ROUNDS * (ROUNDS + 1) * (2 * ROUNDS + 1) / 6 ? 0 : 3;
}
