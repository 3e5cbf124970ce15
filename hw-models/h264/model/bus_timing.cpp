#include "hw-models/h264/model/bus_timing.h"

#include <algorithm>

namespace saksi::hw::h264 {

namespace {

constexpr uint32_t kBeatBytes = 16;
constexpr uint32_t kPageBytes = 4096;

/// Beats of a command before it crosses into the next page.
int beats_in_page(uint32_t address, int beats) { return std::min(beats, static_cast<int>((kPageBytes - address % kPageBytes) / kBeatBytes)); }

}  // namespace

void ReadTiming::add(uint32_t address, int beats) {
  const int first = beats_in_page(address, beats);
  burst(first);
  if (first < beats) {
    // The second part of a command stands on the bus in the cycle after the first was taken.
    next_valid_ = taken_ + 1;
    burst(beats - first);
  }
  // The next command is taken while the last address of this one stands there.
  next_valid_ = std::max(next_valid_ + 2, taken_ + 1);
}

void ReadTiming::burst(int beats) {
  uint64_t& slot = ends_[bursts_ % kOutstanding];
  taken_ = next_valid_;
  if (bursts_ >= kOutstanding) taken_ = std::max(taken_, slot + 1);
  data_end_ = std::max(taken_ + latency_, data_end_ + 1) + static_cast<uint64_t>(beats) - 1;
  slot = data_end_;
  ++bursts_;
}

void WriteTiming::add(uint32_t address, int beats) {
  // Command, address, and back to the next command take three cycles; a second burst of the same command two.
  sum_ += static_cast<uint32_t>(beats) + 3 + (beats_in_page(address, beats) < beats ? 2 : 0);
}

}  // namespace saksi::hw::h264
