/* Reads what images built for QEMU virt probe for, as their drivers do: nothing must fault, and no device be found. */
#include "console.h"

static unsigned word(unsigned long address) { return *(volatile unsigned *)address; }

static void show(const char *name, unsigned value) {
  put(name);
  put(" ");
  put_hex(value);
  put("\n");
}

int main(void) {
  show("virtio magic", word(0x10001000));
  show("virtio version", word(0x10001004));
  show("virtio device", word(0x10001008));
  show("virtio vendor", word(0x1000100c));
  for (unsigned long slot = 0; slot < 8; ++slot) {
    const unsigned long base = 0x10001000 + 0x1000 * slot;
    if (word(base) != 0x74726976 || word(base + 8) != 0) return 10 + (int)slot;
    *(volatile unsigned *)(base + 0x70) = 0; /* status: reset */
    if (word(base + 0x70) != 0) return 20;
  }
  show("plic priority", (*(volatile unsigned *)0x0c000028 = 15, word(0x0c000028)));
  show("plic context 1 threshold", (*(volatile unsigned *)0x0c201000 = 7, word(0x0c201000)));
  show("plic context 1 claim", word(0x0c201004));
  show("no second pci device", word(0x30008000));
  return 0;
}
