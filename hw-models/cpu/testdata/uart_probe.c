/* Finds out what serial port this is, in the way that drivers for 16550s do, and fails with the number of the first answer that they would not
   accept: scratch register, interrupt enables, loop-back of the modem lines, the FIFO bits, the FIFO's size, the transmitter's interrupt. */
#include "console.h"

enum { DATA = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCRATCH = 7 };

static void wait_ms(unsigned ms) {
  volatile unsigned *const mtime = (volatile unsigned *)0x0200bff8;
  const unsigned start = *mtime;
  while (*mtime - start < ms * 10000) {
  }
}

static int probe(void) {
  uart[SCRATCH] = 0x55;
  if (uart[SCRATCH] != 0x55) return 1;
  uart[SCRATCH] = 0xAA;
  if (uart[SCRATCH] != 0xAA) return 2;
  uart[IER] = 0;
  if (uart[IER] != 0) return 3;
  uart[IER] = 0x0F;
  if (uart[IER] != 0x0F) return 4;
  uart[IER] = 0;
  uart[MCR] = 0x10 | 0x0A;
  if ((uart[MSR] & 0xF0) != 0x90) return 5;
  uart[MCR] = 0;
  uart[FCR] = 0x01;
  if (uart[IIR] >> 6 != 3) return 6;
  uart[FCR] = 0;
  if (uart[IIR] >> 6 != 0) return 7;
  return 0;
}

/* Sends many characters to itself and counts those that are kept. */
static unsigned fifo_size(void) {
  unsigned count = 0;
  uart[FCR] = 0x07;
  uart[MCR] = 0x10;
  uart[LCR] = 0x83;
  uart[DATA] = 1;
  uart[IER] = 0;
  uart[LCR] = 0x03;
  for (int i = 0; i < 256; ++i) {
    while ((uart[LSR] & 0x20) == 0) {
    }
    uart[DATA] = (unsigned char)i;
  }
  wait_ms(20);
  while ((uart[LSR] & 1) != 0 && count < 256) {
    (void)uart[DATA];
    ++count;
  }
  uart[FCR] = 0x07;
  uart[MCR] = 0;
  uart[LCR] = 0x03;
  return count;
}

int main(void) {
  const int failed = probe();
  if (failed) return failed;
  if (fifo_size() != 16) return 8;
  uart[IER] = 0x02;
  if ((uart[IIR] & 0x0F) != 0x02) return 9;  /* enabling it with nothing to send interrupts at once */
  if ((uart[IIR] & 0x0F) != 0x01) return 10; /* reading it has acknowledged it */
  uart[IER] = 0;
  uart[IER] = 0x02;
  if ((uart[IIR] & 0x0F) != 0x02) return 11; /* enabling it anew interrupts anew */
  uart[IER] = 0;
  put("16550A\n");
  return 0;
}
