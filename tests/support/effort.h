#ifndef SAKSI_TESTS_SUPPORT_EFFORT_H_
#define SAKSI_TESTS_SUPPORT_EFFORT_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace saksi::test {

/// How many times its usual amount a random test does: the environment's SAKSI_EFFORT, from 1 to 1000; 1 if it is not set. ./saksi nightly
/// sets 10. A test's first inputs are the same with any.
inline uint64_t effort() {
  const char* text = std::getenv("SAKSI_EFFORT");
  return text ? std::clamp(std::strtoull(text, nullptr, 10), 1ull, 1000ull) : 1;
}

}  // namespace saksi::test

#endif
