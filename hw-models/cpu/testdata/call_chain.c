/* A register write three calls deep: inner() <- middle() <- main(). */
static volatile unsigned *const finisher = (unsigned *)0x100000;

__attribute__((noinline)) void inner(unsigned value) {
  *finisher = value;
  __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void middle(unsigned value) {
  inner(value + 1);
  __asm__ volatile("" ::: "memory");
}

int main(void) {
  middle(0x5554);
  return 1;
}
