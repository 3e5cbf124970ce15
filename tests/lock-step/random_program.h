#ifndef SAKSI_TESTS_LOCK_STEP_RANDOM_PROGRAM_H_
#define SAKSI_TESTS_LOCK_STEP_RANDOM_PROGRAM_H_

#include <array>
#include <cstdint>
#include <vector>

namespace saksi::test {

/// A program of random but valid instructions, and what it starts from. It ends in a loop at `end`, in machine mode.
struct RandomProgram {
  static constexpr uint32_t kCode = 0x80000000;
  static constexpr uint32_t kData = 0x80010000;  ///< 16 KiB
  static constexpr uint32_t kDataSize = 0x4000;

  std::vector<uint8_t> code;  ///< at kCode, begins to execute there
  std::vector<uint8_t> data;  ///< at kData
  std::array<uint32_t, 32> x;
  uint32_t end = 0;
};

/// Every instruction of RV32IMAC, Zicsr, Zifencei, Zba, Zbb and Zbs except WFI, compressed ones as such; aligned and misaligned accesses,
/// faulting ones too; reserved encodings; missing CSRs; both privilege modes; PMP entries over the data. A trap's handler goes on behind the
/// instruction's group.
RandomProgram random_program(uint64_t seed);

}  // namespace saksi::test

#endif
