#include "tests/lock-step/random_program.h"

#include <cstring>
#include <initializer_list>
#include <utility>

#include "base/seed_stream.h"
#include "hw-models/cpu/assembler.h"

namespace saksi::test {
namespace {

namespace encode = hw::encode;
using A = hw::Assembler;

constexpr uint32_t kMstatus = 0x300, kMtvec = 0x305, kMscratch = 0x340, kMepc = 0x341, kMcause = 0x342, kMtval = 0x343;
constexpr uint32_t kPmpcfg0 = 0x3A0, kPmpaddr0 = 0x3B0;
constexpr uint32_t kHandler = RandomProgram::kCode + 0x200;
constexpr uint32_t kStart = RandomProgram::kCode + 0x300;
constexpr uint32_t kMprv = 1u << 17;
constexpr uint32_t kFs = 3u << 13;
constexpr uint32_t kUnmapped = 0x00020000;
constexpr uint32_t kGroupBytes = 16;
constexpr int kGroups = 800;
constexpr uint32_t kRounds = 4;
constexpr unsigned kFirstOpenEntry = 6;  ///< of PMP: the ones before it lie over the data

// Registers that random instructions leave alone. The others are theirs.
constexpr unsigned kLow = A::sp, kRound = A::gp, kResume = A::tp, kMiddle = A::s0, kLoop = A::s1;

constexpr uint16_t kCompressedNop = 0x0001;

/// Compressed formats, written from the manual's tables (section 16.2).
uint16_t ci(unsigned funct3, unsigned rd, uint32_t imm, unsigned quadrant) {
  return static_cast<uint16_t>(funct3 << 13 | (imm >> 5 & 1) << 12 | rd << 7 | (imm & 31) << 2 | quadrant);
}
uint16_t ca(unsigned funct2, unsigned rd, unsigned rs2) { return static_cast<uint16_t>(0x8C01 | (rd - 8) << 7 | funct2 << 5 | (rs2 - 8) << 2); }
uint16_t cb_alu(unsigned funct2, unsigned rd, uint32_t imm) {
  return static_cast<uint16_t>(0x8001 | (imm >> 5 & 1) << 12 | funct2 << 10 | (rd - 8) << 7 | (imm & 31) << 2);
}
uint16_t cl(unsigned funct3, unsigned rd, unsigned base, uint32_t offset) {
  return static_cast<uint16_t>(funct3 << 13 | (offset >> 3 & 7) << 10 | (base - 8) << 7 | (offset >> 2 & 1) << 6 | (offset >> 6 & 1) << 5 |
                               (rd - 8) << 2);
}
uint16_t c_branch(unsigned funct3, unsigned rs1, int32_t offset) {
  const uint32_t u = static_cast<uint32_t>(offset);
  return static_cast<uint16_t>(funct3 << 13 | (u >> 8 & 1) << 12 | (u >> 3 & 3) << 10 | (rs1 - 8) << 7 | (u >> 6 & 3) << 5 | (u >> 1 & 3) << 3 |
                               (u >> 5 & 1) << 2 | 1);
}
uint16_t c_jump(unsigned funct3, int32_t offset) {
  const uint32_t u = static_cast<uint32_t>(offset);
  return static_cast<uint16_t>(funct3 << 13 | (u >> 11 & 1) << 12 | (u >> 4 & 1) << 11 | (u >> 8 & 3) << 9 | (u >> 10 & 1) << 8 | (u >> 6 & 1) << 7 |
                               (u >> 7 & 1) << 6 | (u >> 1 & 7) << 3 | (u >> 5 & 1) << 2 | 1);
}

uint32_t csr(uint32_t funct3, unsigned rd, unsigned rs1, uint32_t number) { return encode::i(0x73, funct3, rd, rs1, static_cast<int32_t>(number)); }

class Generator {
 public:
  explicit Generator(uint64_t seed) : stream_(seed, "lock-step"), restricts_(stream_.below(2) != 0) {}
  RandomProgram make();

