#ifndef SAKSI_HW_MODELS_CPU_TRANSLATOR_H_
#define SAKSI_HW_MODELS_CPU_TRANSLATOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hw-models/cpu/block_cache.h"
#include "hw-models/cpu/decode.h"
#include "hw-models/cpu/hart_state.h"

namespace saksi::hw {

/// Why translated code came back.
enum class TranslatedEnd : uint64_t {
  kExit,    ///< at HartState::exit, whose target is not linked; `left` is what remains
  kJump,    ///< at an indirect jump to HartState::pc, which is not in the jump table
  kShort,   ///< before the block at HartState::pc, since `left` does not reach over all of it
  kSystem,  ///< before the last instruction of the block, at HartState::pc, which only the hart can execute
  kLeft     ///< after an access that the hart made and that ended the run; it knows where it stands
};

/// What translated code calls for accesses outside its fast path. `where` says which instruction of the block this is (see Where); each gives
/// 0 to go on, else the code comes back with TranslatedEnd::kLeft.
struct TranslatedCalls {
  uint64_t (*load)(HartState* state, uint32_t offset, uint32_t where, uint32_t pc);  ///< `offset` from the base of RAM; the value goes to x
  uint64_t (*store)(HartState* state, uint32_t offset, uint32_t where, uint32_t pc, uint32_t value);
  uint64_t (*atomic)(HartState* state, uint32_t operands, uint32_t where, uint32_t pc);  ///< `operands`: opcode << 16 | rs1 << 8 | rs2
};

/// Packed into a word for the calls.
struct Where {
  uint8_t rd;    ///< register to load to, 32: none
  uint8_t size;  ///< bytes
  bool sign_extends;
  uint8_t length;     ///< of the instruction, bytes
  uint8_t remaining;  ///< instructions of the block from this one on

  constexpr uint32_t packed() const {
    return rd | static_cast<uint32_t>(size) << 8 | static_cast<uint32_t>(sign_extends) << 11 | static_cast<uint32_t>(length) << 12 |
           static_cast<uint32_t>(remaining) << 16;
  }
  static constexpr Where unpacked(uint32_t word) {
    return {static_cast<uint8_t>(word & 0xFF), static_cast<uint8_t>(word >> 8 & 7), (word >> 11 & 1) != 0, static_cast<uint8_t>(word >> 12 & 7),
            static_cast<uint8_t>(word >> 16)};
  }
};

/// Translates blocks to x86-64 code (AsmJit).
///
/// Within a block the most used guest registers live in host registers: loaded when it is entered, stored when it is left. A block that
/// branches to its own begin keeps them. Steps are taken off for the whole block when it is entered, so an end is exact to the instruction:
/// a block that has too few left comes back before its first instruction, and a taken branch gives back what it leaves out. Exits lead
/// straight to the next block's code once that is known (BlockExit::code, written by the hart); indirect jumps look into a table first.
/// Loads and stores reach RAM by one comparison; stores look at the marks of BlockCache besides.
class Translator {
 public:
  /// nullptr where the host is no x86-64 or allows no memory that is both written and executed.
  static std::unique_ptr<Translator> create(const TranslatedCalls& calls);
  ~Translator();
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;

  void set_ram(uint32_t base, uint64_t size);

  /// Has blocks look up HartState::permissions before they load or store.
  void set_checks_data(bool on) { checks_data_ = on; }
  /// The code of a block, or nullptr if the buffer is full (then is_full() holds).
  const void* translate(const Block& block, const std::vector<Instruction>& instructions);
  /// Runs from `code` on; state.left holds the steps that may be made.
  TranslatedEnd enter(HartState& state, const void* code) const;

  /// What a BlockExit leads to while it is not linked.
  const void* unlinked_code() const { return unlinked_; }

  void flush();
  bool is_full() const { return used_ + kBlockBytesMax > kBufferBytes; }

 private:
  static constexpr size_t kBufferBytes = 64 << 20;
  static constexpr size_t kBlockBytesMax = 64 << 10;

  Translator(const TranslatedCalls& calls, uint8_t* buffer);
  void make_common_code();

  TranslatedCalls calls_;
  uint8_t* buffer_;
  size_t used_ = 0;
  size_t common_bytes_ = 0;  ///< at the start of the buffer
  uint32_t ram_base_ = 0;
  uint64_t ram_size_ = 0;
  bool checks_data_ = false;
  uint64_t (*enter_)(HartState* state, const void* code) = nullptr;
  const void* leave_ = nullptr;  ///< returns from enter_ with eax
  const void* unlinked_ = nullptr;
  const void* slow_load_ = nullptr;
  const void* slow_store_ = nullptr;
  const void* slow_atomic_ = nullptr;
};

}  // namespace saksi::hw

#endif
