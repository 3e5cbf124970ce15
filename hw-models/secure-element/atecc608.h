#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_ATECC608_H_

#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/base/load.h"
#include "hw-models/secure-element/atecc608_commands.h"
#include "hw-models/soc/i2c_device.h"

namespace saksi::hw {

struct Atecc608Config {
  uint64_t seed = 1;      ///< of random numbers and execution times
  Atecc608Memory memory{{}};  ///< as it was provisioned
  Atecc608Faults faults;
};

/// Microchip ATECC608 in clock mode M0 on I2C: wake, sleep, idle, watchdog, framing, and how long a command takes. What commands do: Atecc608Commands.
///
/// Source: data sheet DS40002249 (7, 9, 11), execution times of cryptoauthlib (lib/calib/calib_execution.c).
/// - A low level of SDA of 60 us wakes it: a byte of zeros at 100 kHz, to whomever, but not at 400 kHz. It acknowledges 1.5 ms later, and a read then gives
///   04 11 33 43. After 1.3 s awake it sleeps again whatever it is doing; a command that might not be done by then is refused with 0xEE.
/// - While it executes it acknowledges nothing. Times lie between typical and longest, drawn from the seed.
/// - An answer can be read in pieces: each read goes on where the last one ended, word address 0 starts over. Behind the end it reads 0xFF.
/// - A command takes effect at the end of its time; what loses power before that has not happened.
class Atecc608 : public sc_core::sc_module, public I2cDevice {
 public:
  Atecc608(sc_core::sc_module_name name, const Atecc608Config& config);

  void power_on();
  void power_off();
  bool write(const uint8_t* data, size_t size, sc_core::sc_time now) override;
  bool read(uint8_t* data, size_t size, sc_core::sc_time now) override;
  void sda_low(sc_core::sc_time duration, sc_core::sc_time now) override;

  const Atecc608Memory& memory() const { return commands_.memory(); }
  Load load;

 private:
  enum class Mode { kOff, kAsleep, kIdle, kAwake };

  /// Does what its time has come for by now.
  void settle(sc_core::sc_time now);
  void event_method();
  void receive(const uint8_t* data, size_t size, sc_core::sc_time now);
  void start(Atecc608Command command, sc_core::sc_time now);
  void finish();
  void answer(const std::vector<uint8_t>& payload);
  void refuse(Atecc608Status code, sc_core::sc_time now);
  void sleep();
  void enter(Mode mode);
  void wait_for_event(sc_core::sc_time now);
  sc_core::sc_time draw_time(uint8_t opcode);

  Atecc608Commands commands_;
  SeedStream times_;
  uint32_t replayed_signatures_;
  uint32_t signatures_ = 0;
  std::vector<uint8_t> first_signature_;

  Mode mode_ = Mode::kOff;
  sc_core::sc_time ready_at_;                 ///< of waking, or of the command under way
  sc_core::sc_time watchdog_at_;              ///< while awake
  std::optional<Atecc608Command> executing_;  ///< until ready_at_
  std::vector<uint8_t> output_;               ///< framed
  size_t output_position_ = 0;
  sc_core::sc_event event_;
};

}  // namespace saksi::hw

#endif
