#ifndef SAKSI_HW_MODELS_H264_MODEL_MB_CODER_H_
#define SAKSI_HW_MODELS_H264_MODEL_MB_CODER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "hw-models/h264/model/entropy.h"
#include "hw-models/h264/model/intra.h"
#include "hw-models/h264/model/motion.h"
#include "hw-models/h264/model/transform.h"
#include "hw-models/h264/model/types.h"
#include "hw-models/h264/model/vectors.h"

namespace saksi::hw::h264 {

/// A macroblock as the front end leaves it to the stages behind.
struct CodedMb {
  MbInfo info;
  DeblockInfo deblock;
  MbLevels levels;
  alignas(16) uint8_t luma[256];    ///< reconstructed, not filtered; raster
  alignas(16) uint8_t chroma[128];  ///< 64 Cb, 64 Cr
  int cycles;                       ///< of the RTL's front end
};

/// A macroblock of the source: luma in memory, chroma taken apart.
struct SourceMb {
  const uint8_t* luma;
  int stride;
  alignas(16) uint8_t chroma[128];  ///< 64 Cb, 64 Cr
};

/// The front end of the encoder: motion search, intra prediction, mode decision, transform and reconstruction, equal to rtl/h264/h264_front.sv.
class MbCoder {
 public:
  void start_picture(const PictureConfig& config);

  /// Codes the next macroblock. `qp`: of its line. `last_resort`: it must take next to no bits. `reference` is looked at in P pictures only.
  /// `entropy_cycles`: what the entropy stage takes for the macroblock before, which began in the same slot; -1 if there is none.
  void code(const Place& place, int qp, bool last_resort, const SourceMb& source, const ReferencePicture& reference, EntropyCoder& entropy,
            int entropy_cycles, CodedMb& out);

 private:
  struct Decision {
    bool inter = false, intra4 = false;
    PredMode luma_mode = PredMode::kDc;
    int cost = 0;
    int bits_max = 0;  ///< of all blocks of levels
  };
  struct Below {  ///< what the line below sees of a macroblock
    std::array<NeighbourVector, 2> vectors;
    std::array<uint8_t, 4> modes;
  };

  void gather(const Place& place);
  void search_motion(const Place& place, const SourceMb& source, const ReferencePicture& reference, bool last_resort, CodedMb& out);
  void decide_intra(const SourceMb& source, Decision& decision, CodedMb& out);
  bool code_intra4(const SourceMb& source, int limit, Decision& decision, CodedMb& out);
  void code_block4(int index, const SourceMb& source, CodedMb& out, int& bits, int& cost);
  static void rebuild(const QuantisedBlock& block, int dc, const Quant& quant, const uint8_t* prediction, int stride, uint8_t* out, int out_stride);
  static uint8_t thin_out(std::array<QuantisedBlock, 16>& blocks, CodedMb& out);
  Edge4 edge_of(int bx, int by, const uint8_t* luma) const;
  void code_intra16(const SourceMb& source, Decision& decision, CodedMb& out);
  void code_inter(const SourceMb& source, Decision& decision, CodedMb& out);
  void code_chroma(const SourceMb& source, const uint8_t* prediction, Rounding rounding, Decision& decision, CodedMb& out);
  void without_residual(const Decision& decision, CodedMb& out);
  void become_pcm(const SourceMb& source, CodedMb& out);
  void finish(const Place& place, CodedMb& out);

  PictureConfig config_;
  Neighbours neighbours_{};
  VectorNeighbours vectors_;
  std::array<uint8_t, 4> left_modes_{}, top_modes_{};
  std::array<NeighbourVector, 2> left_vectors_;
  std::array<std::array<uint8_t, 5>, 5> modes_{};  ///< Intra4x4PredMode by row and column; the first ones are the neighbours'
  std::array<uint8_t, 16 * kMaxWidthMbs + 16> top_luma_{};
  std::array<std::array<uint8_t, 8 * kMaxWidthMbs>, 2> top_chroma_{};
  std::array<Below, kMaxWidthMbs + 1> below_{};
  MotionResult motion_;
  Mv skip_mv_;
  int qp_ = 0;
  int last_qp_ = 0;  ///< of the last macroblock that had mb_qp_delta, or the slice's
  int bit_cost_ = 0;
};

}  // namespace saksi::hw::h264

#endif
