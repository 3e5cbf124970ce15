#ifndef SAKSI_HW_MODELS_H264_H264_CHECK_H_
#define SAKSI_HW_MODELS_H264_H264_CHECK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/h264/h264_circuit.h"
#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/h264/picture_input.h"

namespace saksi::hw {

/// Holds the encoder's twin against its circuit, picture by picture.
class H264Check {
 public:
  explicit H264Check(const h264::BusTiming& bus) : bus_(bus) {}

  /// Codes the picture by both. Returns the first thing in which they differ, in words: picture, macroblock, stage, syntax element, cycle.
  /// Empty if they are equal in everything.
  std::string compare(const PictureInput& input);

 private:
  h264::BusTiming bus_;
  std::unique_ptr<H264Circuit> circuit_;  ///< made when it is first needed
};

/// What the twin and the circuit have made of a picture.
struct TwoResults {
  const std::vector<h264::PictureCoder::MbTrace>* twin_mbs;
  const std::vector<H264Circuit::Macroblock>* circuit_mbs;
  const std::vector<uint8_t>*twin_bytes, *circuit_bytes;
  h264::PictureCounters twin_counters, circuit_counters;
  const std::vector<uint8_t>*twin_luma, *circuit_luma;  ///< reconstructed, of rec_stride
  const std::vector<uint8_t>*twin_chroma, *circuit_chroma;
};
std::string first_difference(uint64_t picture, const h264::PictureConfig& config, const TwoResults& results);

}  // namespace saksi::hw

#endif
