#ifndef SAKSI_HW_MODELS_WAVES_WAVE_PROTOCOL_H_
#define SAKSI_HW_MODELS_WAVES_WAVE_PROTOCOL_H_

#include <cstdint>

namespace saksi::hw::wave_protocol {

// What goes from the process that simulates to the one that writes the file: words of 32 bits. A value is the signal's code and the value's
// words; the rest is a control word, with kControl set, the operation in bits 30:24 and an argument in bits 23:0, and what belongs to it.
constexpr uint32_t kControl = 0x8000'0000;
constexpr uint32_t kOperationShift = 24;
constexpr uint32_t kArgumentMask = 0x00FF'FFFF;

enum class Operation : uint32_t {
  kStream = 1,  ///< argument: the stream of what follows, numbered from 0
  kSignal = 2,  ///< argument: bytes of a JSON text, in as many words as they need
  kEnumeration = 3,
  kTime = 4,      ///< picoseconds, in two words, low one first
  kComplete = 5,  ///< likewise: no stream has anything more to tell of up to this time
};

constexpr uint32_t control(Operation operation, uint32_t argument) {
  return kControl | static_cast<uint32_t>(operation) << kOperationShift | (argument & kArgumentMask);
}
constexpr Operation operation_of(uint32_t word) { return static_cast<Operation>(word >> kOperationShift & 0x7F); }
constexpr uint32_t words_of_bits(uint32_t bits) { return (bits + 31) / 32; }

}  // namespace saksi::hw::wave_protocol

#endif
