#ifndef SAKSI_HW_MODELS_H264_MODEL_BUS_TIMING_H_
#define SAKSI_HW_MODELS_H264_MODEL_BUS_TIMING_H_

#include <array>
#include <cstdint>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// A memory that takes an address a cycle, has a beat a cycle to give and takes one a cycle, in order, and never makes a channel wait but for up
/// to 16 bursts outstanding: rtl-block's AxiMemory without random back-pressure.
struct BusTiming {
  uint32_t read_latency_cycles = 8;   ///< from the edge that takes an address to the first beat
  uint32_t write_latency_cycles = 4;  ///< from the edge that takes the last beat to the answer; the model holds up to 64
};

/// How long rtl/h264/h264_fetch.sv takes through rtl/axi/axi_burst_reader.sv.
class ReadTiming {
 public:
  explicit ReadTiming(uint32_t latency) : latency_(latency) {}
  /// The next rows of the group that is loaded, `beats` of 16 bytes each.
  void add(uint32_t address, int beats);
  /// Cycles from load_i to loaded_o.
  int cycles() const { return static_cast<int>(data_end_) + 2; }

 private:
  static constexpr uint32_t kOutstanding = 16;
  void burst(int beats);

  uint32_t latency_;
  uint64_t next_valid_ = 4;                    ///< cycle in which ARVALID of the next burst rises
  uint64_t taken_ = 0;                         ///< cycle in which the latest burst's address was taken
  uint64_t data_end_ = 0;                      ///< last beat
  std::array<uint64_t, kOutstanding> ends_{};  ///< last beats of the latest bursts
  uint32_t bursts_ = 0;
};

/// How long rtl/axi/axi_burst_writer.sv is busy with the commands of a slot, in cycles.
class WriteTiming {
 public:
  explicit WriteTiming(uint32_t latency) : latency_(latency) {}
  void add(uint32_t address, int beats);
  /// From the pulse that starts the writing to the cycle in which all is answered.
  int cycles() const { return sum_ == 0 ? 2 : static_cast<int>(2 + sum_ + latency_); }

 private:
  uint32_t latency_;
  uint32_t sum_ = 0;
};

}  // namespace saksi::hw::h264

#endif
