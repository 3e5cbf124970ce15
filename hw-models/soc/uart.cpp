#include "hw-models/soc/uart.h"

#include "regs/uart_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::uart;
constexpr size_t kFifoBytes = 16;
constexpr uint32_t kOversampling = 16;
constexpr uint32_t kTimeoutCharacters = 4;  // PC16550D, 8.3: FIFO interrupt mode operation

// Interrupt identification, most urgent first.
constexpr uint32_t kIirReceived = 0x4;
constexpr uint32_t kIirTimeout = 0xC;
constexpr uint32_t kIirTransmitEmpty = 0x2;
constexpr uint32_t kIirNone = 0x1;

}  // namespace

Uart::Uart(sc_core::sc_module_name name, const UartConfig& config)
    : RegBlock(name, r::kRegisters),
      clock_hz_(config.clock_hz),
      transmit_event_("transmit_event"),
      receive_event_("receive_event"),
      timeout_event_("timeout_event") {
  regs.on_read(r::kRbrThr, [this] { return read_data(); });
  regs.on_write(r::kRbrThr, [this](uint32_t value) { write_data(static_cast<uint8_t>(value)); });
  regs.on_quiet_read(r::kIer, [this] { return read_ier(); });
  regs.on_write(r::kIer, [this](uint32_t value) { write_ier(static_cast<uint8_t>(value)); });
  regs.on_read(r::kIirFcr, [this] { return read_iir(); });
  regs.on_write(r::kIirFcr, [this](uint32_t value) { write_fcr(static_cast<uint8_t>(value)); });
  regs.on_quiet_read(r::kLsr, [this] { return read_lsr(); });
  regs.on_quiet_read(r::kMsr, [this] { return read_msr(); });

  SC_HAS_PROCESS(Uart);
  SC_METHOD(transmit_done);
  sensitive << transmit_event_;
  dont_initialize();
  SC_METHOD(receive_done);
  sensitive << receive_event_;
  dont_initialize();
  SC_METHOD(receive_timeout);
  sensitive << timeout_event_;
  dont_initialize();
}

void Uart::reset() {
  RegBlock::reset();
  transmit_event_.cancel();
  receive_event_.cancel();
  timeout_event_.cancel();
  transmit_fifo_.clear();
  receive_fifo_.clear();
  host_queue_.clear();
  transmitting_ = receiving_ = transmit_empty_ = receive_timed_out_ = false;
  ier_ = fcr_ = 0;
  divisor_ = 0;
}

// Registers, in address order.

uint32_t Uart::read_data() {
  if (regs.field(r::kLcrDlab) != 0) return divisor_ & 0xFF;
  if (receive_fifo_.empty()) return 0;
  const uint8_t value = receive_fifo_.front();
  receive_fifo_.pop_front();
  restart_receive_timeout();
  receive_next();
  update_irq();
  return value;
}

void Uart::write_data(uint8_t value) {
  if (regs.field(r::kLcrDlab) != 0) {
    divisor_ = static_cast<uint16_t>((divisor_ & 0xFF00) | value);
    return;
  }
  transmit_empty_ = false;
  if (transmit_fifo_.size() == fifo_size()) transmit_fifo_.pop_back();  // a character too many replaces the last one
  transmit_fifo_.push_back(value);
  start_transmit();
  update_irq();
}

uint32_t Uart::read_ier() const { return regs.field(r::kLcrDlab) != 0 ? divisor_ >> 8 : ier_; }

void Uart::write_ier(uint8_t value) {
  if (regs.field(r::kLcrDlab) != 0) {
    divisor_ = static_cast<uint16_t>((divisor_ & 0xFF) | value << 8);
    return;
  }
  const bool thre_enabled = (r::kIerThre.mask() & value & ~ier_) != 0;
  ier_ = value & 0xF;
  if (thre_enabled && transmit_fifo_.empty()) transmit_empty_ = true;
  update_irq();
}

uint32_t Uart::read_iir() {
  const uint32_t identification = pending_interrupt();
  if (identification == kIirTransmitEmpty) {
    transmit_empty_ = false;
    update_irq();
  }
  const bool fifos_on = r::kIirFcrFifoEnable.get(fcr_) != 0;
  return identification | (fifos_on ? r::kIirFcrTrigger.mask() : 0);
}

void Uart::write_fcr(uint8_t value) {
  const bool toggled = ((value ^ fcr_) & r::kIirFcrFifoEnable.mask()) != 0;
  fcr_ = value & static_cast<uint8_t>(r::kIirFcrFifoEnable.mask() | r::kIirFcrTrigger.mask());
  if (toggled || r::kIirFcrRxReset.get(value) != 0) receive_fifo_.clear();
  if ((toggled || r::kIirFcrTxReset.get(value) != 0) && !transmit_fifo_.empty()) {
    transmit_fifo_.clear();
    transmit_empty_ = true;
  }
  restart_receive_timeout();
  receive_next();
  update_irq();
}

