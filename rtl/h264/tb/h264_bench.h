#ifndef SAKSI_RTL_H264_TB_H264_BENCH_H_
#define SAKSI_RTL_H264_TB_H264_BENCH_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/h264/model/types.h"
#include "rtl/h264/tb/decoder.h"
#include "rtl/h264/tb/picture.h"

class Vh264;
class VerilatedContext;

namespace saksi::tb {

/// What one picture is to be coded with.
struct Job {
  int qp = 27;
  bool idr = true;
  int frame_num = 0;
  int idr_pic_id = 0;
  bool inter = false;  ///< refers to the picture that was coded last
  bool deblock = true;
  int slice_rows = 0;
  bool rate_control = false;
  int qp_min = 0;
  int qp_max = 51;
  uint32_t row_bytes = 0;
  uint32_t max_bytes = 0;
};

/// What came of it.
struct Coded {
  Bytes nal;  ///< As the block wrote it: all NAL units, header byte first, no start codes.
  std::vector<uint32_t> nal_sizes;
  Picture reconstructed;
  uint32_t irq_status = 0;
  uint32_t status = 0;
  uint32_t bs_bytes = 0;
  uint32_t cycles = 0;
  uint32_t pcm_mbs = 0;
  uint32_t skip_mbs = 0;
  uint32_t intra_mbs = 0;
  uint32_t qp_sum = 0;
};

/// The Verilated encoder with a memory on its AXI port, driven as firmware drives it: by registers and interrupt.
///
/// The memory watches the protocol: a request that moves while it waits, a burst that crosses 4 KB or leaves the memory, a misplaced wlast or data
/// without address throw std::runtime_error. So does a wait that never ends.
class H264Bench {
 public:
  static constexpr uint32_t kMemoryBase = 0x80000000;  ///< unless moved; tests name addresses as if it were not
  static constexpr uint32_t kMemorySize = 24 << 20;
  static constexpr uint32_t kSource = kMemoryBase + 0x10;  // no more aligned than it must be
  static constexpr uint32_t kReconstructed[2] = {kMemoryBase + (4 << 20) + 0x7F0, kMemoryBase + (10 << 20) + 0x30};  ///< in turns
  static constexpr uint32_t kBitstream = kMemoryBase + (16 << 20) + 0xFE0;
  static constexpr uint32_t kBitstreamSize = 6 << 20;

  H264Bench();
  ~H264Bench();

  /// Codes a picture whose size is a multiple of 16.
  Coded encode(const Picture& source, const Job& job);
  /// The same in two steps: everything up to START, and from there to the end.
  void start(const Picture& source, const Job& job);
  Coded finish();

  uint32_t read(uint32_t offset);
  void write(uint32_t offset, uint32_t value, uint8_t strobes = 0xF);
  void clock(int cycles = 1);
  bool irq() const;
  uint8_t* memory(uint32_t address) { return &memory_[address - kMemoryBase]; }

  /// Resets block and bus.
  void reset();
  /// From now on every channel is held back at random, those of the registers too.
  void set_back_pressure(uint64_t seed) { random_.emplace(seed, "back-pressure"); }
  /// Accesses that touch [first, last] are answered with SLVERR or DECERR; writes there do nothing.
  void set_error_range(uint32_t first, uint32_t last) { error_first_ = first, error_last_ = last; }
  /// From now on the block sees the memory at another address, a multiple of 4 KB, where it does not end beyond 4 GB.
  void move_memory(uint32_t base) { moved_ = base - kMemoryBase; }
  /// Smaller than the block is told by default.
  void set_bitstream_size(uint32_t bytes) { bitstream_size_ = bytes; }
  /// Bytes between rows, both pictures; 0 is the width.
  void set_stride(int stride) { stride_ = stride; }

  /// Where the last picture was reconstructed.
  uint32_t reconstructed() const { return kReconstructed[turn_]; }
  /// Where the next one will be.
  uint32_t next_reconstructed() const { return kReconstructed[1 - turn_]; }
  /// What the block was told with the last picture, and its memory: for the twin.
  const hw::h264::PictureConfig& config() const { return config_; }

  uint64_t cycles() const { return cycles_; }
  /// The whole state of the block through Verilator's --savable, and back. Not with SAKSI_RTL_COVERAGE.
  void save(const std::string& file);
  void restore(const std::string& file);

 private:
  struct Burst {
    uint32_t address;
    int beats;
    uint64_t not_before;
  };

  void configure(const hw::h264::PictureConfig& config);
  void take_answer(uint8_t& ready, const uint8_t& valid);
  bool chance(int percent) { return !random_ || random_->below(100) < static_cast<uint64_t>(percent); }
  bool in_error_range(uint32_t address) const { return address + 15 >= error_first_ && address <= error_last_; }
  Burst accept(uint32_t address, int len, const char* channel);
  void drive_read_channel();
  void drive_write_channels();
  void watch();

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Vh264> dut_;
  std::vector<uint8_t> memory_;
  std::deque<Burst> reads_;
  std::deque<Burst> writes_;
  std::deque<std::pair<uint64_t, int>> answers_;  // not before, response
  int write_error_ = 0;                           ///< the response to the burst under way
  std::optional<SeedStream> random_;
  uint32_t moved_ = 0;
  uint32_t error_first_ = 1;
  uint32_t error_last_ = 0;
  uint32_t bitstream_size_ = kBitstreamSize;
  int stride_ = 0;
  int width_ = 0;
  int height_ = 0;
  size_t turn_ = 0;
  hw::h264::PictureConfig config_;
  uint64_t cycles_ = 0;
};

}  // namespace saksi::tb

#endif
