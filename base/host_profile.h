#ifndef SAKSI_BASE_HOST_PROFILE_H_
#define SAKSI_BASE_HOST_PROFILE_H_

#include <array>
#include <cstddef>

#include "base/wall_clock.h"

namespace saksi {

/// Which part of a simulation the host is working for.
enum class HostWork : size_t { kRtl, kScene, kSensor, kIsp, kCount };

/// Host seconds spent in each part, for performance.json and nothing else. A scope inside another takes its time away from the outer one.
class HostProfile {
 public:
  class Scope {
   public:
    explicit Scope(HostWork work) : work_(work), outer_(current()), started_s_(wall_clock_s()) { current() = this; }
    ~Scope() {
      const double spent_s = wall_clock_s() - started_s_;
      totals()[static_cast<size_t>(work_)] += spent_s - inner_s_;
      if (outer_) outer_->inner_s_ += spent_s;
      current() = outer_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    HostWork work_;
    Scope* outer_;
    double started_s_;
    double inner_s_ = 0;
  };

  static double seconds(HostWork work) { return totals()[static_cast<size_t>(work)]; }

 private:
  static std::array<double, static_cast<size_t>(HostWork::kCount)>& totals() {
    static std::array<double, static_cast<size_t>(HostWork::kCount)> totals{};
    return totals;
  }
  static Scope*& current() {
    static Scope* current = nullptr;
    return current;
  }
};

}  // namespace saksi

#endif
