/* Printing by polling. */
#ifndef SAKSI_HW_MODELS_CPU_TESTDATA_CONSOLE_H_
#define SAKSI_HW_MODELS_CPU_TESTDATA_CONSOLE_H_

static volatile unsigned char *uart = (unsigned char *)0x10000000;

static void put_char(char c) {
  while ((uart[5] & 0x20) == 0) {
  }
  uart[0] = (unsigned char)c;
}

static void put(const char *text) {
  while (*text) put_char(*text++);
}

static inline void put_hex(unsigned value) {
  for (int shift = 28; shift >= 0; shift -= 4) put_char("0123456789abcdef"[value >> shift & 15]);
}

#endif
