// Goal: the block cache, its dropping and linking, the limits, the trace ring and translation never show: an interpreted run in one piece, a
// translated one, one in random slices and one that decodes every instruction anew end in the same state.
// Method: memory full of random instructions that jump anywhere, trap and overwrite themselves; a handler in ROM goes on at a place in the
// first 4 KiB, taken from minstret. Registers, CSRs and all of memory are compared again and again.
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
  if (opcode == 0x33) {
    constexpr uint32_t kFunct7[] = {0x00, 0x00, 0x01, 0x01, 0x20, 0x10, 0x05, 0x30, 0x14, 0x24, 0x34, 0x04};  // I, M, Zba, Zbb, Zbs
    instruction = (instruction & 0x01FFFFFFu) | kFunct7[stream.below(12)] << 25;
  }
  if (opcode == 0x13 && (instruction >> 12 & 3) == 1) {
    constexpr uint32_t kFunct7[] = {0x00, 0x20, 0x30, 0x14, 0x24, 0x34, 0x14};  // shifts and the Zb instructions beside them
    instruction = (instruction & 0x01FFFFFFu) | kFunct7[stream.below(7)] << 25;
    if (stream.below(4) == 0)
      instruction = (instruction & 0x000FFFFFu) | (stream.below(2) != 0 ? 0x60000000u + (static_cast<uint32_t>(stream.below(6)) << 20) : 0x28700000u);
  }
  if (opcode == 0x6F) instruction &= 0x01FFFFFFu;  // jump not too far
  if (opcode == 0x63) instruction &= 0x87FFFFFFu;  // branch not too far
  if (opcode == 0x2F) instruction = (instruction & ~0x00007000u) | 0x00002000u;
  if (opcode == 0x73) instruction = (instruction & 0x000FFFFFu) | 0x34000000u;  // mscratch
  constexpr uint32_t kBases[] = {2, 8, 9};                                      // registers that point into memory
  if (opcode == 0x03 || opcode == 0x23) instruction = (instruction & ~0x000F8000u) | kBases[stream.below(3)] << 15;
  if (opcode == 0x23) instruction &= 0x1FFFCFFFu;  // sb and sh, to the first 512 bytes from the base
  return instruction;
}

/// Eight regions of random rights and borders, some of them locked, that leave the first 4 KiB usable.
void restrict_memory(Machine& m, SeedStream& stream) {
  uint32_t border = Machine::kRam + 0x1000;
  for (uint32_t entry = 0; entry < 8; ++entry) {
    border += static_cast<uint32_t>(stream.below(0x2C00)) & ~3u;
    if (entry == 7) border = Machine::kRam + Machine::kRamSize;
    const bool open = entry == 0 || entry == 7;
    const uint32_t rights = open ? 7 : static_cast<uint32_t>(stream.below(8));
    const uint32_t locked = !open && stream.below(4) == 0 ? 0x80u : 0u;
    m.cpu.debug_set_csr(0x3B0 + entry, border >> 2);
    const uint32_t config = 0x3A0 + entry / 4;
    m.cpu.debug_set_csr(config, *m.cpu.debug_csr(config) | (8 | rights | locked) << entry % 4 * 8);
  }
}

void fill(Machine& m, uint64_t seed, bool restricted) {
  SeedStream stream(seed, "random-program");
  for (uint32_t address = Machine::kRam; address < Machine::kRam + Machine::kRamSize; address += 4) m.set_word(address, random_instruction(stream));
  Assembler handler(Machine::kRomBase);
  handler.csrr(A::t0, 0xB02);
  handler.slli(A::t1, A::t0, 3);
  handler.xor_(A::t0, A::t0, A::t1);
  handler.slli(A::t0, A::t0, 21);
  handler.srli(A::t0, A::t0, 20);  // an even offset below 4096
  handler.lui(A::t1, Machine::kRam);
  handler.add(A::t0, A::t0, A::t1);
  handler.csrw(0x341, A::t0);
  if (restricted) {
    handler.csrr(A::t0, 0xB02);
    handler.andi(A::t0, A::t0, 1);  // every other time in user mode
    handler.slli(A::t1, A::t0, 1);
    handler.add(A::t0, A::t0, A::t1);
    handler.slli(A::t0, A::t0, 11);
    handler.addi(A::t1, A::zero, 3);
    handler.slli(A::t1, A::t1, 11);
    handler.csrrc(A::zero, 0x300, A::t1);  // mstatus.MPP
    handler.csrrs(A::zero, 0x300, A::t0);
  }
  handler.lui(A::sp, Machine::kRam);  // where the code is
  handler.lui(A::s0, Machine::kRam + 0x4000);
  handler.lui(A::s1, Machine::kData);
  handler.mret();
  std::copy(handler.bytes().begin(), handler.bytes().end(), m.rom.begin());
  if (restricted) restrict_memory(m, stream);
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

constexpr uint64_t kSeeds = 40;

/// Runs each program in five ways and gives the instructions that one of them completed.
uint64_t compare_runs(uint64_t steps, bool restricted) {
  uint64_t retired = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Machine whole(CpuEngine::kInterpreted), sliced, fresh, translated(CpuEngine::kTranslated), both(CpuEngine::kLockStep);
    for (Machine* m : {&whole, &sliced, &fresh, &translated, &both}) fill(*m, seed, restricted);
    SeedStream stream(seed, "slices");
    for (uint64_t done = 1000; done <= steps; done += 1000) {
      for (Machine* m : {&whole, &translated, &both}) run_awake(*m, done);
      while (sliced.cpu.steps() < done) {
        if (stream.below(50) == 0) sliced.cpu.set_trace_length(stream.below(2) * 8);
        run_awake(sliced, std::min(done, sliced.cpu.steps() + 1 + stream.below(30)));
      }
      while (fresh.cpu.steps() < done) {
        fresh.cpu.flush_code();
        run_awake(fresh, fresh.cpu.steps() + 1);
      }
      for (Machine* m : {&translated, &both, &sliced, &fresh}) expect_same(whole, *m, seed);
      if (testing::Test::HasFatalFailure()) return retired;
    }
    retired += whole.cpu.retired();
  }
  return retired;
}

TEST(RandomProgram, SlicesFlushesTraceAndTranslationDoNotShow) {
  constexpr uint64_t kSteps = 5'000;
  EXPECT_GT(compare_runs(kSteps, false), kSeeds * kSteps / 2) << "most steps must be instructions, not traps, for the test to mean anything";
}

TEST(RandomProgram, NorDoTheyInUserModeUnderProtection) {
  constexpr uint64_t kSteps = 5'000;
  EXPECT_GT(compare_runs(kSteps, true), kSeeds * kSteps / 3);
}

}  // namespace
}  // namespace saksi::hw
