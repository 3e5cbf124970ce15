#ifndef SAKSI_HW_MODELS_BASE_DMA_OBSERVER_H_
#define SAKSI_HW_MODELS_BASE_DMA_OBSERVER_H_

#include <cstdint>
#include <map>
#include <string>

namespace saksi::hw {

/// First address of each range, to the address after it.
using AddressRanges = std::map<uint32_t, uint32_t>;

/// Sees what happens to memory besides the CPU's own accesses. Calls come in the kernel's thread; without an observer nothing is paid.
class DmaObserver {
 public:
  virtual ~DmaObserver() = default;

  /// A block has written, or is about to write, `size` bytes.
  virtual void dma_wrote(const std::string& /*block*/, uint32_t /*address*/, uint32_t /*size*/) {}
  /// A block that runs ahead of time (an RTL block) has begun its work: until buffers_released() the buffers are its own. The ranges are those
  /// that it has read and written so far; they stay valid and grow until then.
  virtual void buffers_taken(const std::string& /*block*/, const AddressRanges& /*read*/, const AddressRanges& /*written*/) {}
  /// It has interrupted, or has fallen asleep.
  virtual void buffers_released(const std::string& /*block*/) {}
  /// The program was put into memory: by power-on, or by a watchdog's reset.
  virtual void program_placed() {}
  /// Power is gone, and memory with it.
  virtual void memory_lost() {}
};

}  // namespace saksi::hw

#endif
