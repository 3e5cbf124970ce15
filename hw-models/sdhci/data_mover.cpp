#include "hw-models/sdhci/data_mover.h"

#include <algorithm>
#include <cstring>

namespace saksi::hw {

namespace {

constexpr uint8_t kValid = 1u << 0;
constexpr uint8_t kEnd = 1u << 1;
constexpr uint8_t kInterrupt = 1u << 2;
constexpr uint8_t kActionMask = 3u << 4;
constexpr uint8_t kTransfer = 2u << 4;
constexpr uint8_t kLink = 3u << 4;
constexpr int kMaxIdleDescriptors = 65'536;  // a table that links to itself is an error, not a hang

struct Descriptor {
  uint8_t attributes;
  uint8_t reserved;
  uint16_t length;
  uint32_t address;
};
static_assert(sizeof(Descriptor) == 8);

}  // namespace

void DataMover::start_flat(uint32_t address) {
  adma2_ = false;
  address_ = address;
  length_ = 0;
}

void DataMover::start_adma2(uint32_t table) {
  adma2_ = true;
  next_ = descriptor_ = table;
  length_ = 0;
  ended_ = wants_interrupt_ = interrupt_ = false;
}

bool DataMover::take_interrupt() {
  const bool result = interrupt_;
  interrupt_ = false;
  return result;
}

/// Goes on to the next descriptor that has data.
DataMover::Result DataMover::next_descriptor() {
  for (int i = 0; i < kMaxIdleDescriptors; ++i) {
    if (ended_) return Result::kTooShort;
    descriptor_ = next_;
    Descriptor descriptor{};
    if (!dma_.read(descriptor_, &descriptor, sizeof descriptor) || (descriptor.attributes & kValid) == 0) return Result::kFetchError;
    const uint8_t action = descriptor.attributes & kActionMask;
    next_ = action == kLink ? descriptor.address : descriptor_ + static_cast<uint32_t>(sizeof descriptor);
    ended_ = (descriptor.attributes & kEnd) != 0;
    if (action == kTransfer) {
      address_ = descriptor.address;
      length_ = descriptor.length == 0 ? 65'536 : descriptor.length;
      wants_interrupt_ = (descriptor.attributes & kInterrupt) != 0;
      return Result::kOk;
    }
    if ((descriptor.attributes & kInterrupt) != 0) interrupt_ = true;
  }
  return Result::kFetchError;
}

DataMover::Result DataMover::move(uint8_t* data, size_t size, bool to_memory) {
  while (size > 0) {
    if (adma2_ && length_ == 0) {
      const Result result = next_descriptor();
      if (result != Result::kOk) return result;
    }
    const size_t part = adma2_ ? std::min<size_t>(size, length_) : size;
    const bool moved = to_memory ? dma_.write(address_, data, part) : dma_.read(address_, data, part);
    if (!moved) return Result::kTransferError;
    data += part;
    size -= part;
    address_ += static_cast<uint32_t>(part);
    if (adma2_) {
      length_ -= static_cast<uint32_t>(part);
      if (length_ == 0 && wants_interrupt_) interrupt_ = true;
    }
  }
  return Result::kOk;
}

}  // namespace saksi::hw
