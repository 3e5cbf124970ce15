#ifndef SAKSI_HW_MODELS_SOC_I2C_HOST_H_
#define SAKSI_HW_MODELS_SOC_I2C_HOST_H_

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "hw-models/base/reg_block.h"
#include "hw-models/soc/i2c_device.h"

namespace saksi::hw {

struct I2cConfig {};

/// The I2C host of regs/i2c.yaml: one combined transfer (write, then repeated start and read) per command.
/// Time: a start, a repeated start and a stop take one bit each, a byte (address bytes included) nine, at 100 or 400 kHz.
/// A device that does not acknowledge ends the transfer with a stop: a missing one after its address, a present one at the end of the phase
/// that it refuses. What is on the bus hears how long SDA was low in a phase that the host sends: parts that wait for that wake. Not modelled: clock
/// stretching, arbitration, 10-bit addresses.
class I2cHost : public RegBlock {
 public:
  I2cHost(sc_core::sc_module_name name, const I2cConfig& config);

  /// Puts a device on the bus; `address` is 7 bits. The device must outlive the host.
  void attach(uint8_t address, I2cDevice& device);

  void reset() override;

 private:
  enum class Phase { kIdle, kWrite, kRead, kStop };

  void write_ctrl();
  void start(uint32_t command);
  void start_read_phase();
  void step();
  void finish_write_phase();
  sc_core::sc_time bit_time() const;
  void tell_low_time(uint8_t address_byte);
  void finish_read_phase();
  void stop(bool acknowledged);
  void end_transfer();
  void after_bits(uint32_t bits);
  void update_status();
  void update_irq();

  std::map<uint8_t, I2cDevice*> devices_;
  std::deque<uint8_t> tx_, rx_;
  std::vector<uint8_t> sending_;  ///< bytes of the write phase under way
  I2cDevice* device_ = nullptr;   ///< target of the transfer under way, nullptr if nobody is at that address
  uint8_t address_ = 0;
  uint32_t read_length_ = 0;
  Phase phase_ = Phase::kIdle;
  sc_core::sc_time phase_end_;
  sc_core::sc_event step_event_;
};

}  // namespace saksi::hw

#endif
