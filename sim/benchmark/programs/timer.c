// A periodic timer interrupt with a short handler, over code that does something else meanwhile.
//
// SAKSI_INTERVAL_TICKS is the period in ticks of mtime. Left out, it is so many ticks that about a thousand instructions lie between two
// interrupts, whatever an instruction takes: simulators that give it different times then do the same work.
#include "sim/benchmark/programs/runtime.h"

static volatile uint32_t interrupts;
static uint32_t interval;
static uint64_t due;

static void set_compare(uint64_t ticks) {
  CLINT_MTIMECMP_LO = 0xFFFFFFFFu;  // so that the two halves are never taken together while only one is new
  CLINT_MTIMECMP_HI = (uint32_t)(ticks >> 32);
  CLINT_MTIMECMP_LO = (uint32_t)ticks;
}

static uint64_t ticks_now(void) {
  uint32_t high, low;
  do {
    high = CLINT_MTIME_HI;
    low = CLINT_MTIME_LO;
  } while (high != CLINT_MTIME_HI);
  return (uint64_t)high << 32 | low;
}

__attribute__((interrupt("machine"), aligned(4))) static void handler(void) {
  due += interval;
  set_compare(due);
  ++interrupts;
}

/// The xorshift generator of G. Marsaglia, "Xorshift RNGs" (2003), with the shifts 13, 17, 5.
__attribute__((noipa)) static uint32_t shuffle(uint32_t x, uint32_t times) {
  for (uint32_t i = 0; i < times; ++i) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
  }
  return x;
}

#ifdef SAKSI_INTERVAL_TICKS
static uint32_t choose_interval(void) { return SAKSI_INTERVAL_TICKS; }
#else
static uint32_t choose_interval(void) {
  const uint64_t ticks = ticks_now(), instructions = instructions_retired();
  shuffle(1, 10000);
  const uint32_t ticks_passed = (uint32_t)(ticks_now() - ticks);
  return (ticks_passed * 1000u + 500u) / (uint32_t)(instructions_retired() - instructions);
}
#endif

int kernel(uint32_t rounds) {
  interval = choose_interval();
  if (interval == 0) return 1;
  const uint32_t expected = shuffle(12345, 1000);
  WRITE_CSR(mtvec, handler);
  const uint64_t begin = ticks_now();
  due = begin + interval;
  set_compare(due);
  SET_CSR(mie, MIE_MTIE);
  SET_CSR(mstatus, MSTATUS_MIE);
  int wrong = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    if (shuffle(12345, 1000) != expected) wrong = 2;
  }
  CLEAR_CSR(mstatus, MSTATUS_MIE);
  const uint64_t end = ticks_now();
  if (wrong) return wrong;
  // One interrupt for every period that has passed; the last may just have come due.
  const uint64_t periods = (end - begin) / interval;
  return interrupts == periods || interrupts + 1 == periods ? 0 : 3;
}
