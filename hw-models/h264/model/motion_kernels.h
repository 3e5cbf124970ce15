#ifndef SAKSI_HW_MODELS_H264_MODEL_MOTION_KERNELS_H_
#define SAKSI_HW_MODELS_H264_MODEL_MOTION_KERNELS_H_

#include <array>
#include <cstdint>

namespace saksi::hw::h264::motion {

/// An 8x8 block at the four corners of a quadrant between whole samples, by Sample; rows of 8 without gaps.
struct Planes {
  alignas(16) uint8_t pixels[4][64];
};
/// Samples, with the letters of clause 8.4.2.2.1: whole (G), half a sample to the side (b), half a sample down (h), both (j).
enum Sample { kWhole, kSide, kDown, kBoth };

/// Where the whole samples of a quadrant lie: 1 if right of (below) the half samples, 0 if left of (above) them.
struct Quadrant {
  int right = 0, below = 0;
};

/// The pixel loops of the motion search in portable C++; strides in bytes.
namespace portable {
/// SADs of the four 8x8 blocks of a macroblock.
std::array<int, 4> sad16(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride);
/// SAD of an 8x8 block.
int sad8(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride);
/// SAD of an 8x8 block against the rounded mean of two blocks, which have rows without gaps.
int sad8_mean(const uint8_t* a, int a_stride, const uint8_t* p, const uint8_t* q);
/// The rounded mean of two 8x8 blocks, to rows 16 bytes apart.
void mean8(const uint8_t* p, const uint8_t* q, uint8_t* out);
/// All samples of a quadrant. from is two pixels left of and above the upper left whole pixel around the half samples; 16x13 pixels are read.
void interpolate8(const uint8_t* from, int stride, Quadrant quadrant, Planes& out);
/// 4x4 pixels of chroma, dx and dy in eighths of a sample (clause 8.4.2.2.2), to rows 8 bytes apart. from is NV12; 5x5 pairs are read, 4x4
/// if dx and dy are 0.
void chroma4(const uint8_t* from, int stride, int dx, int dy, uint8_t* cb, uint8_t* cr);
}  // namespace portable

#if defined(__SSE2__)
/// The same in SSE2.
namespace sse2 {
std::array<int, 4> sad16(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride);
int sad8(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride);
int sad8_mean(const uint8_t* a, int a_stride, const uint8_t* p, const uint8_t* q);
void mean8(const uint8_t* p, const uint8_t* q, uint8_t* out);
void interpolate8(const uint8_t* from, int stride, Quadrant quadrant, Planes& out);
void chroma4(const uint8_t* from, int stride, int dx, int dy, uint8_t* cb, uint8_t* cr);
}  // namespace sse2
namespace kernels = sse2;
#else
namespace kernels = portable;
#endif

}  // namespace saksi::hw::h264::motion

#endif
