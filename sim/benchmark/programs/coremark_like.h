#ifndef SAKSI_SIM_BENCHMARK_PROGRAMS_COREMARK_LIKE_H_
#define SAKSI_SIM_BENCHMARK_PROGRAMS_COREMARK_LIKE_H_

#include <stdint.h>

/// A seed, and what a round of it gives; coremark_like_test.cpp computes it on the host.
#define COREMARK_LIKE_SEED 4711u
#define COREMARK_LIKE_CRC 0xe3c5u

#ifdef __cplusplus
extern "C" {
#endif

/// One round of work of the kind that EEMBC's CoreMark has, in our own code and therefore with other numbers than CoreMark's: a linked list
/// that is searched, turned round and sorted; small integer matrices; a state machine over text; a CRC over all that they give.
/// Returns that CRC. It depends on `seed` alone, so the same source compiled for another machine checks it.
uint16_t coremark_like_round(uint16_t seed);

#ifdef __cplusplus
}
#endif

#endif
