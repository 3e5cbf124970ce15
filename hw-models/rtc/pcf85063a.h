#ifndef SAKSI_HW_MODELS_RTC_PCF85063A_H_
#define SAKSI_HW_MODELS_RTC_PCF85063A_H_

#include <cstdint>
#include <optional>
#include <systemc>

#include "hw-models/base/register_file.h"
#include "hw-models/soc/i2c_device.h"

namespace saksi::hw {

struct Pcf85063aConfig {
  enum class Backup {
    kOn,    ///< a cell keeps the clock going without the board's power
    kOff,   ///< none: the time is as it was set before the scenario, and lost at each power cut
    kFlat,  ///< an empty one: the time was lost before the scenario began, and is at each power cut
  };
  enum class Stopped {
    kNo,
    kOscillator,  ///< the quartz does not swing: time stands, and the part says so by OS
    kCounter,     ///< somebody left STOP set: time stands, and OS is clear
  };
  int64_t date_s = 1'767'225'600;  ///< what it shows at virtual time 0, seconds since 1970 UTC; 2000 to 2099
  double drift_ppm = 0;            ///< how much too fast the quartz is
  Backup backup = Backup::kOn;
  Stopped stopped = Stopped::kNo;
};

/// NXP PCF85063A, a real-time clock on I2C. Registers: regs/pcf85063a.yaml. Its time is virtual time with its drift, corrected by its offset
/// register.
///
/// Source: data sheet PCF85063A, rev. 7 (7.2 registers, 7.2.3 offset, 7.3.3 OS flag, 8 setting and reading); Linux driver rtc-pcf85063.c.
/// - Reads freeze the registers: all bytes of a transfer are those of one instant.
/// - A value that is no BCD number counts on from the nearest that is one.
/// - The correction acts evenly, where the part adds or drops pulses each two hours or four minutes.
/// Not modelled: the pins CLKOUT and INT, countdown timer, 12-hour mode, external clock mode, minute interrupts.
class Pcf85063a : public sc_core::sc_module, public I2cDevice {
 public:
  Pcf85063a(sc_core::sc_module_name name, const Pcf85063aConfig& config);

  /// The board's supply. Without a good back-up cell the time is lost when it falls.
  void power_on();
  void power_off();
  bool write(const uint8_t* data, size_t size, sc_core::sc_time now) override;
  bool read(uint8_t* data, size_t size, sc_core::sc_time now) override;

 private:
  /// Counts up to now and puts the time into the registers.
  void advance(sc_core::sc_time now);
  /// Takes the time from the registers.
  void take_time();
  void show_time();
  void write_register(uint32_t address, uint8_t value, sc_core::sc_time now);
  void software_reset();
  void lose_time();
  bool counts() const;
  int64_t rate_ppb() const;
  void check_alarm(int64_t from_s, int64_t to_s);

  Pcf85063aConfig config_;
  RegisterFile regs_;
  bool powered_ = false;
  uint32_t address_ = 0;       ///< where the next byte goes or comes from
  sc_core::sc_time counted_;   ///< up to when
  int64_t seconds_ = 0;        ///< shown, since 1970 UTC
  __int128 fraction_ = 0;      ///< of a second, in 1e-21 s: picoseconds times parts per billion leave no rest
  int64_t weekday_shift_ = 0;  ///< between the weekday that is shown and that of the date
};

}  // namespace saksi::hw

#endif
