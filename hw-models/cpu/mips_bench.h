#ifndef SAKSI_HW_MODELS_CPU_MIPS_BENCH_H_
#define SAKSI_HW_MODELS_CPU_MIPS_BENCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace saksi::hw {

/// Speed of the interpreter alone: no kernel, no devices.
struct CpuBenchmark {
  struct Kernel {
    std::string name;
    uint64_t instructions;
    double seconds;
    double mips() const { return seconds > 0 ? static_cast<double>(instructions) / seconds / 1e6 : 0; }
  };
  std::vector<Kernel> kernels;
};

/// Runs each kernel for about `instructions_each` instructions. `now_s` is the caller's clock, in seconds: nothing in here reads one.
CpuBenchmark run_cpu_benchmark(const std::function<double()>& now_s, uint64_t instructions_each = 50'000'000);

}  // namespace saksi::hw

#endif
