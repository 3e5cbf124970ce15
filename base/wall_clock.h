#ifndef SAKSI_BASE_WALL_CLOCK_H_
#define SAKSI_BASE_WALL_CLOCK_H_

#include <chrono>

namespace saksi {

/// Host seconds since an arbitrary start, for progress, time-outs and benchmarks: the one clock of the host in this project. Nothing that
/// feeds a result may read it.
inline double wall_clock_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace saksi

#endif
