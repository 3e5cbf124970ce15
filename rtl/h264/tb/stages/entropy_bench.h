#ifndef SAKSI_RTL_H264_TB_STAGES_ENTROPY_BENCH_H_
#define SAKSI_RTL_H264_TB_STAGES_ENTROPY_BENCH_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/h264/model/entropy.h"

class Vh264_entropy_bench;
class VerilatedContext;

namespace saksi::tb {

/// The Verilated entropy and NAL stages, driven as the encoder's sequencer drives them, with a memory that takes its time.
class EntropyBench {
 public:
  explicit EntropyBench(uint64_t seed);
  ~EntropyBench();

  void start_picture(const hw::h264::PictureConfig& config);

  /// What the front end sends of the next macroblock, in any order and some of it twice; it goes out in the clock cycles to come.
  void collect(const hw::h264::MbInfo& info, const hw::h264::MbLevels& levels);
  /// Until everything that was collected is sent.
  void settle();
  /// Cycles from count_i to verdict_valid_o.
  int count(const hw::h264::MbInfo& info, const hw::h264::Place& place, bool& pcm);
  /// 384 samples in planes.
  void send_pcm(const uint8_t* samples);
  /// A slot: starts the macroblock and the drain, and waits for both. Cycles from start_i to done_o.
  int code(const hw::h264::MbInfo& info, const hw::h264::Place& place, int qp);
  /// Writes everything out.
  void drain_all();

  uint32_t words() const;
  uint32_t bytes() const;
  bool overflow() const;
  const std::vector<uint32_t>& nal_sizes() const { return nal_sizes_; }
  /// The buffer from bs_addr on, as far as it was written.
  const std::vector<uint8_t>& memory() const { return memory_; }

 private:
  struct LevelWrite {
    int block;
    hw::h264::Levels levels;
  };

  /// One clock edge.
  void clock();
  void store_word();

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vh264_entropy_bench> rtl_;
  SeedStream random_;
  std::deque<LevelWrite> level_writes_;
  uint32_t bs_addr_ = 0;
  std::vector<uint8_t> memory_;
  std::vector<uint32_t> nal_sizes_;
  uint32_t store_addr_ = 0;
  int beats_left_ = 0;  ///< of the command that was taken
  bool drained_ = true;
};

}  // namespace saksi::tb

#endif
