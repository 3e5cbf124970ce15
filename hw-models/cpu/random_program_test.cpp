// Goal: the block cache, its dropping and linking, the limits and the trace ring never show: a run in one piece, one in random slices and
// one that decodes every instruction anew end in the same state.
// Method: memory full of random instructions that jump anywhere, trap and overwrite themselves; a handler in ROM goes on at a place in the
// first 512 bytes, taken from minstret. Registers, CSRs and all of memory are compared again and again.
#include <gtest/gtest.h>

#include "base/seed_stream.h"
#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;

/// A word that is likely to be an instruction: a real opcode, or two compressed ones, with random fields.
uint32_t random_instruction(SeedStream& stream) {
  constexpr uint32_t kOpcodes[] = {0x37, 0x17, 0x6F, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x2F, 0x73, 0x0F};
  const uint32_t word = static_cast<uint32_t>(stream.next());
  const uint64_t kind = stream.below(16);
  if (kind < 4) return word & ~0x00010001u;  // neither half a 32-bit instruction
  uint32_t instruction = (word & ~0x7Fu) | kOpcodes[stream.below(12)];
  const uint32_t opcode = instruction & 0x7F;
  if (opcode == 0x33) instruction &= stream.below(2) != 0 ? 0x01FFFFFFu : 0x03FFFFFFu;
  if (opcode == 0x6F) instruction &= 0x01FFFFFFu;                                   // jump not too far
  if (opcode == 0x63) instruction &= 0x87FFFFFFu;                                   // branch not too far
  if (opcode == 0x2F) instruction = (instruction & ~0x00007000u) | 0x00002000u;
  if (opcode == 0x73) instruction = (instruction & 0x000FFFFFu) | 0x34000000u;      // mscratch
  constexpr uint32_t kBases[] = {2, 8, 9};                                          // registers that point into memory
  if (opcode == 0x03 || opcode == 0x23) instruction = (instruction & ~0x000F8000u) | kBases[stream.below(3)] << 15;
  if (opcode == 0x23) instruction &= 0x1FFFCFFFu;  // sb and sh, to the first 512 bytes from the base
  return instruction;
}

void fill(Machine& m, uint64_t seed) {
  SeedStream stream(seed, "random-program");
  for (uint32_t address = Machine::kRam; address < Machine::kRam + Machine::kRamSize; address += 4) m.set_word(address, random_instruction(stream));
  Assembler handler(Machine::kRomBase);
  handler.csrr(A::t0, 0xB02);
  handler.slli(A::t1, A::t0, 3);
  handler.xor_(A::t0, A::t0, A::t1);
  handler.slli(A::t0, A::t0, 24);
  handler.srli(A::t0, A::t0, 23);  // an even offset below 512
  handler.lui(A::t1, Machine::kRam);
  handler.add(A::t0, A::t0, A::t1);
  handler.csrw(0x341, A::t0);
  handler.lui(A::sp, Machine::kRam);  // where the code is
  handler.lui(A::s0, Machine::kRam + 0x4000);
  handler.lui(A::s1, Machine::kData);
  handler.mret();
  std::copy(handler.bytes().begin(), handler.bytes().end(), m.rom.begin());
  m.cpu.set_reg(A::t0, Machine::kRomBase);
  m.run_one(encode::i(0x73, 1, 0, A::t0, 0x305));
}

void expect_same(const Machine& a, const Machine& b, uint64_t seed) {
  ASSERT_EQ(a.cpu.pc(), b.cpu.pc()) << "seed " << seed << ", step " << a.cpu.steps();
  ASSERT_EQ(a.cpu.steps(), b.cpu.steps()) << "seed " << seed;
  ASSERT_EQ(a.cpu.retired(), b.cpu.retired()) << "seed " << seed << ", step " << a.cpu.steps();
  for (unsigned i = 0; i < 32; ++i) ASSERT_EQ(a.cpu.reg(i), b.cpu.reg(i)) << "x" << i << ", seed " << seed << ", step " << a.cpu.steps();
  for (const uint32_t csr : {0x300u, 0x340u, 0x341u, 0x342u, 0x343u, 0xB02u}) {
    ASSERT_EQ(a.cpu.debug_csr(csr), b.cpu.debug_csr(csr)) << std::hex << csr;
  }
  ASSERT_TRUE(a.ram == b.ram) << "seed " << seed << ", step " << a.cpu.steps();
}

/// Runs to `limit`, past any WFI.
void run_awake(Machine& m, uint64_t limit) {
  while (m.cpu.steps() < limit) {
    m.cpu.run(limit);
    m.cpu.wake_up();
  }
}

TEST(RandomProgram, SlicesFlushesAndTraceDoNotShow) {
  constexpr uint64_t kSteps = 10'000;
  uint64_t retired = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    Machine whole(CpuEngine::kInterpreted), sliced, fresh, translated(CpuEngine::kTranslated);
    for (Machine* m : {&whole, &sliced, &fresh, &translated}) fill(*m, seed);
    SeedStream stream(seed, "slices");
    for (uint64_t done = 1000; done <= kSteps; done += 1000) {
      run_awake(whole, done);
      while (sliced.cpu.steps() < done) {
        if (stream.below(50) == 0) sliced.cpu.set_trace_length(stream.below(2) * 8);
        run_awake(sliced, std::min(done, sliced.cpu.steps() + 1 + stream.below(30)));
      }
      while (fresh.cpu.steps() < done) {
        fresh.cpu.flush_code();
        run_awake(fresh, fresh.cpu.steps() + 1);
      }
      run_awake(translated, done);
      expect_same(whole, translated, seed);
      expect_same(whole, sliced, seed);
      expect_same(whole, fresh, seed);
      if (HasFatalFailure()) return;
    }
    retired += whole.cpu.retired();
  }
  EXPECT_GT(retired, 12 * kSteps / 2) << "most steps must be instructions, not traps, for the test to mean anything";
}

}  // namespace
}  // namespace saksi::hw
