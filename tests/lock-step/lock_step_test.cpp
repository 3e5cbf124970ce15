// Goal: the hart does what an independent simulator does, instruction by instruction: Debian's QEMU, -M virt.
// Method: random programs (random_program.h) run on both. Before each instruction all general registers and pc are compared, at the end the
// data. Two ways to see QEMU's state: single-stepped over its gdb stub, which costs some 0.3 ms an instruction, and its own log of a run of
// single instructions, which is ten times faster and shows the control and status registers too.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "hw-models/cpu/decode.h"
#include "hw-models/cpu/hart.h"
#include "tests/lock-step/qemu.h"
#include "tests/lock-step/random_program.h"
#include "tests/support/effort.h"

namespace saksi::test {
namespace {

constexpr uint64_t kStepsOverTheStub = 10'000;
constexpr uint64_t kStepsInTheLog = 1'050'000;

/// Our hart with as much around it as the programs need.
class OurHart : private hw::BusPort {
 public:
  OurHart() : ram_(1 << 20), hart_(*this, 1) {
    hart_.set_ram(RandomProgram::kCode, ram_.size(), ram_.data());
    hart_.debug_set_csr(0x300, 0);  // mstatus.MPP is not defined after reset
  }

  void load(const RandomProgram& program) {
    write(RandomProgram::kCode, program.code);
    write(RandomProgram::kData, program.data);
    hart_.flush_code();
    for (unsigned i = 0; i < 32; ++i) hart_.set_reg(i, program.x[i]);
    hart_.set_pc(RandomProgram::kCode);
  }
  void step() { hart_.run(hart_.steps() + 1); }
  /// An instruction that cannot be fetched is not in QEMU's log, since nothing is executed.
  void step_as_logged() {
    step();
    if (!is_code(hart_.pc())) step();
  }
  const hw::Hart& hart() const { return hart_; }
  std::vector<uint8_t> data() const {
    const auto begin = ram_.begin() + (RandomProgram::kData - RandomProgram::kCode);
    return {begin, begin + RandomProgram::kDataSize};
  }
  uint32_t instruction(uint32_t pc) const {
    uint32_t raw = 0;
    if (is_code(pc)) std::memcpy(&raw, ram_.data() + (pc - RandomProgram::kCode), 4);
    return raw;
  }

 private:
  static bool is_code(uint32_t pc) { return pc - RandomProgram::kCode < RandomProgram::kData - RandomProgram::kCode; }
  void write(uint32_t address, const std::vector<uint8_t>& bytes) {
    std::copy(bytes.begin(), bytes.end(), ram_.begin() + (address - RandomProgram::kCode));
  }
  bool load_from_bus(uint32_t, uint32_t, uint32_t*) override { return false; }
  bool store_to_bus(uint32_t, uint32_t, uint32_t) override { return false; }
  std::optional<hw::CodeRegion> code_region(uint32_t) override { return std::nullopt; }
  std::optional<uint64_t> time_now() override { return std::nullopt; }

  std::vector<uint8_t> ram_;
  hw::Hart hart_;
};

void load(const RandomProgram& program, Qemu* qemu) {
  qemu->write_memory(RandomProgram::kCode, program.code);
  qemu->write_memory(RandomProgram::kData, program.data);
  qemu->set_state({RandomProgram::kCode, program.x});
}

/// What differs, or nothing.
std::string difference(const OurHart& ours, const HartState& qemu) {
  const hw::Hart& hart = ours.hart();
  std::string text;
  if (hart.pc() != qemu.pc) text += fmt::format(" pc {:08x}, QEMU {:08x};", hart.pc(), qemu.pc);
  for (unsigned i = 1; i < 32; ++i) {
    if (hart.reg(i) != qemu.x[i]) text += fmt::format(" x{} {:08x}, QEMU {:08x};", i, hart.reg(i), qemu.x[i]);
  }
  return text;
}

std::string difference(const OurHart& ours, const LoggedState& qemu) {
  std::string text = difference(ours, static_cast<const HartState&>(qemu));
  const std::pair<uint32_t, uint32_t> csrs[] = {{0x300, qemu.mstatus}, {0x304, qemu.mie},   {0x305, qemu.mtvec},   {0x341, qemu.mepc},
                                                {0x342, qemu.mcause},  {0x343, qemu.mtval}, {0x340, qemu.mscratch}};
  for (const auto& [number, value] : csrs) {
    if (number == 0x343 && qemu.mcause == 3) continue;  // the specification leaves open what an ebreak puts there
    const uint32_t own = ours.hart().debug_csr(number).value_or(~value);
    if (own != value) text += fmt::format(" CSR {:03x} {:08x}, QEMU {:08x};", number, own, value);
  }
  return text;
}

std::string place(const OurHart& ours, uint64_t seed, uint64_t step, uint32_t pc) {
  const uint32_t raw = ours.instruction(pc);
  return fmt::format("seed {}, step {}, after {} ({:08x}) at {:08x}:", seed, step, hw::mnemonic(hw::decode(raw).opcode), raw, pc);
}

TEST(LockStep, SingleSteppedOverTheGdbStub) {
  Qemu qemu;
  OurHart ours;
  uint64_t steps = 0;
  for (uint64_t seed = 1'000'000; steps < kStepsOverTheStub * test::effort(); ++seed) {
    const RandomProgram program = random_program(seed);
    load(program, &qemu);
    ours.load(program);
    while (ours.hart().pc() != program.end) {
      const uint32_t pc = ours.hart().pc();
      ours.step();
      qemu.step();
      ++steps;
      const std::string found = difference(ours, qemu.state());
      ASSERT_EQ(found, "") << place(ours, seed, steps, pc);
    }
    ASSERT_TRUE(ours.data() == qemu.read_memory(RandomProgram::kData, RandomProgram::kDataSize)) << "seed " << seed << ": the data differ at the end";
  }
}

TEST(LockStep, AMillionInstructionsOfTheLog) {
  Qemu qemu;
  OurHart ours;
  uint64_t steps = 0;
  for (uint64_t seed = 1; steps < kStepsInTheLog * test::effort(); ++seed) {
    const RandomProgram program = random_program(seed);
    load(program, &qemu);
    ours.load(program);
    uint32_t pc = RandomProgram::kCode;
    std::string found;
    qemu.run_to(program.end, [&](const LoggedState& state) {
      found = difference(ours, state);
      if (!found.empty()) {
        found = place(ours, seed, steps, pc) + found;
        return false;
      }
      pc = state.pc;
      ours.step_as_logged();
      ++steps;
      return true;
    });
    ASSERT_EQ(found, "");
    ASSERT_EQ(difference(ours, qemu.state()), "") << "seed " << seed << ", at the end";
    ASSERT_TRUE(ours.data() == qemu.read_memory(RandomProgram::kData, RandomProgram::kDataSize)) << "seed " << seed << ": the data differ at the end";
  }
}

}  // namespace
}  // namespace saksi::test
