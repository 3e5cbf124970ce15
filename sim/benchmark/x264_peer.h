#ifndef SAKSI_SIM_BENCHMARK_X264_PEER_H_
#define SAKSI_SIM_BENCHMARK_X264_PEER_H_

#include <string>
#include <vector>

#include "sim/benchmark/clip_pictures.h"

namespace saksi::sim {

/// What libx264, used through FFmpeg's libavcodec in this process, makes of a clip.
struct X264Clip {
  std::string problem;         ///< why there is no figure; empty if there is one
  std::string settings;        ///< as libx264 itself writes them into the stream
  double kbits_a_picture = 0;  ///< NAL units of slices without start codes: no parameter sets and no text, as CodedClip is counted
  double psnr_db = 0;          ///< mean of luma, of what FFmpeg's decoder makes of it
};

/// The command line of the program x264 that libx264 is set to be like.
std::string x264_line(const std::string& qp);
X264Clip code_by_x264(const std::vector<Nv12Picture>& pictures, int qp);

}  // namespace saksi::sim

#endif
