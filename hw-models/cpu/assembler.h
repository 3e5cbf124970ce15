#ifndef SAKSI_HW_MODELS_CPU_ASSEMBLER_H_
#define SAKSI_HW_MODELS_CPU_ASSEMBLER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace saksi::hw {

/// Encodings of the RISC-V base formats, written from the manual's diagrams and apart from the decoder, so that each checks the other.
namespace encode {

constexpr uint32_t r(uint32_t opcode, uint32_t funct3, uint32_t funct7, unsigned rd, unsigned rs1, unsigned rs2) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr uint32_t i(uint32_t opcode, uint32_t funct3, unsigned rd, unsigned rs1, int32_t imm) {
  return static_cast<uint32_t>(imm) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr uint32_t s(uint32_t opcode, uint32_t funct3, unsigned rs1, unsigned rs2, int32_t imm) {
  const uint32_t u = static_cast<uint32_t>(imm);
  return (u >> 5 & 0x7F) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (u & 0x1F) << 7 | opcode;
}
constexpr uint32_t b(uint32_t funct3, unsigned rs1, unsigned rs2, int32_t offset) {
  const uint32_t u = static_cast<uint32_t>(offset);
  return (u >> 12 & 1) << 31 | (u >> 5 & 0x3F) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (u >> 1 & 0xF) << 8 | (u >> 11 & 1) << 7 | 0x63;
}
constexpr uint32_t u(uint32_t opcode, unsigned rd, uint32_t upper) { return (upper & 0xFFFFF000u) | rd << 7 | opcode; }
constexpr uint32_t j(unsigned rd, int32_t offset) {
  const uint32_t x = static_cast<uint32_t>(offset);
  return (x >> 20 & 1) << 31 | (x >> 1 & 0x3FF) << 21 | (x >> 11 & 1) << 20 | (x >> 12 & 0xFF) << 12 | rd << 7 | 0x6F;
}

}  // namespace encode

/// Puts together small programs for tests, where a compiler would be in the way. Branches go to labels; `place()` fixes one.
class Assembler {
 public:
  enum Reg : unsigned { zero, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7, t3 = 28, t4, t5, t6 };
  using Label = size_t;

  explicit Assembler(uint32_t base) : base_(base) {}

