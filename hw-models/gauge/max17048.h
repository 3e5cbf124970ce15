#ifndef SAKSI_HW_MODELS_GAUGE_MAX17048_H_
#define SAKSI_HW_MODELS_GAUGE_MAX17048_H_

#include <cstdint>
#include <systemc>

#include "hw-models/base/register_file.h"
#include "hw-models/power/rail.h"
#include "hw-models/soc/i2c_device.h"

namespace saksi::hw {

struct Max17048Config {
  uint64_t seed = 1;  ///< of the part's error
};

/// Maxim MAX17048, a fuel gauge on I2C. Registers: regs/max17048.yaml.
///
/// Source: data sheet 19-6171 rev. 7 (voltage within 7.5 mV; updates each 250 ms; no current is measured); register addresses as in the Linux driver
/// max17040_battery.c. Steps of VCELL and CRATE and reset values from memory of the data sheet.
/// - The part knows the cell by its voltage alone. So here: the charge is the one at which the cell's open voltage is what the part believes it to
/// be,
///   and that is the true one plus an error that is drawn once, evenly within 7.5 mV. Where the curve is flattest that is 1.3 % of charge, near empty
///   next to none.
/// - What was measured stands for 250 ms; the next access after that measures anew. The rate is that of the last 10 s or more.
/// Not modelled: the part's tables for other cells and temperatures, how its estimate settles after a change of load, hibernation, sleep, the ALRT
/// pin.
class Max17048 : public sc_core::sc_module, public I2cDevice {
 public:
  static constexpr int64_t kErrorUv = 7'500;  ///< at most

  Max17048(sc_core::sc_module_name name, const Max17048Config& config, const Rail& rail);

  /// With the board's supply, that of the cell: it is reset when that comes.
  void power_on();
  void power_off();
  bool write(const uint8_t* data, size_t size, sc_core::sc_time now) override;
  bool read(uint8_t* data, size_t size, sc_core::sc_time now) override;

  /// What it adds to every voltage, microvolts.
  int64_t error_uv() const { return error_uv_; }

 private:
  void reset(sc_core::sc_time now);
  void measure_if_due(sc_core::sc_time now);
  void measure(sc_core::sc_time now);
  void take_rate(int64_t charge_ppm, sc_core::sc_time now);
  void alert(uint32_t percent_before, uint32_t percent, uint32_t mv);

  const Rail& rail_;
  RegisterFile regs_;
  int64_t error_uv_;
  bool powered_ = false;
  uint8_t address_ = 0;         ///< where the next byte comes from
  sc_core::sc_time measured_;   ///< when last
  bool has_measured_ = false;   ///< since the reset
  sc_core::sc_time rate_from_;  ///< since when CRATE is being taken
  int64_t rate_from_ppm_ = 0;
};

}  // namespace saksi::hw

#endif
