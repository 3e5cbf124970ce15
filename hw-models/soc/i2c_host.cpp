#include "hw-models/soc/i2c_host.h"

#include <algorithm>

#include "regs/i2c_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::i2c;
constexpr size_t kFifoBytes = 192;
constexpr uint32_t kSlowHz = 100'000;
constexpr uint32_t kFastHz = 400'000;
constexpr uint32_t kBitsOfByte = 9;  // with the acknowledge bit
constexpr uint32_t kBitsOfStart = 1;
constexpr uint32_t kBitsOfStop = 1;

uint32_t limit_length(uint32_t length) { return std::min(length, static_cast<uint32_t>(kFifoBytes)); }

}  // namespace

I2cHost::I2cHost(sc_core::sc_module_name name, const I2cConfig& /*config*/) : RegBlock(name, r::kRegisters), step_event_("step_event") {
  regs.on_write(r::kCtrl, [this](uint32_t) { write_ctrl(); });
  regs.on_write(r::kCmd, [this](uint32_t value) { start(value); });
  regs.on_write(r::kTx, [this](uint32_t value) {
    if (regs.field(r::kCtrlEnable) != 0 && tx_.size() < kFifoBytes) tx_.push_back(static_cast<uint8_t>(value));
    update_status();
  });
  regs.on_read(r::kRx, [this]() -> uint32_t {
    if (rx_.empty()) return 0;
    const uint8_t byte = rx_.front();
    rx_.pop_front();
    update_status();
    return byte;
  });
  regs.on_write(r::kIrqStatus, [this](uint32_t) { update_irq(); });
  regs.on_write(r::kIrqEnable, [this](uint32_t) { update_irq(); });

  SC_HAS_PROCESS(I2cHost);
  SC_METHOD(step);
  sensitive << step_event_;
  dont_initialize();
}

void I2cHost::attach(uint8_t address, I2cDevice& device) { devices_[address] = &device; }

void I2cHost::reset() {
  RegBlock::reset();
  write_ctrl();
}

void I2cHost::write_ctrl() {
  if (regs.field(r::kCtrlEnable) != 0) return;
  step_event_.cancel();
  phase_ = Phase::kIdle;
  tx_.clear();
  rx_.clear();
  update_status();
}

// A transfer: each phase is entered with its length in bits, and finished when they are over.

void I2cHost::start(uint32_t command) {
  if (phase_ != Phase::kIdle || regs.field(r::kCtrlEnable) == 0) return;
  address_ = static_cast<uint8_t>(r::kCmdAddress.get(command));
  const auto found = devices_.find(address_);
  device_ = found != devices_.end() ? found->second : nullptr;
  const uint32_t write_length = limit_length(r::kCmdWriteLength.get(command));
  read_length_ = limit_length(r::kCmdReadLength.get(command));
  regs.set_field(r::kStatusNack, 0);
  phase_end_ = now();
  if (write_length == 0 && read_length_ != 0) {
    start_read_phase();
  } else {
    sending_.assign(write_length, 0);
    const size_t available = std::min<size_t>(write_length, tx_.size());
    std::copy_n(tx_.begin(), available, sending_.begin());
    tx_.erase(tx_.begin(), tx_.begin() + static_cast<std::ptrdiff_t>(available));
    phase_ = Phase::kWrite;
    after_bits(kBitsOfStart + kBitsOfByte * (1 + (device_ ? write_length : 0)));
  }
  update_status();
}

void I2cHost::start_read_phase() {
  phase_ = Phase::kRead;
  after_bits(kBitsOfStart + kBitsOfByte * (1 + (device_ ? read_length_ : 0)));
}

void I2cHost::step() {
  switch (phase_) {
    case Phase::kIdle:
      break;
    case Phase::kWrite:
      finish_write_phase();
      break;
    case Phase::kRead:
      finish_read_phase();
      break;
    case Phase::kStop:
      end_transfer();
      break;
  }
  update_status();
}

/// The longest run of zeros that the host sent: of the address byte, and of bytes behind it that somebody took. Host and device hand the line over to
/// each other before and after an acknowledge bit, and it rises there for a moment.
void I2cHost::tell_low_time(uint8_t address_byte) {
  uint32_t longest = 0;
  const auto send = [&](uint8_t byte, uint32_t run) {
    for (int bit = 7; bit >= 0; --bit) {
      run = (byte >> bit & 1) == 0 ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  };
  send(address_byte, kBitsOfStart);
  if (device_) {
    for (const uint8_t byte : sending_) send(byte, 0);
  }
  for (const auto& [address, device] : devices_) device->sda_low(bit_time() * longest, now());
}

void I2cHost::finish_write_phase() {
  tell_low_time(static_cast<uint8_t>(address_ << 1));
  const bool acknowledged = device_ && device_->write(sending_.data(), sending_.size(), now());
  if (acknowledged && read_length_ != 0) {
    start_read_phase();
  } else {
    stop(acknowledged);
  }
}

void I2cHost::finish_read_phase() {
  uint8_t data[kFifoBytes] = {};
  const bool acknowledged = device_ && device_->read(data, read_length_, now());
  const size_t room = acknowledged ? std::min<size_t>(read_length_, kFifoBytes - rx_.size()) : 0;
  rx_.insert(rx_.end(), data, data + room);
  stop(acknowledged);
}

void I2cHost::stop(bool acknowledged) {
  regs.set_field(r::kStatusNack, acknowledged ? 0 : 1);
  phase_ = Phase::kStop;
  after_bits(kBitsOfStop);
}

void I2cHost::end_transfer() {
  phase_ = Phase::kIdle;
  regs.set_field(r::kIrqStatusDone, 1);
  update_irq();
}

sc_core::sc_time I2cHost::bit_time() const {
  return sc_core::sc_time::from_value(1'000'000'000'000 / (regs.field(r::kCtrlFast) != 0 ? kFastHz : kSlowHz));
}

void I2cHost::after_bits(uint32_t bits) {
  phase_end_ += bit_time() * bits;
  notify_at(step_event_, phase_end_);
}

void I2cHost::update_status() {
  regs.set_field(r::kStatusBusy, phase_ != Phase::kIdle ? 1 : 0);
  regs.set_field(r::kStatusRxLevel, static_cast<uint32_t>(rx_.size()));
  regs.set_field(r::kStatusTxLevel, static_cast<uint32_t>(tx_.size()));
}

void I2cHost::update_irq() { irq.set((regs.value(r::kIrqStatus) & regs.value(r::kIrqEnable)) != 0); }

}  // namespace saksi::hw