 private:
  /// Code goes in groups of 16 bytes. Each begins with an instruction, so that traps and jumps can go on at the next one.
  void group();
  void loop_group();
  void mret_group();
  void mprv_group();
  size_t room() const { return kGroupBytes - group_.size(); }
  uint32_t group_pc() const { return kStart + static_cast<uint32_t>(code_.size()); }
  void finish_group();
  void half(uint16_t value) { append(&value, 2); }
  void word(uint32_t value) { append(&value, 4); }
  void append(const void* data, size_t size) {
    const auto* bytes = static_cast<const uint8_t*>(data);
    group_.insert(group_.end(), bytes, bytes + size);
  }

  // One of a kind each, of at most 12 bytes. Those that do not fit into the group put nothing.
  void item();
  void plain_item();
  void alu_register();
  void alu_immediate();
  void alu_compressed();
  void access();
  void access_compressed();
  void access_computed();
  void atomic();
  void misaligned_atomic();
  void jump();
  void jump_by_register();
  void float_arithmetic();
  void float_access();
  void float_state();
  void csr_access();
  void change_status();
  void trap();
  void fault();

  uint32_t random() { return static_cast<uint32_t>(stream_.next()); }
  unsigned below(unsigned bound) { return static_cast<unsigned>(stream_.below(bound)); }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(static_cast<unsigned>(choices.size()))];
  }
  unsigned source() { return below(32); }
  unsigned destination();
  /// Not x0, for what is used right after.
  unsigned scratch();
  /// x10 to x15: the compressed registers without the pointers.
  unsigned short_destination() { return 10 + below(6); }
  unsigned short_source() { return 8 + below(8); }
  /// From the end of what the group holds to a group after this one.
  int32_t ahead();

  std::vector<uint8_t> prologue();
  std::vector<uint8_t> handler();
  uint32_t random_pmp_entry(unsigned entry, A* a);

  SeedStream stream_;
  /// PMP entries lie over the data. Misaligned accesses are left out then: where they cross a border they are cut in parts, and the two
  /// simulators, as the specification allows, differ in how. So are AMOs, whose faults QEMU reports as those of a
  /// load, and an sc.w that cannot succeed, which may fault or fail.
  bool restricts_;
  std::vector<uint8_t> code_;
  std::vector<uint8_t> group_;
};

unsigned Generator::destination() {
  for (;;) {
    const unsigned rd = below(32);
    if (rd != kLow && rd != kRound && rd != kResume && rd != kMiddle && rd != kLoop) return rd;
  }
}

unsigned Generator::scratch() {
  const unsigned rd = destination();
  return rd != 0 ? rd : scratch();
}

int32_t Generator::ahead() { return static_cast<int32_t>(kGroupBytes * (1 + below(4))) - static_cast<int32_t>(group_.size()); }

// Registers and immediates.

void Generator::alu_register() {
  struct Kind {
    uint32_t funct7;
    std::initializer_list<uint32_t> funct3;
  };
  static const Kind kKinds[] = {{0x00, {0, 1, 2, 3, 4, 5, 6, 7}},
                                {0x20, {0, 5, 4, 6, 7}},
                                {0x01, {0, 1, 2, 3, 4, 5, 6, 7}},
                                {0x10, {2, 4, 6}},
                                {0x05, {4, 5, 6, 7}},
                                {0x30, {1, 5}},
                                {0x24, {1, 5}},
                                {0x34, {1}},
                                {0x14, {1}},
                                {0x04, {4}}};
  const Kind& kind = kKinds[below(10)];
  const unsigned rs2 = kind.funct7 == 0x04 ? 0 : source();  // zext.h
  word(encode::r(0x33, one_of(kind.funct3), kind.funct7, destination(), source(), rs2));
}

