#ifndef SAKSI_HW_MODELS_H264_MODEL_ENTROPY_H_
#define SAKSI_HW_MODELS_H264_MODEL_ENTROPY_H_

#include <array>
#include <cstdint>
#include <vector>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// Levels of a macroblock by number of block. Blocks that its MbInfo does not have coded may hold anything.
struct MbLevels {
  std::array<Levels, kLevelBlocks> levels;
  std::array<uint16_t, kLevelBlocks> nonzero;  ///< bit z: the level at zig-zag position z is not zero
};

/// The twin of h264_entropy.sv and h264_nal.sv: slice header, macroblock layer, CAVLC residual (ITU-T H.264 clauses 7.3.3 to 7.3.5 and 9.2), NAL
/// units with emulation prevention (clause 7.4.1), and how many words stand in the FIFO. Cycles are those from start_i to done_o.
class EntropyCoder {
 public:
  void start_picture(const PictureConfig& config);

  /// Counts the bits of macroblock_layer() and writes none. Sets pcm if there are more than kMaxMbBits or a level needs a level_prefix beyond 15.
  /// Returns cycles from count_i to verdict_valid_o.
  int count(const MbInfo& info, const MbLevels& levels, const Place& place, bool& pcm);

  /// Codes a macroblock; at its slice's end also what closes the NAL unit. Of kPcm, pcm_samples are 256 of luma, 64 Cb and 64 Cr, each in raster
  /// order; otherwise they may be null. qp is for the slice header. Returns cycles.
  int code(const MbInfo& info, const MbLevels& levels, const uint8_t* pcm_samples, const Place& place, int qp);

  /// All NAL units of the picture, back to back. As bytes_o, without up to 63 bits that do not make a group of eight bytes yet.
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  /// Sizes of the complete NAL units, bytes.
  const std::vector<uint32_t>& nal_sizes() const { return nal_sizes_; }
  /// The bitstream buffer is too small.
  bool overflow() const { return bytes_.size() > config_.bs_size; }
  /// Complete 16-byte words in the FIFO.
  uint32_t words() const;
  /// Takes complete groups of four words from the FIFO, or everything and an incomplete last word too. Returns the number of words.
  uint32_t drain(bool all);

 private:
  /// Bits on their way to groups of eight bytes, the first bit highest.
  struct BitWriter {
    uint64_t* out = nullptr;
    uint64_t bits = 0;
    int fill = 0;  ///< 0..63

    /// 0 <= length <= 63; value < 2^length.
    void put(uint64_t value, int length);
    void ue(uint32_t value);
    void se(int value);
  };

  /// TotalCoeff at a macroblock's right or lower edge: four luma blocks, two Cb, two Cr.
  using Edge = std::array<uint8_t, 8>;
  /// TotalCoeff of the blocks of one colour component with those around them. The block at row and column 0 is at kOrigin.
  struct Totals {
    static constexpr int kStride = 8;
    static constexpr int kOrigin = 12;
    static constexpr uint8_t kMissing = 64;
    std::array<uint8_t, 5 * kStride> at{};
  };

  int slice_header(const Place& place, int qp);
  int slice_end();
  int mb_header(const MbInfo& info);
  void chroma_mode(PredMode mode);
  void pattern(const MbInfo& info);
  int pcm(const uint8_t* samples);
  int macroblock(const MbInfo& info, const MbLevels& levels, const Place& place);
  void gather_neighbours(const Place& place);
  int luma(const MbInfo& info, const MbLevels& levels);
  int chroma(const MbInfo& info, const MbLevels& levels);
  /// A block of kinds that nC tells apart; position is its place in totals.
  int block_at(Totals& totals, int position, const MbLevels& levels, int block, int levels_max);
  int block(const Levels& levels, uint32_t nonzero, int token_table, int levels_max);
  void levels_after_ones(const int16_t* levels, int count, int suffix_length, bool skip_one);
  void store_edges(const Place& place);
  void fill_edges(const Place& place, uint8_t total);
  /// Emulation prevention for the groups since the last call, and the last bytes of a NAL unit.
  void append_groups(bool nal_end);

  PictureConfig config_;
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> nal_sizes_;
  uint32_t nal_start_ = 0;
  uint32_t drained_ = 0;  ///< words
  int zeros_ = 0;         ///< zero bytes at the end of bytes_, 2 at most
  uint32_t run_ = 0;      ///< mb_skip_run
  bool bad_ = false;      ///< a level needs a level_prefix beyond 15

  BitWriter writer_;
  /// Of one macroblock: 27 blocks of 16 levels of 28 bits and a header.
  std::array<uint64_t, 256> groups_{};

  Totals luma_;
  std::array<Totals, 2> chroma_;
  Edge left_{};
  std::array<Edge, kMaxWidthMbs> above_{};
};

}  // namespace saksi::hw::h264

#endif
