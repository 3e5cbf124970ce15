#ifndef SAKSI_HW_MODELS_SOC_I2C_DEVICE_H_
#define SAKSI_HW_MODELS_SOC_I2C_DEVICE_H_

#include <cstddef>
#include <cstdint>
#include <systemc>

namespace saksi::hw {

/// What sits at one 7-bit address of an I2C bus. The host hands over the bytes of a whole phase at the time at which its last bit has gone
/// over the wire; the device answers at once.
class I2cDevice {
 public:
  virtual ~I2cDevice() = default;

  /// The bytes written to the device, `size` 0 for a bare address. Returns whether the device acknowledges; one without power does not.
  virtual bool write(const uint8_t* data, size_t size, sc_core::sc_time now) = 0;
  /// Fills `data` with what the device sends. Returns whether it acknowledges its address.
  virtual bool read(uint8_t* data, size_t size, sc_core::sc_time now) = 0;
  /// SDA was low for so long without a break, up to `now`, in a transfer to whomever. Some parts are woken by that.
  virtual void sda_low(sc_core::sc_time /*duration*/, sc_core::sc_time /*now*/) {}
};

}  // namespace saksi::hw

#endif
