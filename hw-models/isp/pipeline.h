#ifndef SAKSI_HW_MODELS_ISP_PIPELINE_H_
#define SAKSI_HW_MODELS_ISP_PIPELINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw-models/isp/finish.h"
#include "hw-models/isp/mosaic.h"

namespace saksi::hw {

/// From a Bayer mosaic (R G / G B) to NV12, in integers only:
///   raw 10 bit -> defect correction -> black level and white balance (12 bit linear) -> lens shading -> demosaic -> box scaling in linear light
///   -> colour matrix -> transfer curve -> BT.709 limited-range Y'CbCr, chroma averaged to half size at the left luma column (H.264's default chroma
///   position) -> denoising and sharpening.
/// Everything that is not named in a default below is off by default.
struct IspSettings {
  int in_width = 0;  ///< of the raw frame
  int in_height = 0;
  int crop_x = 0;  ///< part of the raw frame that is used; all four even
  int crop_y = 0;
  int crop_width = 0;
  int crop_height = 0;
  int out_width = 0;  ///< of the picture; even, at most the crop's size
  int out_height = 0;
  int black_level = 64;
  int red_gain = 256;  ///< 256 is 1.0
  int green_gain = 256;
  int blue_gain = 256;
  bool gamma = true;  ///< BT.709 curve; else linear

  int defect_threshold = 0;  ///< see correct_defects(); raw steps, 0: off
  int shading_k = 0;         ///< K of the gain (1 + K r^2)^2, 12 fractional bits, up to 4095; 0: off
  int shading_x = 0;         ///< where r is 0, in raw columns and rows
  int shading_y = 0;
  int shading_radius = 0;          ///< where r is 1, in raw columns from there; 0: off
  bool gradient_demosaic = false;  ///< else bilinear
  /// Rows give red, green, blue of the picture; 1024 is 1.0, from -4096 to 4095.
  std::array<int, 9> colour_matrix{1024, 0, 0, 0, 1024, 0, 0, 0, 1024};
  FinishSettings luma_finish;
  FinishSettings chroma_finish;  ///< denoising alone

  bool shades() const { return shading_k != 0 && shading_radius != 0; }
  /// K times a squared distance in one direction, in raw samples, with kShadingBits fractional bits.
  int shading_term(int distance) const;
  /// Whether the pipeline can do this.
  bool valid() const;
  /// The raw rows [first_row(), end_row()) are all that the picture and its statistics depend on.
  int first_row() const;
  int end_row() const;
};

/// Where the picture goes. Rows and columns up to the next multiple of 16 are written too, repeating the edge.
struct Nv12Planes {
  uint8_t* luma = nullptr;
  uint8_t* chroma = nullptr;  ///< Cb, Cr, Cb, Cr...
  size_t stride = 0;          ///< bytes, both planes
};

constexpr int padded_to_16(int size) { return (size + 15) / 16 * 16; }

/// Y'CbCr, limited range, of gamma-coded R'G'B' in 0..4095: the pipeline's matrix, for one colour.
struct Yuv {
  uint8_t y, cb, cr;
};
Yuv bt709_yuv(int red, int green, int blue);

/// BT.709 opto-electronic transfer: 0..4095 linear to 0..4095 coded.
const std::array<uint16_t, 4096>& bt709_curve();

/// Box filter in one direction: output i is the mean of the inputs it covers, by weights that add up to exactly 16384.
class BoxWeights {
 public:
  /// 1 <= outputs <= inputs.
  void set(int inputs, int outputs);
  int taps() const { return taps_; }
  int first(int output) const { return first_[static_cast<size_t>(output)]; }
  /// taps() weights, some of them 0.
  const int16_t* weights(int output) const { return &weights_[static_cast<size_t>(output) * static_cast<size_t>(taps_)]; }
  static constexpr int kBits = 14;

 private:
  int inputs_ = 0;
  int outputs_ = 0;
  int taps_ = 0;
  std::vector<int> first_;
  std::vector<int16_t> weights_;
};

/// The pipeline with its line buffers.
class IspPipeline {
 public:
  /// `raw`: in_width * in_height samples of 10 bits. Settings must be valid. Returns the sum of the picture's luma, padding not counted.
  uint64_t process(const IspSettings& settings, const uint16_t* raw, const Nv12Planes& out);

 private:
  /// A row in three colours.
  struct Colours {
    std::vector<int16_t> red, green, blue;
    void resize(size_t n);
  };

  void configure(const IspSettings& settings);
  void configure_shading();
  void configure_finish();
  const uint16_t* raw_row(int y);
  const uint16_t* sound_row(int y);
  const int16_t* linear_row(int y);
  const Colours& demosaiced_row(int crop_y);
  void scaled_row(int out_y, Colours& coded);
  void code_row(Colours& row) const;
  void keep_luma(const Colours& coded, int16_t* luma) const;
  void keep_chroma(int out_y);
  void finish(const Nv12Planes& out);
  int chroma_sum(const std::vector<int16_t> Colours::*plane, size_t x) const;
  void write_luma(const Colours& coded, uint8_t* luma) const;
  void write_chroma(uint8_t* chroma) const;
  void pad(const Nv12Planes& out) const;

  IspSettings settings_;
  BoxWeights horizontal_, vertical_;
  std::array<std::array<int16_t, 1024>, 4> to_linear_;  ///< by place in the mosaic: R, G, G, B
  std::array<uint16_t, 4096> curve_;

  const uint16_t* raw_ = nullptr;
  // Row y at y mod kRows, with kMosaicMargin samples before and behind.
  static constexpr size_t kRows = 8;
  std::array<std::vector<uint16_t>, kRows> margined_;  ///< of the raw frame
  std::array<int, kRows> margined_y_;
  std::vector<uint16_t> sound_;  ///< the row that is being made linear, without its defects
  std::array<std::vector<int16_t>, kRows> linear_;
  std::array<int, kRows> linear_y_;
  std::vector<int32_t> shading_;  ///< by column, with margin
  static constexpr size_t kDemosaicedRows = 2;
  std::array<Colours, kDemosaicedRows> demosaiced_;  ///< row y of the crop at y mod 2
  std::array<int, kDemosaicedRows> demosaiced_y_;
  std::vector<int32_t> sums_;     ///< a row being scaled vertically
  std::vector<int16_t> narrow_;   ///< the same, done
  std::array<Colours, 2> coded_;  ///< the two picture rows that share a chroma row
  /// The picture in sixteenths of an 8-bit step, a sample of margin on every side, if it is to be finished: Y, Cb, Cr.
  std::array<std::vector<int16_t>, 3> fine_;
};

}  // namespace saksi::hw

#endif
