#include "sim/benchmark/programs/runtime.h"

#define FINISHER (*(volatile uint32_t*)0x00100000u)
#define FINISHER_PASS 0x5555u
#define FINISHER_FAIL 0x3333u

static uint64_t first_instruction;
static uint32_t protection;

// Called by start.S.
void runtime_begin(uint32_t pmpcfg0);
_Noreturn void runtime_end(int result);
_Noreturn void runtime_trap(uint32_t cause, uint32_t pc, uint32_t value);
int main(void);

void put_text(const char* text) {
  for (; *text; ++text) {
    while ((UART_LSR & UART_LSR_THRE) == 0) continue;
    UART_THR = (uint8_t)*text;
  }
}

void put_decimal(uint64_t value) {
  char text[24];
  char* at = text + sizeof text - 1;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  put_text(at);
}

uint64_t instructions_retired(void) {
  uint32_t high, low;
  do {
    high = READ_CSR(minstreth);
    low = READ_CSR(minstret);
  } while (high != READ_CSR(minstreth));
  return (uint64_t)high << 32 | low;
}

static _Noreturn void finish(uint32_t value) {
  for (;;) FINISHER = value;
}

void runtime_begin(uint32_t pmpcfg0) {
  protection = pmpcfg0;
  first_instruction = instructions_retired();
}

// The benchmark reads the numbers in this line by the words before them.
void runtime_end(int result) {
  const uint64_t instructions = instructions_retired() - first_instruction;
  put_text(result == 0 ? "pass: instructions " : "fail: instructions ");
  put_decimal(instructions);
  put_text(" rounds ");
  put_decimal(SAKSI_ROUNDS);
  put_text(" pmpcfg0 ");
  put_decimal(protection);
  put_text("\n");
  finish(result == 0 ? FINISHER_PASS : (uint32_t)result << 16 | FINISHER_FAIL);
}

void runtime_trap(uint32_t cause, uint32_t pc, uint32_t value) {
  put_text("fail: trap, mcause ");
  put_decimal(cause);
  put_text(" mepc ");
  put_decimal(pc);
  put_text(" mtval ");
  put_decimal(value);
  put_text("\n");
  finish(99u << 16 | FINISHER_FAIL);
}

int main(void) { return kernel(SAKSI_ROUNDS); }
