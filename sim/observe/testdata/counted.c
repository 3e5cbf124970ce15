// For coverage: every line's count is known.
volatile int sink;

static inline __attribute__((always_inline)) void twice(int n) {
  for (int i = 0; i < n; ++i) {
    sink += i;  // 3 + 5
  }
}

__attribute__((noinline)) static void first(void) { twice(3); }

__attribute__((noinline)) static void second(void) { twice(5); }

__attribute__((noinline)) void never(void) {
  sink = 99;
}

int main(void) {
  sink = 1;
  for (int i = 0; i < 10; ++i) {
    if (i == 7) {
      sink = i;
    }
    if (i > 20) {
      never();
    }
  }
  first();
  second();
  return 0;
}
