#include "hw-models/cpu/mips_bench.h"

#include <algorithm>
#include <optional>

#include "hw-models/cpu/assembler.h"
#include "hw-models/cpu/hart.h"

namespace saksi::hw {
namespace {

constexpr uint32_t kRamBase = 0x80000000;
constexpr uint32_t kRamSize = 4 << 20;
using A = Assembler;

/// A machine without devices.
class NoBus : public BusPort {
 public:
  bool load_from_bus(uint32_t, uint32_t, uint32_t*) override { return false; }
  bool store_to_bus(uint32_t, uint32_t, uint32_t) override { return false; }
  std::optional<CodeRegion> code_region(uint32_t) override { return std::nullopt; }
  std::optional<uint64_t> time_now() override { return std::nullopt; }
};

/// A tight loop of register instructions.
void arithmetic(A& a) {
  const A::Label loop = a.label();
  a.li(A::a1, 12345);
  a.place(loop);
  a.addi(A::a0, A::a0, 7);
  a.xor_(A::a1, A::a1, A::a0);
  a.slli(A::a2, A::a1, 3);
  a.add(A::a3, A::a3, A::a2);
  a.srli(A::a4, A::a3, 5);
  a.sub(A::a5, A::a4, A::a0);
  a.mul(A::a0, A::a5, A::a1);
  a.bne(A::a0, A::sp, loop);
  a.jump(loop);
}

/// Copies 64 KiB a word at a time between buffers exactly 1 MiB apart.
void copy(A& a) {
  const A::Label again = a.label();
  const A::Label loop = a.label();
  a.place(again);
  a.li(A::a0, kRamBase + (1 << 20));
  a.li(A::a1, kRamBase + (2 << 20));
  a.li(A::a2, kRamBase + (1 << 20) + 65536);
  a.place(loop);
  for (int32_t offset = 0; offset < 16; offset += 4) {
    a.lw(A::t0, A::a0, offset);
    a.sw(A::t0, A::a1, offset);
  }
  a.addi(A::a0, A::a0, 16);
  a.addi(A::a1, A::a1, 16);
  a.bltu(A::a0, A::a2, loop);
  a.jump(again);
}

/// Short blocks, data-dependent branches, calls and byte loads, as in control code: a CRC by bits over a buffer, called byte by byte.
void control(A& a) {
  const A::Label main_loop = a.label();
  const A::Label crc = a.label();
  const A::Label bit = a.label();
  const A::Label even = a.label();
  a.li(A::s0, kRamBase + (1 << 20));
  a.li(A::s1, 0xA001);
  a.place(main_loop);
  a.add(A::t0, A::s0, A::a1);
  a.lbu(A::a2, A::t0, 0);
  a.addi(A::a1, A::a1, 1);
  a.slli(A::a1, A::a1, 16);
  a.srli(A::a1, A::a1, 16);
  a.xor_(A::a0, A::a0, A::a2);
  a.jal(A::ra, crc);
  a.sb(A::a0, A::t0, 0);
  a.jump(main_loop);
  a.place(crc);
  a.addi(A::t1, A::zero, 8);
  a.place(bit);
  a.andi(A::t2, A::a0, 1);
  a.srli(A::a0, A::a0, 1);
  a.beq(A::t2, A::zero, even);
  a.xor_(A::a0, A::a0, A::s1);
  a.place(even);
  a.addi(A::t1, A::t1, -1);
  a.bne(A::t1, A::zero, bit);
  a.ret();
}

CpuBenchmark::Kernel measure(const std::string& name, void (*program)(A&), const std::function<double()>& now_s, uint64_t instructions) {
  NoBus bus;
  std::vector<uint8_t> ram(kRamSize);
  Assembler assembler(kRamBase);
  program(assembler);
  std::copy(assembler.bytes().begin(), assembler.bytes().end(), ram.begin());
  Hart hart(bus, 1);
  hart.set_ram(kRamBase, kRamSize, ram.data());
  hart.reset(kRamBase);
  hart.run(instructions / 10);  // decodes, and warms the host's caches
  const uint64_t before = hart.retired();
  const double start_s = now_s();
  hart.run(hart.steps() + instructions);
  const double seconds = now_s() - start_s;
  return {name, hart.retired() - before, seconds};
}

}  // namespace

CpuBenchmark run_cpu_benchmark(const std::function<double()>& now_s, uint64_t instructions_each) {
  return {{measure("arithmetic", arithmetic, now_s, instructions_each), measure("copy", copy, now_s, instructions_each),
           measure("control", control, now_s, instructions_each)}};
}

}  // namespace saksi::hw