void Generator::alu_immediate() {
  const unsigned rd = destination();
  const unsigned rs1 = source();
  const auto shift = static_cast<int32_t>(below(32));
  switch (below(5)) {
    case 0:
      return word(encode::u(one_of({0x37u, 0x17u}), rd, random()));
    case 1:
      return word(encode::i(0x13, 1, rd, rs1, one_of({0x000, 0x280, 0x480, 0x680}) | shift));  // slli, bseti, bclri, binvi
    case 2:
      return word(encode::i(0x13, 5, rd, rs1, one_of({0x000, 0x400, 0x600, 0x480}) | shift));  // srli, srai, rori, bexti
    case 3:
      return word(encode::i(0x13, 1, rd, rs1, one_of({0x600, 0x601, 0x602, 0x604, 0x605})));  // clz, ctz, cpop, sext.b, sext.h
    default:
      if (below(8) == 0) return word(encode::i(0x13, 5, rd, rs1, one_of({0x287, 0x698})));  // orc.b, rev8
      return word(encode::i(0x13, one_of({0u, 2u, 3u, 4u, 6u, 7u}), rd, rs1, static_cast<int32_t>(random()) >> 20));
  }
}

void Generator::alu_compressed() {
  const unsigned rd = scratch();
  const unsigned short_rd = short_destination();
  const uint32_t imm = below(64);
  switch (below(9)) {
    case 0:
      return half(ci(0, rd, imm, 1));  // c.addi
    case 1:
      return half(ci(2, rd, imm, 1));  // c.li
    case 2:
      return half(ci(3, rd, imm != 0 ? imm : 1, 1));  // c.lui
    case 3:
      return half(cb_alu(one_of({0u, 1u}), short_rd, imm & 31));  // c.srli, c.srai
    case 4:
      return half(cb_alu(2, short_rd, imm));  // c.andi
    case 5:
      return half(ca(below(4), short_rd, short_source()));  // c.sub, c.xor, c.or, c.and
    case 6:
      return half(ci(0, rd, imm & 31, 2));  // c.slli
    case 7:
      return half(static_cast<uint16_t>(one_of({0x8002u, 0x9002u}) | rd << 7 | (1 + below(31)) << 2));  // c.mv, c.add
    default:
      return half(static_cast<uint16_t>((1 + below(255)) << 5 | (short_rd - 8) << 2));  // c.addi4spn
  }
}

// Memory.

void Generator::access() {
  struct Kind {
    uint32_t opcode, funct3;
    int32_t size;
  };
  const Kind kind = one_of<Kind>({{0x03, 0, 1}, {0x03, 1, 2}, {0x03, 2, 4}, {0x03, 4, 1}, {0x03, 5, 2}, {0x23, 0, 1}, {0x23, 1, 2}, {0x23, 2, 4}});
  int32_t offset = static_cast<int32_t>(random()) >> 20;
  if (restricts_ || below(3) != 0) offset &= -kind.size;
  const unsigned base = one_of({kLow, kMiddle});
  if (kind.opcode == 0x03) return word(encode::i(0x03, kind.funct3, destination(), base, offset));
  word(encode::s(0x23, kind.funct3, base, source(), offset));
}

void Generator::access_compressed() {
  const uint32_t word_offset = below(64);
  switch (below(4)) {
    case 0:
      return half(cl(2, short_destination(), kMiddle, 4 * (word_offset & 31)));  // c.lw
    case 1:
      return half(cl(6, short_source(), kMiddle, 4 * (word_offset & 31)));  // c.sw
    case 2:                                                                 // c.lwsp
      return half(
          static_cast<uint16_t>(0x4002 | (word_offset >> 3 & 1) << 12 | scratch() << 7 | (word_offset & 7) << 4 | (word_offset >> 4 & 3) << 2));
    default:  // c.swsp
      return half(static_cast<uint16_t>(0xC002 | (word_offset & 15) << 9 | (word_offset >> 4 & 3) << 7 | source() << 2));
  }
}

/// At an address that depends on what was computed before.
void Generator::access_computed() {
  if (room() < 12) return;
  const unsigned at = scratch();
  word(encode::i(0x13, 7, at, source(), restricts_ ? 0x7FC : 0x7FF));
  word(encode::r(0x33, 0, 0, at, at, kMiddle));
  if (below(2) != 0) return word(encode::i(0x03, one_of({0u, 1u, 2u, 4u, 5u}), destination(), at, 0));
  word(encode::s(0x23, below(3), at, source(), 0));
}

