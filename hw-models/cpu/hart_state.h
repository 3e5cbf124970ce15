#ifndef SAKSI_HW_MODELS_CPU_HART_STATE_H_
#define SAKSI_HW_MODELS_CPU_HART_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace saksi::hw {

class Hart;

/// Translated code by the guest address at which it begins: where an indirect jump looks first.
struct JumpEntry {
  uint32_t pc = 1;  ///< odd: empty
  const void* code = nullptr;
};
constexpr size_t kJumpEntries = 4096;
/// The upper bits are mixed in so that code at distances of a power of two does not fall on one entry.
constexpr size_t jump_index(uint32_t pc) { return ((pc >> 1) ^ (pc >> 13)) & (kJumpEntries - 1); }

/// What HartState::permissions says of each 4 KiB of RAM: what may be done with all of its bytes.
constexpr unsigned kPageShift = 12;
constexpr uint8_t kPageLoadable = 1;
constexpr uint8_t kPageStorable = 2;

/// The part of a hart that translated code works on; it knows the offsets of the members, and reaches the first 128 bytes by short ones.
struct HartState {
  std::array<uint32_t, 33> x{};  ///< x[32] is written in place of x0, and never read
  uint32_t pc = 0;
  /// Of the run in progress: steps that remain after the whole of the block in progress.
  int64_t left = 0;
  uint8_t* ram = nullptr;
  const uint8_t* marks = nullptr;        ///< BlockCache::marks()
  const uint8_t* permissions = nullptr;  ///< of each page of RAM, where translated code checks data
  const JumpEntry* jumps = nullptr;      ///< of the context in progress
  const void* exit = nullptr;            ///< the BlockExit that was taken without knowing where to
  uint32_t raw = 0;                      ///< the instruction that the hart is to execute
  Hart* hart = nullptr;
};

}  // namespace saksi::hw

#endif
