// memcpy as a C library for this CPU has it: eight words at a time, then words. Source and destination are SAKSI_DISTANCE bytes apart.
#include "sim/benchmark/programs/runtime.h"

#define BUFFER_WORDS (256u * 1024 / sizeof(uint32_t))
#define SOURCE 0x81000000u

__attribute__((noinline)) static void copy_words(uint32_t* restrict to, const uint32_t* restrict from, uint32_t words) {
  const uint32_t* const end = from + words;
  while (end - from >= 8) {
    const uint32_t a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5], g = from[6], h = from[7];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
    to[4] = e;
    to[5] = f;
    to[6] = g;
    to[7] = h;
    from += 8;
    to += 8;
  }
  while (from < end) *to++ = *from++;
}

int kernel(uint32_t rounds) {
  uint32_t* const from = (uint32_t*)SOURCE;
  uint32_t* const to = (uint32_t*)(SOURCE + SAKSI_DISTANCE);
  for (uint32_t i = 0; i < BUFFER_WORDS; ++i) from[i] = i * 2654435761u;
  for (uint32_t round = 0; round < rounds; ++round) {
    from[0] = round;
    copy_words(to, from, BUFFER_WORDS);
  }
  if (to[0] != rounds - 1) return 1;
  for (uint32_t i = 1; i < BUFFER_WORDS; ++i) {
    if (to[i] != i * 2654435761u) return 2;
  }
  return 0;
}
