#ifndef SAKSI_HW_MODELS_SDHCI_DATA_MOVER_H_
#define SAKSI_HW_MODELS_SDHCI_DATA_MOVER_H_

#include <cstddef>
#include <cstdint>

#include "hw-models/base/dma_initiator.h"

namespace saksi::hw {

/// The controller's way through memory: a flat address (SDMA) or an ADMA2 descriptor table, taken up where it was left at each block.
///
/// An ADMA2 descriptor is 8 bytes: attributes (bit 0 valid, 1 end, 2 interrupt, 5:4 action: 0 and 1 nothing, 2 transfer, 3 link), 16 bits
/// of length (0 is 65536) and 32 bits of address.
class DataMover {
 public:
  enum class Result : uint8_t { kOk, kFetchError, kTransferError, kTooShort };

  explicit DataMover(DmaInitiator& dma) : dma_(dma) {}

  void start_flat(uint32_t address);
  void start_adma2(uint32_t table);

  /// Moves the next `size` bytes; true `to_memory` writes memory. Sets interrupt() if a descriptor that asks for one was finished.
  Result move(uint8_t* data, size_t size, bool to_memory);
  /// True if the table names more bytes than were moved.
  bool left_over() const { return adma2_ && length_ > 0; }

  bool adma2() const { return adma2_; }
  /// Next flat address, or that of the descriptor in use.
  uint32_t address() const { return adma2_ ? descriptor_ : address_; }
  void set_flat_address(uint32_t address) { address_ = address; }
  /// Whether an interrupt was asked for since the last call.
  bool take_interrupt();

 private:
  Result next_descriptor();

  DmaInitiator& dma_;
  bool adma2_ = false;
  uint32_t address_ = 0;     ///< of the data
  uint32_t descriptor_ = 0;  ///< of the descriptor in use
  uint32_t next_ = 0;        ///< of the one after it
  uint32_t length_ = 0;      ///< bytes left of it
  bool ended_ = false;       ///< the end attribute has been seen
  bool wants_interrupt_ = false;
  bool interrupt_ = false;
};

}  // namespace saksi::hw

#endif
