#include "hw-models/sdhci/sdhci.h"

#include <algorithm>
#include <cstring>

#include "hw-models/sdhci/sdhci_constants.h"
#include "regs/sdhci_regs.hpp"

namespace saksi::hw {

using namespace regs::sdhci;
using namespace sdhci_constants;
using sc_core::sc_time;

namespace {

// Clocks on the bus, SD Physical Layer Simplified Specification 3.01, chapter 4.12.
constexpr uint64_t kLongResponseClocks = 136;
constexpr uint64_t kNoResponseClocks = 64;  // N_CR at most
constexpr uint64_t kCommandGapClocks = 8;   // N_RC: between two commands
constexpr uint64_t kBlockFrameClocks = 18;  // start bit, CRC16, end bit
constexpr uint64_t kCrcStatusClocks = 7;    // N_CRC and the token

constexpr uint32_t kExpectNone = 0;
constexpr uint32_t kExpectLong = 1;
constexpr uint32_t kExpectBusy = 3;
constexpr uint32_t kAbort = 3;
constexpr uint32_t kAutoCmd23 = 2;
constexpr uint32_t kVoltage30 = 6;
constexpr uint32_t kVoltage33 = 7;
constexpr uint32_t kErrors = 0xFFFF0000;

}  // namespace

Sdhci::Sdhci(sc_core::sc_module_name name, const SdhciConfig& config) : RegBlock(name, kRegisters), dma("dma"), config_(config), mover_(dma) {
  SC_HAS_PROCESS(Sdhci);
  regs.on_write(kSdmaAddress, [this](uint32_t) { write_sdma_address(); });
  regs.on_write(kCommand, [this](uint32_t) { write_command(); });
  regs.on_read(kBuffer, [this] { return read_buffer(); });
  regs.on_write(kBuffer, [this](uint32_t value) { write_buffer(value); });
  regs.on_read(kPresent, [this] { return read_present(); });
  regs.on_write(kPower, [this](uint32_t) { write_power(); });
  regs.on_write(kClock, [this](uint32_t) { write_clock(); });
  regs.on_write(kReset, [this](uint32_t value) { write_reset(value); });
  regs.on_write(kIntStatus, [this](uint32_t) { update_irq(); });
  regs.on_write(kIntEnable, [this](uint32_t) { update_irq(); });
  regs.on_write(kSignalEnable, [this](uint32_t) { update_irq(); });
  regs.on_write(kForceEvent, [this](uint32_t value) { write_force_event(value); });
  SC_METHOD(command_method);
  sensitive << command_event_;
  dont_initialize();
  SC_METHOD(data_method);
  sensitive << data_event_;
  dont_initialize();
  reset();
}

void Sdhci::reset() {
  command_event_.cancel();
  abort_data();
  command_phase_ = CommandPhase::kIdle;
  RegBlock::reset();
  write_power();
  update_load();
}

// The slot.

void Sdhci::insert_card(SdCard& card) {
  if (card_) pull_card();
  card_ = &card;
  write_power();
  raise(kIntStatusInserted);
}

void Sdhci::pull_card() {
  if (!card_) return;
  card_->power_off(now());
  card_ = nullptr;
  regs.set_field(kPowerBusPower, 0);  // as specified: the controller takes the power away when the card goes
  raise(kIntStatusRemoved);
  // Without a card DAT0 is high, and nothing else comes.
  if (data_phase_ == DataPhase::kBusy) notify_at(data_event_, now());
  update_load();
}

void Sdhci::write_power() {
  if (!card_) return;
  const uint32_t voltage = regs.field(kPowerVoltage);
  if (regs.field(kPowerBusPower) != 0 && (voltage == kVoltage30 || voltage == kVoltage33)) {
    card_->power_on(now());
  } else {
    card_->power_off(now());
  }
}

void Sdhci::write_clock() {
  regs.set_field(kClockInternalStable, regs.field(kClockInternalEnable));
  update_load();
}

void Sdhci::write_reset(uint32_t value) {
  regs.set(kReset, 0);
  if (kResetAll.get(value) != 0) {
    reset();
    return;
  }
  if (kResetCmd.get(value) != 0) {
    command_event_.cancel();
    command_phase_ = CommandPhase::kIdle;
    regs.clear_bits(kIntStatus, kIntStatusCmdDone.mask());
  }
  if (kResetDat.get(value) != 0) {
    abort_data();
    regs.clear_bits(kIntStatus, kIntStatusTransferDone.mask() | kIntStatusDma.mask() | kIntStatusWriteReady.mask() | kIntStatusReadReady.mask());
  }
  update_irq();
  update_load();
}

void Sdhci::write_force_event(uint32_t value) {
  regs.set_bits(kIntStatus, value & kErrors & regs.value(kIntEnable));
  update_irq();
}

uint32_t Sdhci::read_present() {
  const bool data_busy = data_phase_ != DataPhase::kIdle;
  const bool card_busy = card_ && card_->busy_until(now()) > now();
  const bool reading = kTransferModeRead.get(mode_) != 0;
  const bool waiting = data_phase_ == DataPhase::kBuffer;
  return kPresentCmdInhibit.put(command_phase_ != CommandPhase::kIdle) | kPresentDatInhibit.put(data_busy) | kPresentDatActive.put(data_busy) |
         kPresentWriting.put(data_busy && !reading) | kPresentReading.put(data_busy && reading) | kPresentSpace.put(waiting && !reading) |
         kPresentAvailable.put(waiting && reading) | kPresentInserted.put(card_ != nullptr) | kPresentStable.put(1) |
         kPresentDetectLevel.put(card_ != nullptr) | kPresentWriteEnabled.put(1) | kPresentDatLevel.put(card_busy ? 0xE : 0xF) |
         kPresentCmdLevel.put(1);
}

// Interrupts.

void Sdhci::raise(regs::Field bit) {
  regs.set_bits(kIntStatus, bit.mask() & regs.value(kIntEnable));
  update_irq();
}

void Sdhci::update_irq() {
  // A status bit that is not enabled stays zero; ERROR follows from the errors.
  const uint32_t status = regs.value(kIntStatus) & regs.value(kIntEnable) & ~kIntStatusError.mask();
  regs.set(kIntStatus, status | kIntStatusError.put((status & kErrors) != 0));
  irq.set((status & regs.value(kSignalEnable)) != 0);
}

void Sdhci::update_load() {
  const bool active = command_phase_ == CommandPhase::kSending || command_phase_ == CommandPhase::kResponding || data_phase_ == DataPhase::kBlock;
  const bool clocked = regs.field(kClockInternalEnable) != 0;
  load.set_uw(active ? config_.transfer_uw : clocked ? config_.clocked_uw : config_.idle_uw);
}

// Time.

bool Sdhci::clock_running() const { return regs.field(kClockInternalEnable) != 0 && regs.field(kClockSdEnable) != 0; }

sc_time Sdhci::bus_clocks(uint64_t clocks) const {
  const uint64_t divider = regs.field(kClockDividerHi) << 8 | regs.field(kClockDividerLo);
  const uint64_t base_clocks = clocks * (divider == 0 ? 1 : 2 * divider);
  return sc_time::from_value(static_cast<uint64_t>(static_cast<unsigned __int128>(base_clocks) * 1'000'000'000'000u / config_.clock_hz));
}

sc_time Sdhci::block_time(size_t bytes) const {
  const uint64_t lines = regs.field(kHostControlWidth4) != 0 ? 4 : 1;
  const bool reading = kTransferModeRead.get(mode_) != 0;
  return bus_clocks(bytes * 8 / lines + kBlockFrameClocks + (reading ? 0 : kCrcStatusClocks));
}

sc_time Sdhci::timeout() const {
  const uint64_t clocks = 1ull << (13 + std::min<uint32_t>(regs.field(kTimeoutCounter), 14));
  return sc_time::from_value(static_cast<uint64_t>(static_cast<unsigned __int128>(clocks) * 1'000'000'000'000u / config_.clock_hz));
}

// Commands.

void Sdhci::write_command() {
  const uint32_t value = regs.value(kCommand);
  const uint32_t index = kCommandIndex.get(value);
  const bool abort = kCommandType.get(value) == kAbort || index == 12;
  const bool uses_data_lines = kCommandData.get(value) != 0 || kCommandResponse.get(value) == kExpectBusy;
  if (command_phase_ != CommandPhase::kIdle || (uses_data_lines && !abort && data_phase_ != DataPhase::kIdle)) {
    ++dropped_commands_;
    return;
  }
  if (abort) abort_data();
  command_ = static_cast<uint16_t>(value);
  if (uses_data_lines) mode_ = static_cast<uint16_t>(regs.value(kTransferMode));
  if (observer_) {
    const bool multi = kTransferModeMulti.get(mode_) != 0;
    const uint32_t blocks = kCommandData.get(value) == 0 ? 0 : multi ? regs.value(kBlockCount) : 1;
    observer_(static_cast<uint8_t>(index), regs.value(kArgument), static_cast<uint16_t>(blocks), now());
  }
  if (!clock_running()) {
    command_phase_ = CommandPhase::kHung;
    return;
  }
  sending_cmd23_ = kCommandData.get(value) != 0 && kTransferModeAutoCmd.get(mode_) == kAutoCmd23;
  send_command();
}

void Sdhci::send_command() {
  command_phase_ = CommandPhase::kSending;
  notify_at(command_event_, now() + bus_clocks(kCommandClocks));
  update_load();
}

void Sdhci::command_method() {
  if (command_phase_ == CommandPhase::kSending) {
    receive_response();
  } else if (command_phase_ == CommandPhase::kResponding) {
    command_phase_ = CommandPhase::kIdle;
    if (sending_cmd23_) {
      finish_auto_cmd23();
    } else {
      finish_command();
    }
  }
  update_load();
}

/// The command's last bit is out: the card decides, and its answer takes its time on the bus.
void Sdhci::receive_response() {
  const uint32_t expected = sending_cmd23_ ? 2 : kCommandResponse.get(command_);
  const uint8_t index = sending_cmd23_ ? 23 : static_cast<uint8_t>(kCommandIndex.get(command_));
  const uint32_t argument = sending_cmd23_ ? regs.value(kSdmaAddress) : regs.value(kArgument);
  response_ = card_ ? card_->command(index, argument, now()) : CardResponse{};
  uint64_t clocks = kCommandGapClocks;
  if (expected != kExpectNone) {
    const uint64_t length = expected == kExpectLong ? kLongResponseClocks : kShortResponseClocks;
    clocks = response_.kind == CardResponse::Kind::kNone ? kNoResponseClocks : kResponseGapClocks + length;
  }
  command_phase_ = CommandPhase::kResponding;
  notify_at(command_event_, now() + bus_clocks(clocks));
}

void Sdhci::finish_auto_cmd23() {
  sending_cmd23_ = false;
  if (response_.kind == CardResponse::Kind::kNone) {
    regs.set(kAutoCmdStatus, kAutoTimeout);
    raise(kIntStatusAutoCmd);
    return;
  }
  regs.set(kResponse, response_.value, kAutoResponse);
  send_command();
}

/// Stores the response, or says what is wrong with it.
bool Sdhci::check_response() {
  const uint32_t expected = kCommandResponse.get(command_);
  if (expected == kExpectNone) return true;
  const bool wants_long = expected == kExpectLong;
  const bool is_long = response_.kind == CardResponse::Kind::kLong;
  if (response_.kind == CardResponse::Kind::kNone) {
    raise(kIntStatusCmdTimeout);
    return false;
  }
  if (wants_long != is_long) {
    raise(kIntStatusCmdEnd);
    return false;
  }
  if (kCommandIndexCheck.get(command_) != 0 && (is_long || !response_.checkable)) {
    raise(kIntStatusCmdIndex);
    return false;
  }
  if (kCommandCrcCheck.get(command_) != 0 && !response_.checkable) {
    raise(kIntStatusCmdCrc);
    return false;
  }
  if (!is_long) {
    regs.set(kResponse, response_.value);
    return true;
  }
  // Bits 127:8 of the register, at bit 0: its CRC byte does not appear.
  for (uint32_t word = 0; word < 4; ++word) {
    uint32_t value = 0;
    for (uint32_t byte = 0; byte < 4; ++byte) {
      const uint32_t from_end = 1 + 4 * word + byte;
      if (from_end < 16) value |= static_cast<uint32_t>(response_.register_bytes[15 - from_end]) << (8 * byte);
    }
    regs.set(kResponse, value, word);
  }
  return true;
}

void Sdhci::finish_command() {
  if (!check_response()) return;
  raise(kIntStatusCmdDone);
  if (kCommandData.get(command_) != 0) {
    start_data();
  } else if (kCommandResponse.get(command_) == kExpectBusy) {
    begin_busy();
  }
}

}  // namespace saksi::hw
