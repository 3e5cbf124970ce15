#ifndef SAKSI_HW_MODELS_SOC_UART_H_
#define SAKSI_HW_MODELS_SOC_UART_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct UartConfig {
  uint64_t clock_hz = 3'686'400;  ///< before the divisor and the factor 16; 0: characters take no time, whatever the divisor
};

/// NS16550A (National Semiconductor PC16550D data sheet, 1995): 16-byte FIFOs, interrupts with their priorities, loop-back. A character
/// takes its time by divisor and word length; with divisor 0 (as after reset) it takes none, so that images that never set a baud rate,
/// as many written for QEMU do, still print.
/// What the host sends waits until the FIFO has room, so that only loop-back can overrun; its modem lines stay as they are, so that only
/// loop-back changes them. Not modelled: break, framing and parity errors.
class Uart : public RegBlock {
 public:
  /// Called for each character when its last bit has left.
  using Output = std::function<void(char character, sc_core::sc_time time)>;

  Uart(sc_core::sc_module_name name, const UartConfig& config);

  void on_output(Output output) { output_ = std::move(output); }
  /// Queues what the far end sends, from the kernel's context.
  void receive(const std::string& characters);
  /// Characters queued by receive() that have not reached the FIFO.
  size_t receive_backlog() const { return host_queue_.size(); }

  /// Lets everything that was written leave at once, in no time: for the end of a run, which would cut the last words.
  void drain();

  void reset() override;

 private:
  uint32_t read_data();
  void write_data(uint8_t value);
  uint32_t read_ier() const;
  void write_ier(uint8_t value);
  uint32_t read_iir();
  void write_fcr(uint8_t value);
  void write_mcr(uint8_t value);
  uint32_t read_lsr();
  uint32_t read_msr();

  void start_transmit();
  void transmit_done();
  void emit(uint8_t value);
  void push_received(uint8_t value);
  void receive_next();
  void receive_done();
  void receive_timeout();
  void restart_receive_timeout();

  uint32_t modem_lines() const;
  uint32_t pending_interrupt() const;
  void update_irq();
  bool loopback() const;
  size_t fifo_size() const;
  size_t receive_trigger() const;
  sc_core::sc_time character_time() const;

  uint64_t clock_hz_;
  Output output_;
  std::deque<uint8_t> transmit_fifo_, receive_fifo_, host_queue_;
  uint8_t shifting_ = 0;
  bool transmitting_ = false;      ///< a character is on the wire
  bool receiving_ = false;         ///< a character is on its way in
  bool transmit_empty_ = false;    ///< the THRE interrupt is latched
  bool receive_timed_out_ = false;
  bool overrun_ = false;
  uint8_t modem_changes_ = 0;      ///< the low half of MSR
  uint8_t ier_ = 0;
  uint8_t fcr_ = 0;
  uint8_t mcr_ = 0;
  uint16_t divisor_ = 0;
  sc_core::sc_event transmit_event_, receive_event_, timeout_event_;
};

}  // namespace saksi::hw

#endif
