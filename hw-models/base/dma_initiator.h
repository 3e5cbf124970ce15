#ifndef SAKSI_HW_MODELS_BASE_DMA_INITIATOR_H_
#define SAKSI_HW_MODELS_BASE_DMA_INITIATOR_H_

#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <systemc>

namespace saksi::hw {

/// A block's way to memory: copies through the bus by direct pointer where the target allows it. Copies take no virtual time by themselves;
/// the block schedules the time that its transfer takes.
class DmaInitiator {
 public:
  explicit DmaInitiator(const char* name);

  /// False on a bus error (no memory there, or the range leaves it); nothing is copied then.
  bool read(uint32_t address, void* data, size_t size);
  bool write(uint32_t address, const void* data, size_t size);
  /// Pointer to `size` bytes of memory for reading and writing, nullptr if the range is not all plain memory.
  uint8_t* direct(uint32_t address, size_t size);
  /// As above, and the end of the memory that holds `address` (the first address after it), 0 if none.
  uint64_t end_of_memory(uint32_t address);

  /// Tells `observer` of what is written to memory from now on; an empty one costs nothing.
  void set_observer(std::function<void(uint32_t address, uint32_t size)> observer) { observer_ = std::move(observer); }
  bool observed() const { return static_cast<bool>(observer_); }
  /// To be called by who writes through direct() while observed().
  void wrote(const uint8_t* memory, size_t size) const;

  tlm_utils::simple_initiator_socket<DmaInitiator, 32> socket;

 private:
  bool locate(uint32_t address);
  std::function<void(uint32_t, uint32_t)> observer_;
  uint64_t start_ = 1;  ///< empty range until located
  uint64_t end_ = 0;    ///< last address
  uint8_t* base_ = nullptr;
};

}  // namespace saksi::hw

#endif
