#include "hw-models/soc/uart.h"

#include "regs/uart_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::uart;
constexpr size_t kFifoBytes = 16;
constexpr uint32_t kOversampling = 16;
constexpr uint32_t kTimeoutCharacters = 4;  // PC16550D, 8.3: FIFO interrupt mode operation

// Interrupt identification, most urgent first.
constexpr uint32_t kIirLineStatus = 0x6;
constexpr uint32_t kIirReceived = 0x4;
constexpr uint32_t kIirTimeout = 0xC;
constexpr uint32_t kIirTransmitEmpty = 0x2;
constexpr uint32_t kIirModemStatus = 0x0;
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
  regs.on_quiet_read(r::kMcr, [this] { return uint32_t{mcr_}; });
  regs.on_write(r::kMcr, [this](uint32_t value) { write_mcr(static_cast<uint8_t>(value)); });
  regs.on_quiet_read(r::kLsr, [this] { return read_lsr(); });
  regs.on_read(r::kMsr, [this] { return read_msr(); });

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
  transmitting_ = receiving_ = transmit_empty_ = receive_timed_out_ = overrun_ = false;
  ier_ = fcr_ = mcr_ = modem_changes_ = 0;
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

void Uart::write_mcr(uint8_t value) {
  const uint32_t before = modem_lines();
  mcr_ = value & 0x1F;
  const uint32_t changed = before ^ modem_lines();
  const bool ring_ended = r::kMsrRi.get(before) != 0 && r::kMsrRi.get(changed) != 0;
  modem_changes_ |= static_cast<uint8_t>(r::kMsrDcts.put(r::kMsrCts.get(changed)) | r::kMsrDdsr.put(r::kMsrDsr.get(changed)) |
                                         r::kMsrDdcd.put(r::kMsrDcd.get(changed)) | r::kMsrTeri.put(ring_ended ? 1 : 0));
  receive_next();
  update_irq();
}

/// Clearing the overrun may end an interrupt; that notifies no event, so the read counts as quiet.
uint32_t Uart::read_lsr() {
  const bool empty = transmit_fifo_.empty();
  const bool overrun = overrun_;
  if (overrun) {
    overrun_ = false;
    update_irq();
  }
  return r::kLsrOe.put(overrun ? 1 : 0) |
         r::kLsrDr.put(receive_fifo_.empty() ? 0 : 1) | r::kLsrThre.put(empty ? 1 : 0) | r::kLsrTemt.put(empty && !transmitting_ ? 1 : 0);
}

uint32_t Uart::read_msr() {
  const uint32_t value = modem_lines() | modem_changes_;
  if (modem_changes_ != 0) {
    modem_changes_ = 0;
    update_irq();
  }
  return value;
}

uint32_t Uart::modem_lines() const {
  if (!loopback()) return regs.value(r::kMsr);
  return r::kMsrCts.put(r::kMcrRts.get(mcr_)) | r::kMsrDsr.put(r::kMcrDtr.get(mcr_)) | r::kMsrRi.put(r::kMcrOut1.get(mcr_)) |
         r::kMsrDcd.put(r::kMcrOut2.get(mcr_));
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

void Uart::drain() {
  transmit_event_.cancel();
  if (transmitting_) emit(shifting_);
  transmitting_ = false;
  for (; !transmit_fifo_.empty(); transmit_fifo_.pop_front()) emit(transmit_fifo_.front());
  transmit_empty_ = true;
  update_irq();
}

void Uart::emit(uint8_t value) {
  if (loopback()) {
    if (receive_fifo_.size() < fifo_size()) {
      push_received(value);
    } else {
      overrun_ = true;
      if (fifo_size() == 1) receive_fifo_.back() = value;  // without FIFOs it takes the place of the one before
    }
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
  if (r::kIerRls.get(ier_) != 0 && overrun_) return kIirLineStatus;
  if (r::kIerRx.get(ier_) != 0) {
    if (receive_fifo_.size() >= receive_trigger()) return kIirReceived;
    if (receive_timed_out_) return kIirTimeout;
  }
  if (r::kIerThre.get(ier_) != 0 && transmit_empty_) return kIirTransmitEmpty;
  if (r::kIerMsi.get(ier_) != 0 && modem_changes_ != 0) return kIirModemStatus;
  return kIirNone;
}

void Uart::update_irq() { irq.set(pending_interrupt() != kIirNone); }

bool Uart::loopback() const { return r::kMcrLoop.get(mcr_) != 0; }

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
