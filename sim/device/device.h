#ifndef SAKSI_SIM_DEVICE_DEVICE_H_
#define SAKSI_SIM_DEVICE_DEVICE_H_

#include <cstdint>
#include <string>

namespace saksi::sim {

/// What the bench sees of the device, as it happens. Times are nanoseconds on the recording's one time axis.
class DeviceObserver {
 public:
  virtual ~DeviceObserver() = default;
  /// An LED (by its colour) went on or off; a bench has a photodiode there.
  virtual void on_led(int64_t t_ns, const std::string& led, bool lit, int64_t u_ns) = 0;
  /// A rail's voltage and current, at each change that matters.
  virtual void on_rail(int64_t t_ns, const std::string& rail, int mv, int64_t ua) = 0;
  /// A full line of the serial console.
  virtual void on_console(int64_t t_ns, const std::string& line) = 0;
};

/// What a bench can do to a camera and no more. A verb is added only when a real bench has means for it. The player, the judge and the
/// report cannot tell which implementation they have.
class Device {
 public:
  virtual ~Device() = default;

  /// Presses or releases a button; a bench has a solenoid there.
  virtual void set_button(const std::string& button, bool pressed) = 0;
  /// Open-circuit voltage of the device's cell, as a meter at the bench reads it.
  virtual int cell_mv() const = 0;
  /// Connects the device's own cell (a bench: its battery, or a supply that behaves like one).
  virtual void supply_on() = 0;
  /// A supply of fixed voltage, in place of the cell. 0 means off, as supply_cut() does.
  virtual void supply_mv(int mv) = 0;
  /// Takes all supply away at this instant.
  virtual void supply_cut() = 0;
  virtual void insert_card() = 0;
  virtual void pull_card() = 0;
  /// Copies the card, as it is now, bit for bit to a file (sparse).
  virtual void read_card(const std::string& image_path) = 0;
  /// True if a card is in the device, or was there and can be read.
  virtual bool has_card() const = 0;

  /// Time since the scenario began.
  virtual int64_t now_ns() const = 0;
  /// Lets time pass until t_ns, or until the device shows something (an LED edge), whichever comes first: check now_ns(). What is done
  /// next is done at that instant.
  virtual void run_until(int64_t t_ns) = 0;
  /// True once the device can do nothing more (a run that ended itself).
  virtual bool ended() const = 0;
};

}  // namespace saksi::sim

#endif
