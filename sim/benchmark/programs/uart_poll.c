// A driver that waits for the serial port: reads the line status register again and again.
#include "sim/benchmark/programs/runtime.h"

int kernel(uint32_t rounds) {
  uint32_t ready = 0;
  for (uint32_t i = 0; i < rounds; ++i) {
    if ((UART_LSR & UART_LSR_THRE) != 0) ++ready;
  }
  return ready == rounds ? 0 : 1;
}
