#ifndef SAKSI_SIM_DEBUG_TARGET_DESCRIPTION_H_
#define SAKSI_SIM_DEBUG_TARGET_DESCRIPTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace saksi::sim {

/// A control and status register that has a name.
struct NamedCsr {
  uint32_t number;
  std::string name;
};

/// Every register that the privileged and the debug specifications name for machine and user mode, by number.
std::vector<NamedCsr> named_csrs();

// Numbers of registers in the protocol: x0 to x31, pc, f0 to f31, then each CSR at kGdbFirstCsr plus its number.
constexpr uint32_t kGdbPc = 32;
constexpr uint32_t kGdbFirstFloat = 33;
constexpr uint32_t kGdbFirstCsr = 65;
constexpr uint32_t kGdbRegisterEnd = kGdbFirstCsr + 4096;

/// Bytes of a register in the protocol.
constexpr size_t gdb_register_size(uint32_t number) { return number >= kGdbFirstFloat && number < kGdbFirstCsr ? 8 : 4; }

/// The target description: general registers, pc, floating point, and the CSRs of those named that the hart has.
std::string target_description(const std::function<bool(uint32_t number)>& has_csr);

}  // namespace saksi::sim

#endif