  uint32_t here() const { return base_ + static_cast<uint32_t>(bytes_.size()); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

  void word(uint32_t value) { put(&value, 4); }
  void half(uint16_t value) { put(&value, 2); }
  void align(size_t boundary) {
    while (bytes_.size() % boundary != 0) bytes_.push_back(0);
  }

  Label label() {
    places_.push_back(kUnplaced);
    return places_.size() - 1;
  }
  void place(Label label) {
    places_[label] = bytes_.size();
    for (const Use& use : uses_) {
      if (use.label == label) patch(use);
    }
  }
  uint32_t address(Label label) const { return base_ + static_cast<uint32_t>(places_[label]); }

  void addi(unsigned rd, unsigned rs1, int32_t imm) { word(encode::i(0x13, 0, rd, rs1, imm)); }
  void andi(unsigned rd, unsigned rs1, int32_t imm) { word(encode::i(0x13, 7, rd, rs1, imm)); }
  void slli(unsigned rd, unsigned rs1, int32_t shift) { word(encode::i(0x13, 1, rd, rs1, shift)); }
  void srli(unsigned rd, unsigned rs1, int32_t shift) { word(encode::i(0x13, 5, rd, rs1, shift)); }
  void add(unsigned rd, unsigned rs1, unsigned rs2) { word(encode::r(0x33, 0, 0x00, rd, rs1, rs2)); }
  void sub(unsigned rd, unsigned rs1, unsigned rs2) { word(encode::r(0x33, 0, 0x20, rd, rs1, rs2)); }
  void xor_(unsigned rd, unsigned rs1, unsigned rs2) { word(encode::r(0x33, 4, 0x00, rd, rs1, rs2)); }
  void mul(unsigned rd, unsigned rs1, unsigned rs2) { word(encode::r(0x33, 0, 0x01, rd, rs1, rs2)); }
  void lui(unsigned rd, uint32_t upper) { word(encode::u(0x37, rd, upper)); }
  void lw(unsigned rd, unsigned rs1, int32_t offset) { word(encode::i(0x03, 2, rd, rs1, offset)); }
  void lbu(unsigned rd, unsigned rs1, int32_t offset) { word(encode::i(0x03, 4, rd, rs1, offset)); }
  void sw(unsigned rs2, unsigned rs1, int32_t offset) { word(encode::s(0x23, 2, rs1, rs2, offset)); }
  void sb(unsigned rs2, unsigned rs1, int32_t offset) { word(encode::s(0x23, 0, rs1, rs2, offset)); }
  void li(unsigned rd, uint32_t value) {
    lui(rd, value + 0x800);
    addi(rd, rd, static_cast<int32_t>(value << 20) >> 20);
  }

  void beq(unsigned rs1, unsigned rs2, Label to) { branch(encode::b(0, rs1, rs2, 0), to); }
  void bne(unsigned rs1, unsigned rs2, Label to) { branch(encode::b(1, rs1, rs2, 0), to); }
  void bltu(unsigned rs1, unsigned rs2, Label to) { branch(encode::b(6, rs1, rs2, 0), to); }
  void jal(unsigned rd, Label to) { branch(encode::j(rd, 0), to); }
  void jump(Label to) { jal(zero, to); }
  void jalr(unsigned rd, unsigned rs1, int32_t offset) { word(encode::i(0x67, 0, rd, rs1, offset)); }
  void ret() { jalr(zero, ra, 0); }

  void csrrw(unsigned rd, uint32_t csr, unsigned rs1) { word(encode::i(0x73, 1, rd, rs1, static_cast<int32_t>(csr))); }
  void csrrs(unsigned rd, uint32_t csr, unsigned rs1) { word(encode::i(0x73, 2, rd, rs1, static_cast<int32_t>(csr))); }
  void csrrc(unsigned rd, uint32_t csr, unsigned rs1) { word(encode::i(0x73, 3, rd, rs1, static_cast<int32_t>(csr))); }
  void csrw(uint32_t csr, unsigned rs1) { csrrw(zero, csr, rs1); }
  void csrr(unsigned rd, uint32_t csr) { csrrs(rd, csr, zero); }
  void ecall() { word(0x00000073); }
  void ebreak() { word(0x00100073); }
  void mret() { word(0x30200073); }
  void wfi() { word(0x10500073); }
  void fence_i() { word(0x0000100F); }
  void nop() { addi(zero, zero, 0); }

 private:
  static constexpr size_t kUnplaced = ~size_t{0};
  struct Use {
    size_t at;
    Label label;
  };

  void put(const void* data, size_t size) {
    const size_t at = bytes_.size();
    bytes_.resize(at + size);
    std::memcpy(bytes_.data() + at, data, size);
  }
  void branch(uint32_t instruction, Label to) {
    const Use use{bytes_.size(), to};
    word(instruction);
    if (places_[to] == kUnplaced) {
      uses_.push_back(use);
    } else {
      patch(use);
    }
  }
  void patch(const Use& use) {
    uint32_t instruction = 0;
    std::memcpy(&instruction, bytes_.data() + use.at, 4);
    const int32_t offset = static_cast<int32_t>(places_[use.label]) - static_cast<int32_t>(use.at);
    instruction |= (instruction & 0x7F) == 0x6F ? encode::j(0, offset) : encode::b(0, 0, 0, offset);
    std::memcpy(bytes_.data() + use.at, &instruction, 4);
  }

  uint32_t base_;
  std::vector<uint8_t> bytes_;
  std::vector<size_t> places_;
  std::vector<Use> uses_;
};

}  // namespace saksi::hw

#endif
