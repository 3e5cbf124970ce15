#ifndef SAKSI_HW_MODELS_CPU_BLOCK_CACHE_H_
#define SAKSI_HW_MODELS_CPU_BLOCK_CACHE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "hw-models/cpu/hart_state.h"

namespace saksi::hw {

/// One instruction, ready to be executed: where its code is inside the interpreter, and its operands.
struct Op {
  const void* code;  ///< label to jump to
  int32_t imm;       ///< jumps and branches: target; system instructions: the raw word
  uint8_t rd;        ///< 32, a register nobody reads, in place of x0
  uint8_t rs1;
  uint8_t rs2;
  uint8_t length;  ///< bytes
};
static_assert(sizeof(Op) == 16, "an op is looked up by pointer arithmetic: keep it small");

struct Block;

/// A way out of a block whose target is known beforehand.
struct BlockExit {
  const void* code = nullptr;  ///< translated code to go on at; while there is none, code that goes back to the hart
  Block* next = nullptr;       ///< the block at `target`, once it was looked for
  uint32_t target = 0;
};

/// Code in a straight line, decoded: entered at the top only, left at the end, at a taken branch, by a trap or a register access.
struct Block {
  uint64_t key;                       ///< context << 32 | pc
  uint32_t pc;                        ///< of the first instruction
  uint32_t end_pc;                    ///< after the last one
  int32_t count;                      ///< instructions, at least 1
  Op* ops;                            ///< `count` of them, then one that goes on to the next block
  BlockExit* exits;                   ///< [0] the end: straight on, or where a final jal goes; then one for each branch
  const void* code = nullptr;         ///< translated
  bool ends_in_system = false;        ///< the last instruction is one that the hart itself executes
  std::vector<BlockExit*> entrances;  ///< exits of other blocks that lead here
  std::vector<uint8_t> bytes;         ///< that it was decoded from: end_pc - pc of them
};

/// Decoded blocks by address, and which bytes of RAM they were decoded from.
///
/// Every 64 bytes of RAM have a mark that a store must look at; it is set where code was decoded or a watch lies. A store to a marked place
/// drops just the blocks that it touches. Dropped blocks keep their storage until flush(), so that the one being executed can finish its
/// instruction; flush() is called between blocks only.
class BlockCache {
 public:
  static constexpr unsigned kGranuleShift = 6;
  static constexpr uint8_t kCode = 1;
  static constexpr uint8_t kWatched = 2;
  static constexpr uint8_t kCodeNext = 4;  ///< the next granule has code: a misaligned store may reach it
  static constexpr int kOpsMax = 64;       ///< instructions of a block

  /// RAM whose bytes are marked.
  void set_ram(uint32_t base, uint64_t size);

  /// Blocks are found only in the context in which they were added: a number for the rules under which code was decoded.
  void set_context(uint32_t context) { context_bits_ = uint64_t{context} << 32; }
  /// The block of this context that begins at `pc`, or nullptr. The two-stage form of a hash table: a small direct-mapped table, then all blocks.
  Block* find(uint32_t pc) {
    const BlockEntry& entry = jump_table_[jump_index(pc)];
    return entry.key == (context_bits_ | pc) ? entry.block : find_slow(pc);
  }
  /// Adds a block of `ops` (its last one being the extra one), decoded from `bytes`, with exits to `targets`.
  Block* add(uint32_t pc, const std::vector<uint8_t>& bytes, const std::vector<Op>& ops, const std::vector<uint32_t>& targets);
  /// Lets an exit lead to `to` without a search.
  static void link(BlockExit& from, Block& to) {
    from.next = &to;
    to.entrances.push_back(&from);
  }
  /// What exits to blocks that are not translated, or not known, lead translated code to; blocks added later have it.
  void set_unlinked_code(const void* code) { unlinked_code_ = code; }
  /// Told of the address of each block that is dropped by itself.
  void on_drop(std::function<void(uint32_t pc)> listener) { on_drop_ = std::move(listener); }

  /// Marks by granule, for the store instructions: marks()[(address - ram base) >> kGranuleShift].
  const uint8_t* marks() const { return marks_.data(); }
  void watch(uint32_t address, uint32_t size);

  /// Drops the blocks decoded from any of these bytes. Returns whether there were any.
  bool drop(uint32_t address, uint32_t size);
  /// Drops the blocks that were decoded from other bytes than those that are at their place now: `memory(pc, size)` points at these, or is nullptr.
  void drop_changed(const std::function<const uint8_t*(uint32_t pc, size_t size)>& memory);
  void flush();
  /// Time for a flush(): dropped blocks have piled up.
  bool is_full() const { return op_chunks_.size() > kChunksMax; }

 private:
  static constexpr size_t kChunkOps = 1 << 14;
  static constexpr size_t kChunksMax = 256;  ///< 64 MiB of decoded code
  struct BlockEntry {
    uint64_t key = UINT64_MAX;
    Block* block = nullptr;
  };

  Block* find_slow(uint32_t pc);
  Op* allocate_ops(size_t count);
  void remove(Block& block);
  void mark_code(uint32_t granule, bool has_code);
  bool in_ram(uint32_t address) const { return address - ram_base_ < ram_size_; }
  uint32_t granule(uint32_t address) const { return (address - ram_base_) >> kGranuleShift; }

  uint32_t ram_base_ = 0;
  uint64_t ram_size_ = 0;
  std::vector<uint8_t> marks_;
  std::array<BlockEntry, kJumpEntries> jump_table_;
  uint64_t context_bits_ = 0;
  std::map<uint64_t, Block*> blocks_;  ///< by key
  std::map<uint32_t, std::vector<Block*>> blocks_by_granule_;
  std::deque<Block> block_storage_;
  std::vector<std::unique_ptr<Op[]>> op_chunks_;
  size_t ops_used_ = kChunkOps;  ///< in the last chunk
  std::deque<std::vector<BlockExit>> exit_storage_;
  const void* unlinked_code_ = nullptr;
  std::function<void(uint32_t)> on_drop_;
};

}  // namespace saksi::hw

#endif