uint32_t Uart::read_lsr() const {
  const bool empty = transmit_fifo_.empty();
  return r::kLsrDr.put(receive_fifo_.empty() ? 0 : 1) | r::kLsrThre.put(empty ? 1 : 0) | r::kLsrTemt.put(empty && !transmitting_ ? 1 : 0);
}

uint32_t Uart::read_msr() const {
  if (!loopback()) return regs.value(r::kMsr);
  return r::kMsrCts.put(regs.field(r::kMcrRts)) | r::kMsrDsr.put(regs.field(r::kMcrDtr)) | r::kMsrRi.put(regs.field(r::kMcrOut1)) |
         r::kMsrDcd.put(regs.field(r::kMcrOut2));
}

// Transmitter.

void Uart::start_transmit() {
  while (!transmitting_ && !transmit_fifo_.empty()) {
    shifting_ = transmit_fifo_.front();
    transmit_fifo_.pop_front();
    if (transmit_fifo_.empty()) transmit_empty_ = true;
    const sc_core::sc_time time = character_time();
    if (time == sc_core::SC_ZERO_TIME) {
      emit(shifting_);
    } else {
      transmitting_ = true;
      notify_at(transmit_event_, now() + time);
    }
  }
}

void Uart::transmit_done() {
  transmitting_ = false;
  emit(shifting_);
  start_transmit();
  update_irq();
}

void Uart::emit(uint8_t value) {
  if (loopback()) {
    if (receive_fifo_.size() < fifo_size()) push_received(value);
  } else if (output_) {
    output_(static_cast<char>(value), now());
  }
}

// Receiver.

void Uart::receive(const std::string& characters) {
  host_queue_.insert(host_queue_.end(), characters.begin(), characters.end());
  receive_next();
  update_irq();
}

/// Lets the far end send its next character, if it has one and the FIFO has room.
void Uart::receive_next() {
  while (!receiving_ && !loopback() && !host_queue_.empty() && receive_fifo_.size() < fifo_size()) {
    const sc_core::sc_time time = character_time();
    if (time == sc_core::SC_ZERO_TIME) {
      push_received(host_queue_.front());
      host_queue_.pop_front();
    } else {
      receiving_ = true;
      notify_at(receive_event_, now() + time);
    }
  }
}

void Uart::receive_done() {
  receiving_ = false;
  if (!host_queue_.empty() && receive_fifo_.size() < fifo_size()) {
    push_received(host_queue_.front());
    host_queue_.pop_front();
  }
  receive_next();
  update_irq();
}

void Uart::push_received(uint8_t value) {
  receive_fifo_.push_back(value);
  restart_receive_timeout();
}

/// Characters that wait below the trigger level interrupt when nothing has happened for four character times.
void Uart::restart_receive_timeout() {
  timeout_event_.cancel();
  receive_timed_out_ = false;
  if (receive_fifo_.empty() || fifo_size() == 1) return;
  const sc_core::sc_time time = character_time();
  if (time == sc_core::SC_ZERO_TIME) {
    receive_timed_out_ = true;
  } else {
    notify_at(timeout_event_, now() + kTimeoutCharacters * time);
  }
}

void Uart::receive_timeout() {
  receive_timed_out_ = true;
  update_irq();
}

// Shared.

uint32_t Uart::pending_interrupt() const {
  if (r::kIerRx.get(ier_) != 0) {
    if (receive_fifo_.size() >= receive_trigger()) return kIirReceived;
    if (receive_timed_out_) return kIirTimeout;
  }
  if (r::kIerThre.get(ier_) != 0 && transmit_empty_) return kIirTransmitEmpty;
  return kIirNone;
}

void Uart::update_irq() { irq.set(pending_interrupt() != kIirNone); }

bool Uart::loopback() const { return regs.field(r::kMcrLoop) != 0; }

size_t Uart::fifo_size() const { return r::kIirFcrFifoEnable.get(fcr_) != 0 ? kFifoBytes : 1; }

size_t Uart::receive_trigger() const {
  constexpr size_t kLevels[] = {1, 4, 8, 14};
  return fifo_size() == 1 ? 1 : kLevels[r::kIirFcrTrigger.get(fcr_)];
}

sc_core::sc_time Uart::character_time() const {
  if (clock_hz_ == 0 || divisor_ == 0) return sc_core::SC_ZERO_TIME;
  const uint32_t bits = 1 + 5 + regs.field(r::kLcrWord) + regs.field(r::kLcrParity) + 1 + regs.field(r::kLcrStop);
  return sc_core::sc_time::from_value(uint64_t{bits} * kOversampling * divisor_ * 1'000'000'000'000 / clock_hz_);
}

}  // namespace saksi::hw