void Generator::atomic() {
  if (room() < 12) return;
  const unsigned at = scratch();
  const uint32_t order = below(4);
  word(encode::i(0x13, 0, at, kMiddle, static_cast<int32_t>(4 * below(500))));
  const unsigned kind = restricts_ ? 9 : below(11);
  if (kind < 9) {
    static constexpr uint32_t kFunct5[] = {0x01, 0x00, 0x04, 0x0C, 0x08, 0x10, 0x14, 0x18, 0x1C};
    return word(encode::r(0x2F, 2, kFunct5[kind] << 2 | order, destination(), at, source()));
  }
  if (kind == 9) {  // one more way to reach it than lr.w
    unsigned loaded = destination();
    while (loaded == at) loaded = destination();
    word(encode::r(0x2F, 2, 0x02 << 2 | order, loaded, at, 0));
  }
  word(encode::r(0x2F, 2, 0x03 << 2 | order, destination(), at, source()));
}

/// Only lr.w: QEMU takes a misaligned AMO for a load.
void Generator::misaligned_atomic() {
  if (room() < 8) return;
  const unsigned at = scratch();
  word(encode::i(0x13, 0, at, kMiddle, static_cast<int32_t>(4 * below(500) + 1 + below(3))));
  word(encode::r(0x2F, 2, 0x02 << 2, destination(), at, 0));
}

// Jumps.

void Generator::jump() {
  const int32_t offset = ahead();
  switch (below(6)) {
    case 0:
      return word(encode::j(destination(), offset));
    case 1:
      return half(c_jump(one_of({1u, 5u}), offset));  // c.jal, c.j
    case 2:
      return half(c_branch(one_of({6u, 7u}), short_source(), offset));  // c.beqz, c.bnez
    default:
      return word(encode::b(one_of({0u, 1u, 4u, 5u, 6u, 7u}), source(), source(), offset));
  }
}

void Generator::jump_by_register() {
  if (room() < 10) return;
  const unsigned to = scratch();
  const int32_t offset = ahead();
  word(encode::u(0x17, to, 0));
  if (below(2) != 0) return word(encode::i(0x67, 0, destination(), to, offset | static_cast<int32_t>(below(2))));  // bit 0 is dropped
  word(encode::i(0x13, 0, to, to, offset));
  half(static_cast<uint16_t>(one_of({0x8002u, 0x9002u}) | to << 7));  // c.jr, c.jalr
}

// Floating point. All of mstatus.FS stays set; results come to light by fmv.x.w, fclass, fsd and fcsr.

void Generator::float_arithmetic() {
  if (room() < 8) return;
  constexpr uint32_t kFused[] = {0x43, 0x47, 0x4B, 0x4F};
  const unsigned fd = below(8), f1 = below(8), f2 = below(8);  // few registers, so that results are used again
  const uint32_t rounding = one_of({0u, 1u, 2u, 3u, 4u, 7u});
  const uint32_t format = below(2);
  const unsigned kind = below(16);
  if (kind < 3) {
    word(encode::r(kFused[below(4)], rounding, below(8) << 2 | format, fd, f1, f2));
  } else if (kind < 8) {
    word(encode::r(0x53, rounding, one_of({0x00u, 0x01u, 0x02u, 0x03u}) << 2 | format, fd, f1, f2));
  } else if (kind == 8) {
    word(encode::r(0x53, rounding, 0x0B << 2 | format, fd, f1, 0));
  } else if (kind == 9) {
    word(encode::r(0x53, below(3), 0x04 << 2 | format, fd, f1, f2));
  } else if (kind == 10) {
    word(encode::r(0x53, below(2), 0x05 << 2 | format, fd, f1, f2));
  } else if (kind == 11) {
    word(encode::r(0x53, rounding, 0x08 << 2 | format, fd, f1, 1 - format));
  } else if (kind == 12) {
    word(encode::r(0x53, below(3), 0x14 << 2 | format, destination(), f1, f2));
  } else if (kind == 13) {
    word(encode::r(0x53, rounding, 0x18 << 2 | format, destination(), f1, below(2)));
  } else if (kind == 14) {
    word(encode::r(0x53, rounding, 0x1A << 2 | format, fd, source(), below(2)));
  } else {
    word(encode::r(0x53, 1, 0x1C << 2 | format, destination(), f1, 0));
  }
  word(encode::r(0x53, 0, 0x1C << 2, destination(), fd, 0));
}

