#include "sim/observe/run_table.h"

#include <algorithm>

namespace saksi::sim {

namespace {

constexpr unsigned kSp = 2;

/// The instruction at an address; a length of 0 if there is no memory.
hw::Instruction fetch(const hw::CpuDebug& cpu, uint32_t pc) {
  uint32_t raw = 0;
  hw::Instruction none;
  none.length = 0;
  if (!cpu.read_memory(pc, &raw, 2)) return none;
  if (!hw::is_compressed(raw) && !cpu.read_memory(pc, &raw, 4)) return none;
  return hw::decode(raw);
}

void decode_run(const hw::CpuDebug& cpu, RunInfo& run) {
  run.end_pc = run.last_pc = run.sp_lowest_pc = run.pc;
  int32_t moved = 0;
  for (uint32_t i = 0; i < run.count; ++i) {
    const hw::Instruction instruction = fetch(cpu, run.end_pc);
    if (instruction.length == 0) break;
    run.lengths.push_back(instruction.length);
    run.last_pc = run.end_pc;
    run.last = instruction;
    run.end_pc += instruction.length;
    if (instruction.rd != kSp || run.sp_replaced) continue;
    if (instruction.opcode == hw::Opcode::kAddi && instruction.rs1 == kSp) {
      moved += instruction.imm;
      if (moved < run.sp_lowest) {
        run.sp_lowest = moved;
        run.sp_lowest_pc = run.last_pc;
      }
    } else if ((instruction.opcode == hw::Opcode::kSub || instruction.opcode == hw::Opcode::kAdd) && instruction.rs1 == kSp) {
      if (run.sp_lowest == 0) run.sp_lowest_pc = run.last_pc;
    } else {
      run.sp_replaced = true;
    }
  }
}

}  // namespace

RunInfo& RunTable::add(uint32_t pc, uint32_t count) {
  if (2 * (used_ + 1) > slots_.size()) {
    const std::vector<RunInfo*> before = std::move(slots_);
    slots_.assign(2 * before.size(), nullptr);
    for (RunInfo* run : before) {
      if (run) insert(run);
    }
  }
  RunInfo& run = runs_.emplace_back();
  run.pc = pc;
  run.count = count;
  decode_run(cpu_, run);
  insert(&run);
  ++used_;
  return run;
}

void RunTable::insert(RunInfo* run) {
  size_t slot = slot_of(run->pc, run->count);
  while (slots_[slot]) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = run;
}

void RunTable::forget_code() {
  std::fill(slots_.begin(), slots_.end(), nullptr);
  used_ = 0;
}

}  // namespace saksi::sim
