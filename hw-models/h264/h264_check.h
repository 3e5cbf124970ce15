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

/// The first thing in which the twin and the circuit differ.
struct H264Difference {
  std::string words;   ///< picture, macroblock, stage, syntax element, cycle; empty if they are equal in everything
  uint64_t cycle = 0;  ///< of the picture, in the circuit: where to look
};

/// Holds the encoder's twin against its circuit, picture by picture.
class H264Check {
 public:
  explicit H264Check(const h264::BusTiming& bus) : H264Check(bus, bus) {}
  /// With a circuit whose memory has another timing than the twin counts with: so a test makes them differ.
  H264Check(const h264::BusTiming& twin, const h264::BusTiming& circuit) : twin_bus_(twin), circuit_bus_(circuit) {}

  /// Codes the picture by both.
  H264Difference compare(const PictureInput& input);
  /// Codes the picture by the circuit once more and writes the waves of some hundred clock cycles around `cycle` to an FST file, in which cycle n
  /// of the picture begins at n * 10 ns. False if it could not be written. At most once.
  bool record(const PictureInput& input, uint64_t cycle, const std::string& path);

 private:
  H264Circuit& circuit();

  h264::BusTiming twin_bus_, circuit_bus_;
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
H264Difference first_difference(uint64_t picture, const h264::PictureConfig& config, const TwoResults& results);

}  // namespace saksi::hw

#endif