/// Within one region of PMP: across a border the two simulators cut a double in different parts.
void Generator::float_access() {
  const unsigned f = below(8);
  const bool is_double = !restricts_ && below(2) != 0;
  const int32_t offset = static_cast<int32_t>(random()) >> 20 & (is_double ? -8 : -4);
  if (below(2) != 0) return word(encode::i(0x07, is_double ? 3 : 2, f, kMiddle, offset));
  word(encode::s(0x27, is_double ? 3 : 2, kMiddle, f, offset));
}

/// Rounding mode and flags, and values that arithmetic treats apart: zeros, infinities, NaNs, the smallest and the greatest.
void Generator::float_state() {
  if (below(2) == 0) return word(csr(one_of({1u, 2u, 3u, 5u, 6u, 7u}), destination(), source(), one_of({0x001u, 0x002u, 0x003u})));
  if (room() < 8) return;
  const unsigned value = scratch();
  word(encode::u(0x37, value, one_of({0x00000000u, 0x80000000u, 0x7F800000u, 0xFF800000u, 0x7FC00000u, 0x7FA00000u, 0x00001000u,
                                     0x00800000u, 0x7F7FF000u})));
  word(encode::r(0x53, 0, 0x1E << 2, below(8), value, 0));
}

// Control and status registers, traps.

void Generator::csr_access() {
  const uint32_t funct3 = one_of({1u, 2u, 3u, 5u, 6u, 7u});
  switch (below(4)) {
    case 0:
      return word(csr(funct3, destination(), source(), one_of({kMscratch, kMcause, kMtval})));
    case 1:
      return word(csr(one_of({2u, 3u, 6u, 7u}), destination(), 0, one_of({kMstatus, kMepc, kMtvec, kMcause, kMtval, 0x304u, 0xF14u})));
    case 2:
      return word(csr(2, destination(), 0, one_of({kPmpcfg0, kPmpcfg0 + 1, kPmpaddr0 + below(8)})));
    default:
      return word(csr(one_of({6u, 7u}), destination(), 8, kMstatus));  // MIE, while no interrupt is enabled in mie
  }
}

void Generator::change_status() {
  if (room() < 12) return;
  const unsigned bits = scratch();
  word(encode::u(0x37, bits, 0x2000));  // both bits of MPP
  word(encode::i(0x13, 0, bits, bits, -0x800));
  word(csr(one_of({2u, 3u, 3u}), destination(), bits, kMstatus));
}

void Generator::trap() {
  switch (below(7)) {
    case 0:
    case 1:
      return word(0x00000073);  // ecall
    case 2:
      return below(2) != 0 ? word(0x00100073) : half(0x9002);
    case 3:
      return word(one_of({0xFFFFFFFFu, 0x0000000Bu, 0x00003003u, 0x00007013u | 0x5Bu, 0x10200073u, 0x00200073u, 0x02001013u, 0x0000302Fu}));
    case 4:
      return half(one_of<uint16_t>({0x0000, 0x8000, 0x8002, 0x6501, 0x6101, 0x9D0D, 0x4002}));
    case 5:
      return word(csr(one_of({1u, 2u, 5u}), destination(), source(), one_of({0x7C0u, 0x100u, 0x5A8u})));
    default:
      return word(csr(1, destination(), source(), 0xF14));  // read-only
  }
}

void Generator::fault() {
  if (room() < 12) return;
  const unsigned at = scratch();
  const auto offset = static_cast<int32_t>(4 * below(500));
  if (below(3) == 0) {
    word(encode::u(0x17, kResume, 0));
    word(encode::u(0x37, at, kUnmapped));
    return word(encode::i(0x67, 0, destination(), at, offset));
  }
  word(encode::u(0x37, at, kUnmapped));
  if (below(2) != 0) return word(encode::i(0x03, one_of({0u, 1u, 2u, 4u, 5u}), destination(), at, offset));
  word(encode::s(0x23, below(3), at, source(), offset));
}

// Groups.

