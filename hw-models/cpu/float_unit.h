#ifndef SAKSI_HW_MODELS_CPU_FLOAT_UNIT_H_
#define SAKSI_HW_MODELS_CPU_FLOAT_UNIT_H_

#include <array>
#include <cstdint>
#include <optional>

#include "hw-models/cpu/decode.h"

namespace saksi::hw {

/// Registers and arithmetic of the extensions F and D 2.2 (RISC-V unprivileged ISA 20191213, chapters 11 and 12), without memory and without
/// mstatus. Single precision values are NaN-boxed in the 64-bit registers. Computed with the host's IEEE 754 arithmetic, whose results and
/// exception flags the standard fixes to the bit; what it leaves open (NaN results, conversions out of range) is done here as RISC-V wants.
class FloatUnit {
 public:
  void reset() {
    f_.fill(0);
    fcsr_ = 0;
  }

  uint64_t reg(unsigned number) const { return f_[number]; }
  void set_reg(unsigned number, uint64_t value) { f_[number] = value; }
  /// Boxes a single precision value.
  void set_single(unsigned number, uint32_t value) { f_[number] = kBox | value; }

  /// Bits 7..5: the dynamic rounding mode; bits 4..0: accrued exceptions NV DZ OF UF NX.
  uint32_t fcsr() const { return fcsr_; }
  void set_fcsr(uint32_t value) { fcsr_ = value & 0xFF; }

  /// What execute() did: the value for x[rd] of an instruction that has an integer result.
  struct Result {
    std::optional<uint32_t> x;
  };
  /// Executes an instruction of is_float_arithmetic(), with the value of x[rs1]; nothing: its rounding mode is a reserved one, it is illegal.
  std::optional<Result> execute(const Instruction& instruction, uint32_t x_rs1);

 private:
  static constexpr uint64_t kBox = 0xFFFFFFFF00000000u;

  std::array<uint64_t, 32> f_{};
  uint32_t fcsr_ = 0;
};

}  // namespace saksi::hw

#endif
