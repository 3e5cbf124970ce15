// Nothing: what a simulator takes to start, to load a program and to end.
#include "sim/benchmark/programs/runtime.h"

int kernel(uint32_t rounds) { return rounds == 0 ? 1 : 0; }
