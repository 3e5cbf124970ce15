/* Finds its serial port through the device tree whose address the reset code leaves in a1, and prints there. Fails with the number of the
   first thing that is wrong. */
#include "console.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

static unsigned big_endian(const unsigned char *at) { return (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3]; }

static int same(const char *a, const char *b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

static const unsigned char *after_text(const unsigned char *at) {
  while (*at) ++at;
  return at + 1;
}

static const unsigned char *aligned(const unsigned char *at) { return (const unsigned char *)(((unsigned long)at + 3) & ~3ul); }

int main(unsigned hart, const unsigned char *tree) {
  if (hart != 0) return 1;
  if (((unsigned long)tree & 7) != 0) return 2;
  if (big_endian(tree) != 0xd00dfeed) return 3;
  const unsigned char *at = tree + big_endian(tree + 8);
  const char *strings = (const char *)tree + big_endian(tree + 12);
  unsigned is_serial = 0;
  unsigned address = 0;
  for (;;) {
    const unsigned token = big_endian(at);
    at += 4;
    if (token == BEGIN_NODE) {
      is_serial = 0;
      address = 0;
      at = aligned(after_text(at));
    } else if (token == PROP) {
      const unsigned size = big_endian(at);
      const char *name = strings + big_endian(at + 4);
      at += 8;
      if (same(name, "compatible") && same((const char *)at, "ns16550a")) is_serial = 1;
      if (same(name, "reg") && size == 16) address = big_endian(at + 4);
      at = aligned(at + size);
    } else if (token == END_NODE) {
      if (is_serial && address != 0) break;
    } else if (token == END) {
      return 4;
    } else if (token != NOP) {
      return 5;
    }
  }
  uart = (unsigned char *)(unsigned long)address;
  put("serial port at ");
  put_hex(address);
  put("\n");
  return 0;
}