void Generator::plain_item() {
  switch (below(8)) {
    case 0:
    case 1:
      return alu_register();
    case 2:
      return alu_immediate();
    case 3:
    case 4:
      return alu_compressed();
    case 5:
      return access();
    case 6:
      return access_compressed();
    default:
      return access_computed();
  }
}

void Generator::item() {
  const unsigned kind = below(100);
  if (kind < 60) return plain_item();
  if (kind < 70) return float_arithmetic();
  if (kind < 74) return float_access();
  if (kind < 76) return float_state();
  if (kind < 81) return atomic();
  if (kind < 82) return misaligned_atomic();
  if (kind < 88) return jump();
  if (kind < 90) return jump_by_register();
  if (kind < 94) return csr_access();
  if (kind < 95) return change_status();
  if (kind < 96) return word(one_of({0x0000000Fu, 0x0FF0000Fu, 0x8330000Fu, 0x0000100Fu}));  // fences
  if (kind < 98) return trap();
  return fault();
}

void Generator::finish_group() {
  while (room() != 0) half(kCompressedNop);
  code_.insert(code_.end(), group_.begin(), group_.end());
  group_.clear();
}

void Generator::group() {
  while (room() >= 4) item();
  if (room() != 0 && below(2) != 0) alu_compressed();
  finish_group();
}

/// A few rounds through the second of two groups.
void Generator::loop_group() {
  plain_item();
  while (room() > 6) alu_immediate();
  while (room() > 2) half(kCompressedNop);
  half(ci(2, kLoop, 1 + below(5), 1));
  finish_group();
  access();
  alu_register();
  half(kCompressedNop);
  half(ci(0, kLoop, static_cast<uint32_t>(-1), 1));
  word(encode::b(4, 0, kLoop, -static_cast<int32_t>(group_.size())));  // while it is above 0: a jump may have led right here
  finish_group();
}

/// An access with MPP's privilege. MPRV is taken back right after it, or by the handler: QEMU 7.2 does not clear it in an mret to user mode, as
/// the architecture wants.
void Generator::mprv_group() {
  const unsigned bits = scratch();
  word(encode::u(0x37, bits, kMprv));
  word(csr(2, 0, bits, kMstatus));
  const auto offset = static_cast<int32_t>(4 * below(500));
  if (below(2) != 0)
    word(encode::s(0x23, 2, kMiddle, source(), offset));
  else
    word(encode::i(0x03, 2, 0, kMiddle, offset));
  word(csr(3, 0, bits, kMstatus));
  finish_group();
}

void Generator::mret_group() {
  const unsigned to = scratch();
  const int32_t offset = ahead();
  word(encode::u(0x17, to, 0));
  word(encode::i(0x13, 0, to, to, offset));
  word(csr(1, destination(), to, kMepc));
  word(0x30200073);
  finish_group();
}

// What is around them.

/// Writes an entry over the data and gives its byte of pmpcfg.
uint32_t Generator::random_pmp_entry(unsigned entry, A* a) {
  const uint32_t at = RandomProgram::kData + 0x800 + below(0x2800);
  const uint32_t rights = one_of({0u, 1u, 3u, 5u, 7u});
  uint32_t mode = restricts_ ? below(4) : 0;
  if (entry == 0 && mode == 1) mode = 2;  // from 0 up it would lie over the code
  uint32_t address = at >> 2;
  if (mode == 3) address = (address & ~0x3Fu) | one_of({0u, 1u, 3u, 7u, 15u, 31u});
  a->li(A::t6, address);
  a->csrw(kPmpaddr0 + entry, A::t6);
  return rights | mode << 3;
}

std::vector<uint8_t> Generator::prologue() {
  A a(RandomProgram::kCode);
  a.li(A::t6, kHandler);
  a.csrw(kMtvec, A::t6);
  uint32_t config[2] = {};
  for (unsigned entry = 0; entry < kFirstOpenEntry; ++entry) config[entry / 4] |= random_pmp_entry(entry, &a) << 8 * (entry % 4);
  a.li(A::t6, 0xFFFFFFFF);
  a.csrw(kPmpaddr0 + kFirstOpenEntry, A::t6);
  config[kFirstOpenEntry / 4] |= 0x1Fu << 8 * (kFirstOpenEntry % 4);
  for (unsigned i = 0; i < 2; ++i) {
    a.li(A::t6, config[i]);
    a.csrw(kPmpcfg0 + i, A::t6);
  }
  a.li(A::t6, kFs);
  a.csrw(kMstatus, A::t6);
  a.csrw(0x003, A::zero);
  for (const uint32_t number : {0x304u, kMscratch, kMepc, kMcause, kMtval}) a.csrw(number, A::zero);
  a.li(A::t6, kStart);
  a.jalr(A::zero, A::t6, 0);
  return a.bytes();
}

