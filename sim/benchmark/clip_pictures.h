#ifndef SAKSI_SIM_BENCHMARK_CLIP_PICTURES_H_
#define SAKSI_SIM_BENCHMARK_CLIP_PICTURES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::sim {

/// An NV12 picture of whole macroblocks, rows without gaps.
struct Nv12Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> luma, chroma;
};

/// The first `count` pictures of a clip, or as many as it has, scaled; what is missing to whole macroblocks repeats the last column and row. Width
/// and height are even. UsageError as ClipDecoder, and if no picture can be decoded.
std::vector<Nv12Picture> still_camera(const std::string& path, int width, int height, int count);

/// The same clip before a camera that moves: the clip at twice the size, seen through a window that goes 5 pixels across and 3 down with every
/// picture and turns at the edges.
std::vector<Nv12Picture> moving_camera(const std::string& path, int width, int height, int count);

}  // namespace saksi::sim

#endif
