#ifndef SAKSI_HW_MODELS_H264_MODEL_PICTURE_CODER_H_
#define SAKSI_HW_MODELS_H264_MODEL_PICTURE_CODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw-models/h264/model/bus_timing.h"
#include "hw-models/h264/model/deblock.h"
#include "hw-models/h264/model/entropy.h"
#include "hw-models/h264/model/mb_coder.h"
#include "hw-models/h264/model/motion.h"
#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// Where the planes of a picture lie on the host; strides as in the configuration, chroma NV12.
struct PicturePlanes {
  const uint8_t* source_luma = nullptr;
  const uint8_t* source_chroma = nullptr;
  uint8_t* luma = nullptr;  ///< reconstructed
  uint8_t* chroma = nullptr;
  const uint8_t* reference_luma = nullptr;  ///< of P pictures
  const uint8_t* reference_chroma = nullptr;
};

/// The block's counters after a picture; see regs/h264.yaml.
struct PictureCounters {
  uint32_t cycles = 0;
  uint32_t pcm_mbs = 0;
  uint32_t skip_mbs = 0;
  uint32_t intra_mbs = 0;
  uint32_t qp_sum = 0;
};

/// Quantisation parameter of a macroblock line: the picture's, and with rate control more or less by how far the bytes so far are from the plan
/// (`expected`), in lines' worth.
int line_qp(const PictureConfig& config, size_t bytes, uint32_t expected);

/// The whole encoder: one picture after another, equal to rtl/h264/h264.sv in bitstream, reconstructed picture, counters and clock cycles.
class PictureCoder {
 public:
  explicit PictureCoder(const BusTiming& bus) : bus_(bus) {}

  /// Codes a picture; reads and writes only the planes. Sizes must be within the block's limits.
  void code(const PictureConfig& config, const PicturePlanes& planes);

  /// NAL units of the last picture, back to back; overflow() if they do not fit config.bs_size.
  const std::vector<uint8_t>& bytes() const { return entropy_.bytes(); }
  const std::vector<uint32_t>& nal_sizes() const { return entropy_.nal_sizes(); }
  bool overflow() const { return entropy_.overflow(); }
  const PictureCounters& counters() const { return counters_; }

  /// One macroblock of the last picture, for comparing with the RTL.
  struct MbTrace {
    Place place;
    MbInfo info;
    DeblockInfo deblock;
    int qp;
    int front_cycles, entropy_cycles, deblock_cycles, write_cycles;
    uint64_t begin_cycle;  ///< of its slot, counted like CYCLES
    size_t bytes_before;   ///< of NAL units, when its slot begins
  };
  /// Collects a trace from the next picture on; null ends it.
  void trace_to(std::vector<MbTrace>* trace) { trace_ = trace; }

 private:
  int load(int group);
  int write(bool last);
  Place place_of(int mb) const;
  bool last_resort(int mb) const;
  void take_source(const Place& place, SourceMb& source) const;
  void store(const Place& place, const CodedMb& coded);
  void run_slots();

  BusTiming bus_;
  PictureConfig config_;
  PicturePlanes planes_;
  MbCoder mb_coder_;
  EntropyCoder entropy_;
  Deblocker deblocker_;
  PictureCounters counters_;
  std::array<CodedMb, 2> coded_;
  uint64_t now_ = 0;       ///< cycle, counted like CYCLES
  uint64_t load_due_ = 0;  ///< first cycle in which the group that is loaded can be used
  int filtered_ = 0;       ///< macroblocks
  int written_mbs_ = 0;
  uint32_t written_words_ = 0;  ///< of the bitstream
  std::vector<MbTrace>* trace_ = nullptr;
};

}  // namespace saksi::hw::h264

#endif
