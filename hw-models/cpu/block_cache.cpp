#include "hw-models/cpu/block_cache.h"

#include <algorithm>
#include <cstring>

namespace saksi::hw {

void BlockCache::set_ram(uint32_t base, uint64_t size) {
  flush();
  ram_base_ = base;
  ram_size_ = size;
  marks_.assign((size >> kGranuleShift) + 1, 0);
}

Block* BlockCache::find_slow(uint32_t pc) {
  const uint64_t key = context_bits_ | pc;
  const auto found = blocks_.find(key);
  if (found == blocks_.end()) return nullptr;
  jump_table_[jump_index(pc)] = {key, found->second};
  return found->second;
}

Op* BlockCache::allocate_ops(size_t count) {
  if (ops_used_ + count > kChunkOps) {
    op_chunks_.emplace_back(new Op[kChunkOps]);
    ops_used_ = 0;
  }
  Op* ops = op_chunks_.back().get() + ops_used_;
  ops_used_ += count;
  return ops;
}

Block* BlockCache::add(uint32_t pc, const std::vector<uint8_t>& bytes, const std::vector<Op>& ops, const std::vector<uint32_t>& targets) {
  const uint32_t end_pc = pc + static_cast<uint32_t>(bytes.size());
  Op* storage = allocate_ops(ops.size());
  std::copy(ops.begin(), ops.end(), storage);
  std::vector<BlockExit>& exits = exit_storage_.emplace_back();
  for (const uint32_t target : targets) exits.push_back({unlinked_code_, nullptr, target});
  block_storage_.push_back({context_bits_ | pc, pc, end_pc, static_cast<int32_t>(ops.size()) - 1, storage, exits.data(), nullptr, false, {}, bytes});
  Block* block = &block_storage_.back();
  blocks_[block->key] = block;
  jump_table_[jump_index(pc)] = {block->key, block};
  if (in_ram(pc)) {
    for (uint32_t g = granule(pc); g <= granule(end_pc - 1); ++g) {
      mark_code(g, true);
      blocks_by_granule_[g].push_back(block);
    }
  }
  return block;
}

void BlockCache::watch(uint32_t address, uint32_t size) {
  const uint32_t first = granule(address);
  for (uint32_t g = first; g <= granule(address + size - 1); ++g) marks_[g] |= kWatched;
  if (first > 0) marks_[first - 1] |= kWatched;  // a misaligned store may begin there
}

void BlockCache::mark_code(uint32_t granule, bool has_code) {
  const auto set = [has_code](uint8_t& mark, uint8_t bit) { mark = static_cast<uint8_t>(has_code ? mark | bit : mark & ~bit); };
  set(marks_[granule], kCode);
  if (granule > 0) set(marks_[granule - 1], kCodeNext);
}

void BlockCache::remove(Block& block) {
  for (BlockExit* entrance : block.entrances) {
    if (entrance->next != &block) continue;
    entrance->next = nullptr;
    entrance->code = unlinked_code_;
  }
  if (on_drop_) on_drop_(block.pc);
  blocks_.erase(block.key);
  BlockEntry& entry = jump_table_[jump_index(block.pc)];
  if (entry.block == &block) entry = {};
  if (!in_ram(block.pc)) return;
  for (uint32_t g = granule(block.pc); g <= granule(block.end_pc - 1); ++g) {
    std::vector<Block*>& here = blocks_by_granule_[g];
    here.erase(std::find(here.begin(), here.end(), &block));
    if (here.empty()) {
      blocks_by_granule_.erase(g);
      mark_code(g, false);
    }
  }
}

bool BlockCache::drop(uint32_t address, uint32_t size) {
  std::vector<Block*> touched;
  for (uint32_t g = granule(address); g <= granule(address + size - 1); ++g) {
    const auto found = blocks_by_granule_.find(g);
    if (found == blocks_by_granule_.end()) continue;
    for (Block* block : found->second) {
      const bool overlaps = address - block->pc < block->end_pc - block->pc || block->pc - address < size;
      if (overlaps && std::find(touched.begin(), touched.end(), block) == touched.end()) touched.push_back(block);
    }
  }
  for (Block* block : touched) remove(*block);
  return !touched.empty();
}

void BlockCache::drop_changed(const std::function<const uint8_t*(uint32_t, size_t)>& memory) {
  std::vector<Block*> changed;
  for (const auto& entry : blocks_) {
    Block* block = entry.second;
    const uint8_t* now = memory(block->pc, block->bytes.size());
    if (!now || std::memcmp(now, block->bytes.data(), block->bytes.size()) != 0) changed.push_back(block);
  }
  for (Block* block : changed) remove(*block);
}

void BlockCache::flush() {
  for (const auto& granule_blocks : blocks_by_granule_) mark_code(granule_blocks.first, false);
  for (const auto& block : blocks_) jump_table_[jump_index(static_cast<uint32_t>(block.first))] = {};
  blocks_by_granule_.clear();
  blocks_.clear();
  block_storage_.clear();
  exit_storage_.clear();
  if (op_chunks_.empty()) return;
  op_chunks_.resize(1);
  ops_used_ = 0;
}

}  // namespace saksi::hw
