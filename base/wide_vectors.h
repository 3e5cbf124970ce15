#ifndef SAKSI_BASE_WIDE_VECTORS_H_
#define SAKSI_BASE_WIDE_VECTORS_H_

/// Before a function whose loops the compiler vectorises: compiled a second time for processors that have AVX2, chosen when the program starts. The
/// results are the same to the bit: integers are, and floating-point operations stay as written (no fused ones, -ffp-contract=off). What such a
/// function calls must be inlined to share in it. Sanitizers' run-time is not ready when the choice is made, so there is one version with them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && defined(__OPTIMIZE__)
#define SAKSI_WIDE_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define SAKSI_WIDE_VECTORS
#endif

#endif
