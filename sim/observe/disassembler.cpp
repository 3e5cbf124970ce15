#include "sim/observe/disassembler.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "hw-models/cpu/decode.h"

namespace saksi::sim {

namespace {

using hw::Instruction;
using hw::Opcode;

/// Names of CSRs (privileged architecture 1.12, tables 2.1 to 2.6; debug triggers: debug specification 0.13).
std::string csr_name(uint32_t number) {
  static const std::map<uint32_t, const char*> kNames = {
      {0x001, "fflags"},   {0x002, "frm"},           {0x003, "fcsr"},     {0x300, "mstatus"},    {0x301, "misa"},      {0x302, "medeleg"},
      {0x303, "mideleg"},  {0x304, "mie"},           {0x305, "mtvec"},    {0x306, "mcounteren"}, {0x30A, "menvcfg"},   {0x310, "mstatush"},
      {0x31A, "menvcfgh"}, {0x320, "mcountinhibit"}, {0x340, "mscratch"}, {0x341, "mepc"},       {0x342, "mcause"},    {0x343, "mtval"},
      {0x344, "mip"},      {0x180, "satp"},          {0x7A0, "tselect"},  {0x7A1, "tdata1"},     {0x7A2, "tdata2"},    {0x7A3, "tdata3"},
      {0x7A4, "tinfo"},    {0xB00, "mcycle"},        {0xB02, "minstret"}, {0xB80, "mcycleh"},    {0xB82, "minstreth"}, {0xC00, "cycle"},
      {0xC01, "time"},     {0xC02, "instret"},       {0xC80, "cycleh"},   {0xC81, "timeh"},      {0xC82, "instreth"},  {0xF11, "mvendorid"},
      {0xF12, "marchid"},  {0xF13, "mimpid"},        {0xF14, "mhartid"},  {0xF15, "mconfigptr"}};
  const auto found = kNames.find(number);
  if (found != kNames.end()) return found->second;
  if (number >= 0x3A0 && number <= 0x3AF) return fmt::format("pmpcfg{}", number - 0x3A0);
  if (number >= 0x3B0 && number <= 0x3EF) return fmt::format("pmpaddr{}", number - 0x3B0);
  if (number >= 0xB03 && number <= 0xB1F) return fmt::format("mhpmcounter{}", number - 0xB00);
  if (number >= 0x323 && number <= 0x33F) return fmt::format("mhpmevent{}", number - 0x320);
  return fmt::format("0x{:x}", number);
}

/// Instructions of the bit-manipulation extensions that take one register, or a register and a bit number.
bool is_unary(const std::string& name) {
  static const std::set<std::string> kUnary = {"clz", "ctz", "cpop", "sext.b", "sext.h", "zext.h", "orc.b", "rev8"};
  return kUnary.count(name) != 0;
}
bool takes_bit_number(const std::string& name) {
  static const std::set<std::string> kImmediate = {"rori", "bclri", "bexti", "binvi", "bseti"};
  return kImmediate.count(name) != 0;
}

/// Operands of an instruction of F or D. A rounding mode is named unless it is the dynamic one.
std::string float_operands(const Instruction& i) {
  static const char* const kRounding[] = {",rne", ",rtz", ",rdn", ",rup", ",rmm", "", "", ""};
  const std::string fd = float_register_name(i.rd), f1 = float_register_name(i.rs1), f2 = float_register_name(i.rs2);
  const std::string xd = register_name(i.rd), x1 = register_name(i.rs1);
  const std::string rounding = kRounding[i.raw >> 12 & 7];
  const Opcode op = i.opcode;
  if (op <= Opcode::kFld) return fmt::format(" {},{}({})", fd, i.imm, x1);
  if (op <= Opcode::kFsd) return fmt::format(" {},{}({})", f2, i.imm, x1);
  if (op <= Opcode::kFnmaddD) return fmt::format(" {},{},{},{}{}", fd, f1, f2, float_register_name(i.raw >> 27), rounding);
  if (op <= Opcode::kFdivD) return fmt::format(" {},{},{}{}", fd, f1, f2, rounding);
  if (op <= Opcode::kFsqrtD || op == Opcode::kFcvtSD) return fmt::format(" {},{}{}", fd, f1, rounding);
  if (op <= Opcode::kFcvtWuD) return fmt::format(" {},{}{}", xd, f1, rounding);
  if (op == Opcode::kFcvtSW || op == Opcode::kFcvtSWu) return fmt::format(" {},{}{}", fd, x1, rounding);
  if (op <= Opcode::kFcvtDWu || op == Opcode::kFmvWX) return fmt::format(" {},{}", fd, x1);  // exact
  if (op == Opcode::kFcvtDS) return fmt::format(" {},{}", fd, f1);
  if (op <= Opcode::kFmaxD) return fmt::format(" {},{},{}", fd, f1, f2);
  if (op <= Opcode::kFleD) return fmt::format(" {},{},{}", xd, f1, f2);
  return fmt::format(" {},{}", xd, f1);
}

std::string operands(const Instruction& i, uint32_t pc) {
  const char* rd = register_name(i.rd);
  const char* rs1 = register_name(i.rs1);
  const char* rs2 = register_name(i.rs2);
  const Opcode op = i.opcode;
  const uint32_t target = pc + static_cast<uint32_t>(i.imm);
  const uint32_t unsigned_imm = static_cast<uint32_t>(i.imm);
  if (op == Opcode::kLui || op == Opcode::kAuipc) return fmt::format(" {},0x{:x}", rd, unsigned_imm >> 12);
  if (op == Opcode::kJal) return fmt::format(" {},{:x}", rd, target);
  if (op >= Opcode::kBeq && op <= Opcode::kBgeu) return fmt::format(" {},{},{:x}", rs1, rs2, target);
  if (op == Opcode::kJalr || (op >= Opcode::kLb && op <= Opcode::kLhu)) return fmt::format(" {},{}({})", rd, i.imm, rs1);
  if (op >= Opcode::kSb && op <= Opcode::kSw) return fmt::format(" {},{}({})", rs2, i.imm, rs1);
  if (op >= Opcode::kSlli && op <= Opcode::kSrai) return fmt::format(" {},{},0x{:x}", rd, rs1, unsigned_imm & 31);
  if (op >= Opcode::kAddi && op <= Opcode::kAndi) return fmt::format(" {},{},{}", rd, rs1, i.imm);
  if (op == Opcode::kLrW) return fmt::format(" {},({})", rd, rs1);
  if (op >= Opcode::kScW && op <= Opcode::kAmomaxuW) return fmt::format(" {},{},({})", rd, rs2, rs1);
  if (op >= Opcode::kCsrrwi && op <= Opcode::kCsrrci) return fmt::format(" {},{},{}", rd, csr_name(unsigned_imm & 0xFFF), i.rs1);
  if (op >= Opcode::kCsrrw && op <= Opcode::kCsrrc) return fmt::format(" {},{},{}", rd, csr_name(unsigned_imm & 0xFFF), rs1);
  if (hw::is_float(op)) return float_operands(i);
  if (op >= Opcode::kFence) return "";
  const std::string name = hw::mnemonic(op);
  if (is_unary(name)) return fmt::format(" {},{}", rd, rs1);
  if (takes_bit_number(name)) return fmt::format(" {},{},0x{:x}", rd, rs1, unsigned_imm & 31);
  return fmt::format(" {},{},{}", rd, rs1, rs2);
}

}  // namespace

const char* register_name(unsigned number) {
  static const char* const kNames[] = {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                       "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return kNames[number & 31];
}

const char* float_register_name(unsigned number) {
  static const char* const kNames[] = {"ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1", "fa0",
                                       "fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4", "fs5",
                                       "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
  return kNames[number & 31];
}

std::string disassemble(uint32_t raw, uint32_t pc) {
  const Instruction instruction = hw::decode(raw);
  if (instruction.opcode == Opcode::kIllegal)
    return hw::is_compressed(raw) ? fmt::format(".half 0x{:04x}", raw & 0xFFFF) : fmt::format(".word 0x{:08x}", raw);
  return hw::mnemonic(instruction.opcode) + operands(instruction, pc);
}

}  // namespace saksi::sim
