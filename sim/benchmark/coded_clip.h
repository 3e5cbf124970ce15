#ifndef SAKSI_SIM_BENCHMARK_CODED_CLIP_H_
#define SAKSI_SIM_BENCHMARK_CODED_CLIP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/h264/model/picture_coder.h"
#include "sim/benchmark/clip_pictures.h"

namespace saksi::sim {

/// How a clip is coded: at one QP, deblocked, an IDR picture every `gop` pictures and P pictures between.
struct CodingJob {
  int qp = 27;
  int gop = 60;
};

/// What came of a picture.
struct CodedPicture {
  std::vector<uint8_t> bytes;  ///< its NAL unit, without start code
  hw::h264::PictureCounters counters;
  std::vector<uint8_t> luma, chroma;  ///< reconstructed
};

struct CodedClip {
  std::vector<CodedPicture> pictures;
  double cpu_s = 0;  ///< of this process while it coded, nothing else
};

/// By the encoder's C++ twin, and by its Verilated circuit: both with the memory timing that a run has by default.
CodedClip code_by_twin(const std::vector<Nv12Picture>& pictures, const CodingJob& job);
CodedClip code_by_circuit(const std::vector<Nv12Picture>& pictures, const CodingJob& job);

/// The first picture in which the two are unequal in bytes, reconstructed pixels or a counter, in words; empty if there is none.
std::string first_difference(const CodedClip& twin, const CodedClip& circuit);

/// Thousand bits a picture, NAL units without start codes.
double kbits_a_picture(const CodedClip& coded);
double cycles_of(const CodedClip& coded);

/// Peak signal to noise ratio in dB of luma of `stride` bytes a row against a picture; 99 if they are equal.
double luma_psnr(const Nv12Picture& picture, const uint8_t* luma, int stride);
/// Its mean over the pictures.
double mean_luma_psnr(const std::vector<Nv12Picture>& pictures, const CodedClip& coded);

}  // namespace saksi::sim

#endif
