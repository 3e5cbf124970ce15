#ifndef SAKSI_BASE_WALL_CLOCK_H_
#define SAKSI_BASE_WALL_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace saksi {

/// Host seconds since an arbitrary start, for progress, time-outs and benchmarks. Nothing that feeds a result may read it.
inline double wall_clock_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Host date in seconds since 1970 UTC, for what the command line takes as today unless it is told another date: whether a certificate has expired.
/// Nothing else may read it, and what comes of it says the date.
inline int64_t wall_date_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace saksi

#endif
