#ifndef SAKSI_HW_MODELS_H264_H264_CIRCUIT_H_
#define SAKSI_HW_MODELS_H264_H264_CIRCUIT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/waves/wave_sink.h"

namespace saksi::hw {

/// The Verilated circuit of rtl/h264 by itself, without a kernel: codes pictures where PictureCoder codes them, with a memory of the same timing
/// on its bus. For measuring, and for holding the twin against.
class H264Circuit {
 public:
  explicit H264Circuit(const h264::BusTiming& bus);
  ~H264Circuit();

  /// Codes a picture whose configuration is valid. Only the planes are read and written. Throws std::runtime_error if the circuit does not end.
  void code(const h264::PictureConfig& config, const h264::PicturePlanes& planes);

  /// Shows the next picture's clock cycles from `first` to `last`, counted like CYCLES, to `sink`. Cycle n begins at n * kShownCyclePs with clk low,
  /// and what memory drives; its rising edge is half a cycle later. At most once in the life of a circuit.
  void show_next(WaveSink& sink, uint64_t first, uint64_t last);
  static constexpr uint64_t kShownCyclePs = 10'000;

  const std::vector<uint8_t>& bytes() const { return bytes_; }
  const h264::PictureCounters& counters() const { return counters_; }

  /// What the front end says of a macroblock, and when.
  struct Macroblock {
    h264::MbInfo info;
    h264::DeblockInfo deblock;
    int qp = 0;
    uint64_t done_cycle = 0;  ///< counted like CYCLES
  };
  /// Of the last picture, in coding order.
  const std::vector<Macroblock>& macroblocks() const { return macroblocks_; }

 private:
  class Bus;
  struct Top;
  uint32_t access(uint32_t offset, const uint32_t* value);
  void low_phase();
  void high_phase();
  void cycle();
  void watch();
  void show(uint64_t phase);

  std::unique_ptr<Top> top_;
  std::unique_ptr<Bus> bus_;
  std::vector<uint8_t> bytes_;
  h264::PictureCounters counters_;
  std::vector<Macroblock> macroblocks_;
  uint64_t cycle_ = 0;
  bool watching_ = false;
  uint64_t watch_from_ = 0;
  bool showing_ = false;
  uint64_t show_first_ = 0, show_last_ = 0;
};

}  // namespace saksi::hw

#endif
