#ifndef SAKSI_HW_MODELS_BASE_REGISTER_PORT_H_
#define SAKSI_HW_MODELS_BASE_REGISTER_PORT_H_

#include <cstdint>
#include <systemc>

namespace saksi::hw {

/// A block's registers as the CPU reaches them: what its TLM target socket does, without a payload to fill in. `size` is 1, 2 or 4 bytes and
/// `offset` a multiple of it; the access happens `delay` after the kernel's time.
///
/// A `quiet` access has notified no event of the kernel, so that the CPU need not ask the kernel anew how far it may run.
class RegisterPort {
 public:
  struct Read {
    uint32_t value;
    bool quiet;
  };

  virtual ~RegisterPort() = default;
  virtual Read read_register(uint32_t offset, uint32_t size, const sc_core::sc_time& delay) = 0;
  /// Gives whether it was quiet.
  virtual bool write_register(uint32_t offset, uint32_t size, uint32_t value, const sc_core::sc_time& delay) = 0;
};

/// The addresses at which a block's registers are.
struct RegisterWindow {
  uint32_t first;
  uint32_t last;
  RegisterPort* port;  ///< nullptr: nothing there that has one
};

}  // namespace saksi::hw

#endif
