#ifndef SAKSI_SIM_OBSERVE_DISASSEMBLER_H_
#define SAKSI_SIM_OBSERVE_DISASSEMBLER_H_

#include <cstdint>
#include <string>

namespace saksi::sim {

/// ABI name of a general register: "zero", "ra", "sp", ... for x0 to x31.
const char* register_name(unsigned number);
/// Likewise of a floating-point register f0..f31.
const char* float_register_name(unsigned number);

/// An instruction in assembler notation, as `objdump -M no-aliases` writes it, compressed ones as what they expand to: "addi a0,a0,-1",
/// "lw a5,4(sp)", "beq a0,a1,80000040". What the CPU does not know becomes ".word 0x...". (Debian 12's Capstone, 4.0.2, has no RISC-V.)
std::string disassemble(uint32_t raw, uint32_t pc);

}  // namespace saksi::sim

#endif
