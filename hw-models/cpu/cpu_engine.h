#ifndef SAKSI_HW_MODELS_CPU_CPU_ENGINE_H_
#define SAKSI_HW_MODELS_CPU_CPU_ENGINE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace saksi::hw {

/// How the hart executes code. What the guest sees, and when, is the same with each.
enum class CpuEngine : uint8_t {
  kTranslated,   ///< as x86-64 code
  kInterpreted,  ///< by threaded code: the reference, and for other hosts
  kLockStep      ///< both, block by block; the first difference ends the run with an error
};

/// By the names that the command line has for them.
inline const std::vector<std::pair<std::string, CpuEngine>>& cpu_engines() {
  static const std::vector<std::pair<std::string, CpuEngine>> kEngines = {
      {"translated", CpuEngine::kTranslated}, {"interpreted", CpuEngine::kInterpreted}, {"lock-step", CpuEngine::kLockStep}};
  return kEngines;
}

}  // namespace saksi::hw

#endif
