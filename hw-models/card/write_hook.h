#ifndef SAKSI_HW_MODELS_CARD_WRITE_HOOK_H_
#define SAKSI_HW_MODELS_CARD_WRITE_HOOK_H_

#include <cstdint>
#include <systemc>

namespace saksi::hw {

/// Sees every change of what the card holds, at the instant at which it can no longer be lost. Called in order of time.
class WriteHook {
 public:
  virtual ~WriteHook() = default;

  /// A sector became durable. `data` is 512 bytes and valid during the call only.
  virtual void sector_written(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) = 0;
  /// A sector was changed by a fault, not by its write command having ended well.
  virtual void sector_damaged(const sc_core::sc_time& time, uint32_t lba, const uint8_t* data) { sector_written(time, lba, data); }
  /// A range of sectors was erased and reads as zeros from now on.
  virtual void sectors_erased(const sc_core::sc_time& time, uint32_t first_lba, uint32_t count) = 0;
};

}  // namespace saksi::hw

#endif
