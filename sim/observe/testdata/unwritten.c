// Reads memory that nobody has written: whole, in part, and in ways that are no fault.
#include <stdint.h>

struct padded {
  uint8_t small;
  uint32_t big;
};

__attribute__((section(".noinit"))) static volatile uint32_t whole;
__attribute__((section(".noinit"))) static volatile union {
  uint8_t bytes[4];
  uint32_t word;
} part;
__attribute__((section(".noinit"))) static struct padded from, to;
static volatile uint32_t zeroed;
volatile uint32_t sink;

__attribute__((noinline)) static void read_whole(void) {
  sink = whole + 1;
}

__attribute__((noinline)) static void read_part(void) {
  part.bytes[0] = 1;
  part.bytes[1] = 2;
  sink = part.word + 1;
}

// The copy takes the padding along, which is no fault; nor is it written afterwards.
__attribute__((noinline)) static void copy_padded(void) {
  *(volatile uint8_t*)&from.small = 1;
  *(volatile uint32_t*)&from.big = 2;
  to = from;
  sink = *(volatile uint32_t*)&to.big;
  sink = *(volatile uint8_t*)&to.small;
}

__attribute__((noinline)) static void read_padding(void) {
  sink = ((volatile uint8_t*)&to)[1];
}

int main(void) {
  sink = zeroed + 1;
  for (int i = 0; i < 3; ++i) read_whole();
  read_part();
  copy_padded();
  read_padding();
  return 0;
}
