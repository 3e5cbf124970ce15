// The data half of the controller: from the response of a command with data, or with busy, to TRANSFER_DONE or an error.
#include <algorithm>
#include <cstring>

#include "hw-models/sdhci/sdhci.h"
#include "hw-models/sdhci/sdhci_constants.h"
#include "regs/sdhci_regs.hpp"

namespace saksi::hw {

using namespace regs::sdhci;
using namespace sdhci_constants;
using sc_core::sc_time;

namespace {

constexpr uint32_t kAutoCmd12 = 1;
constexpr uint32_t kSelectAdma2 = 2;
constexpr uint32_t kUnlimited = 0xFFFFFFFF;

// ADMA_ERROR.STATE.
constexpr uint32_t kStateFetch = 1;
constexpr uint32_t kStateTransfer = 3;

}  // namespace

void Sdhci::start_data() {
  const bool multi = kTransferModeMulti.get(mode_) != 0;
  const bool counted = kTransferModeBlockCountEnable.get(mode_) != 0;
  block_size_ = regs.field(kBlockSizeSize);
  block_.assign(block_size_, 0);
  blocks_left_ = !multi ? 1 : counted ? regs.value(kBlockCount) : kUnlimited;
  if (blocks_left_ == 0 || block_size_ == 0) {
    transfer_done();
    return;
  }
  if (kTransferModeDma.get(mode_) != 0) {
    if (regs.field(kHostControlDmaSelect) == kSelectAdma2) {
      mover_.start_adma2(regs.value(kAdmaAddress));
    } else {
      mover_.start_flat(regs.value(kSdmaAddress));
    }
  }
  const bool reading = kTransferModeRead.get(mode_) != 0;
  const auto wanted = reading ? CardResponse::Data::kToHost : CardResponse::Data::kToCard;
  if (response_.data != wanted) {  // the card refused the command, or the driver has the direction wrong
    await_nothing();
  } else if (reading) {
    await_block();
  } else {
    fetch_block();
  }
}

/// Nothing will come on the data lines.
void Sdhci::await_nothing() {
  data_phase_ = DataPhase::kNothing;
  notify_at(data_event_, now() + timeout());
}

void Sdhci::await_block() {
  if (!card_ || card_->next_block_size() == 0) {
    await_nothing();
    return;
  }
  const sc_time start = card_->data_ready(now());
  if (start - now() > timeout()) {
    await_nothing();
    return;
  }
  data_phase_ = DataPhase::kBlock;
  notify_at(data_event_, start + block_time(block_size_));
}

/// Gets the next block for the card, by DMA or from the driver.
void Sdhci::fetch_block() {
  if (kTransferModeDma.get(mode_) == 0) {
    buffer_at_ = 0;
    data_phase_ = DataPhase::kBuffer;
    raise(kIntStatusWriteReady);
    return;
  }
  if (!move_block(false)) return;
  send_block();
}

void Sdhci::send_block() {
  const sc_time free = card_ ? card_->busy_until(now()) : now();
  if (free == sc_core::sc_max_time() || free - now() > timeout()) {
    await_nothing();
    return;
  }
  data_phase_ = DataPhase::kBlock;
  notify_at(data_event_, std::max(free, now()) + block_time(block_size_));
}

bool Sdhci::move_block(bool to_memory) {
  const DataMover::Result result = mover_.move(block_.data(), block_size_, to_memory);
  if (result != DataMover::Result::kOk) {
    dma_error(result);
    return false;
  }
  if (mover_.take_interrupt()) raise(kIntStatusDma);
  return true;
}

void Sdhci::data_method() {
  switch (data_phase_) {
    case DataPhase::kBlock:
      if (kTransferModeRead.get(mode_) != 0) {
        block_to_host();
      } else {
        block_to_card();
      }
      break;
    case DataPhase::kNothing:
      data_error(kIntStatusDataTimeout);
      break;
    case DataPhase::kStopping:
      finish_auto_cmd12();
      break;
    case DataPhase::kBusy:
      end_busy();
      break;
    case DataPhase::kIdle:  // cancelled at this very instant
    case DataPhase::kBuffer:
    case DataPhase::kBoundary:
      break;
  }
  update_load();
}

bool Sdhci::bus_width_agrees() const { return card_ && card_->wide_bus() == (regs.field(kHostControlWidth4) != 0); }

void Sdhci::block_to_host() {
  if (!card_) {
    await_nothing();
    return;
  }
  if (!bus_width_agrees() || card_->next_block_size() != block_size_) {
    data_error(kIntStatusDataCrc);
    return;
  }
  if (!card_->read_block(block_.data(), now())) {
    data_error(kIntStatusDataCrc);
    return;
  }
  if (kTransferModeDma.get(mode_) != 0) {
    if (move_block(true)) after_block();
    return;
  }
  buffer_at_ = 0;
  data_phase_ = DataPhase::kBuffer;
  raise(kIntStatusReadReady);
}

void Sdhci::block_to_card() {
  // Without a card, or with one that does not understand, the CRC status token is missing or wrong.
  if (!bus_width_agrees() || block_size_ != kSectorBytes || !card_->write_block(block_.data(), now())) {
    data_error(kIntStatusDataCrc);
    return;
  }
  after_block();
}

void Sdhci::after_block() {
  if (blocks_left_ != kUnlimited) --blocks_left_;
  if (kTransferModeBlockCountEnable.get(mode_) != 0 && kTransferModeMulti.get(mode_) != 0) regs.set(kBlockCount, blocks_left_);
  if (blocks_left_ > 0 && at_sdma_boundary()) {
    regs.set(kSdmaAddress, mover_.address());
    data_phase_ = DataPhase::kBoundary;
    raise(kIntStatusDma);
    return;
  }
  next_block();
}

void Sdhci::next_block() {
  if (blocks_left_ == 0) {
    end_of_blocks();
  } else if (kTransferModeRead.get(mode_) != 0) {
    await_block();
  } else {
    fetch_block();
  }
}

bool Sdhci::at_sdma_boundary() const {
  if (kTransferModeDma.get(mode_) == 0 || mover_.adma2()) return false;
  const uint32_t boundary = 4096u << regs.field(kBlockSizeSdmaBoundary);
  return mover_.address() % boundary < block_size_;
}

void Sdhci::write_sdma_address() {
  if (data_phase_ != DataPhase::kBoundary) return;
  mover_.set_flat_address(regs.value(kSdmaAddress));
  next_block();
}

uint32_t Sdhci::read_buffer() {
  if (data_phase_ != DataPhase::kBuffer || kTransferModeRead.get(mode_) == 0) return 0;
  uint32_t value = 0;
  std::memcpy(&value, &block_[buffer_at_], std::min<size_t>(4, block_size_ - buffer_at_));
  buffer_at_ += 4;
  if (buffer_at_ >= block_size_) after_block();
  return value;
}

void Sdhci::write_buffer(uint32_t value) {
  if (data_phase_ != DataPhase::kBuffer || kTransferModeRead.get(mode_) != 0) return;
  std::memcpy(&block_[buffer_at_], &value, std::min<size_t>(4, block_size_ - buffer_at_));
  buffer_at_ += 4;
  if (buffer_at_ >= block_size_) send_block();
  update_load();
}

void Sdhci::end_of_blocks() {
  if (kTransferModeDma.get(mode_) != 0 && mover_.left_over()) {
    dma_error(DataMover::Result::kTooShort);
    return;
  }
  if (kTransferModeAutoCmd.get(mode_) == kAutoCmd12) {
    data_phase_ = DataPhase::kStopping;
    notify_at(data_event_, now() + bus_clocks(kCommandClocks + kResponseGapClocks + kShortResponseClocks));
  } else if (kTransferModeRead.get(mode_) != 0) {
    transfer_done();
  } else {
    begin_busy();
  }
}

void Sdhci::finish_auto_cmd12() {
  const CardResponse response = card_ ? card_->command(12, 0, now()) : CardResponse{};
  if (response.kind == CardResponse::Kind::kNone) {
    regs.set(kAutoCmdStatus, kAutoTimeout);
    data_error(kIntStatusAutoCmd);
    return;
  }
  regs.set(kResponse, response.value, kAutoResponse);
  begin_busy();
}

/// Waits until DAT0 is high.
void Sdhci::begin_busy() {
  data_phase_ = DataPhase::kBusy;
  const sc_time end = card_ ? card_->busy_until(now()) : now();
  if (end <= now()) {
    transfer_done();
  } else {
    notify_at(data_event_, std::min(end, now() + timeout()));
  }
}

void Sdhci::end_busy() {
  if (card_ && card_->busy_until(now()) > now()) {
    data_error(kIntStatusDataTimeout);
  } else {
    transfer_done();
  }
}

void Sdhci::transfer_done() {
  abort_data();
  raise(kIntStatusTransferDone);
}

void Sdhci::data_error(regs::Field bit) {
  abort_data();
  raise(bit);
}

void Sdhci::dma_error(DataMover::Result result) {
  if (!mover_.adma2()) {
    data_error(kIntStatusDataTimeout);  // SDMA has no error of its own: the transfer just never gets on
    return;
  }
  regs.set(kAdmaAddress, mover_.address());
  regs.set(kAdmaError, 0);
  if (result == DataMover::Result::kFetchError) regs.set_field(kAdmaErrorState, kStateFetch);
  if (result == DataMover::Result::kTransferError) regs.set_field(kAdmaErrorState, kStateTransfer);
  if (result == DataMover::Result::kTooShort) regs.set_field(kAdmaErrorLength, 1);
  data_error(kIntStatusAdma);
}

void Sdhci::abort_data() {
  data_event_.cancel();
  data_phase_ = DataPhase::kIdle;
}

}  // namespace saksi::hw