/// Goes on at the next group: after a fetch fault the one after kResume's, else the one after mepc's. An ecall of user mode leads to machine
/// mode. mscratch is left with mstatus in it. mtval of an ebreak, which may be its address or 0, is made 0.
std::vector<uint8_t> Generator::handler() {
  A a(kHandler);
  const A::Label not_user = a.label(), not_fetch = a.label(), not_ebreak = a.label();
  a.csrrw(A::t6, kMscratch, A::t6);
  a.lui(A::t6, kMprv);
  a.word(csr(3, 0, A::t6, kMstatus));
  a.csrr(A::t6, kMcause);
  a.addi(A::t6, A::t6, -8);
  a.bne(A::t6, A::zero, not_user);
  a.li(A::t6, 0x1800);
  a.csrrs(A::zero, kMstatus, A::t6);
  a.place(not_user);
  a.csrr(A::t6, kMcause);
  a.addi(A::t6, A::t6, -1);
  a.bne(A::t6, A::zero, not_fetch);
  a.csrw(kMepc, kResume);
  a.place(not_fetch);
  a.csrr(A::t6, kMcause);
  a.addi(A::t6, A::t6, -3);
  a.bne(A::t6, A::zero, not_ebreak);
  a.csrw(kMtval, A::zero);
  a.place(not_ebreak);
  a.csrr(A::t6, kMepc);
  a.andi(A::t6, A::t6, -static_cast<int32_t>(kGroupBytes));
  a.addi(A::t6, A::t6, kGroupBytes);
  a.csrw(kMepc, A::t6);
  a.csrr(A::t6, kMstatus);
  a.csrrw(A::t6, kMscratch, A::t6);
  a.mret();
  return a.bytes();
}

RandomProgram Generator::make() {
  RandomProgram program;
  const auto put = [&program](uint32_t address, const std::vector<uint8_t>& bytes) {
    program.code.resize(address - RandomProgram::kCode, 0);
    program.code.insert(program.code.end(), bytes.begin(), bytes.end());
  };
  put(RandomProgram::kCode, prologue());
  put(kHandler, handler());
  for (int i = 0; i < kGroups; ++i) {
    const unsigned kind = below(40);
    if (kind == 0)
      mret_group();
    else if (kind == 1)
      mprv_group();
    else if (kind < 4)
      loop_group();
    else
      group();
  }
  for (int i = 0; i < 4; ++i) finish_group();  // where jumps from the last group may land
  word(encode::i(0x13, 0, kRound, kRound, -1));
  word(encode::b(0, kRound, 0, 12));
  word(encode::j(0, static_cast<int32_t>(kStart - group_pc()) - 8));
  finish_group();
  word(0x00000073);  // to machine mode
  finish_group();
  program.end = group_pc();
  word(encode::j(0, 0));
  finish_group();
  put(kStart, code_);
  for (uint32_t i = 0; i < RandomProgram::kDataSize; ++i) program.data.push_back(static_cast<uint8_t>(random()));
  for (unsigned i = 0; i < 32; ++i) program.x[i] = below(2) != 0 ? random() : static_cast<uint32_t>(below(64)) - 32;
  program.x[0] = 0;
  program.x[kLow] = RandomProgram::kData + 0x1000;
  program.x[kMiddle] = RandomProgram::kData + 0x2000;
  program.x[kRound] = kRounds;
  program.x[kResume] = kStart;
  program.x[kLoop] = 1;
  return program;
}

}  // namespace

RandomProgram random_program(uint64_t seed) { return Generator(seed).make(); }

}  // namespace saksi::test
