#ifndef SAKSI_HW_MODELS_H264_SIZE_TABLE_H_
#define SAKSI_HW_MODELS_H264_SIZE_TABLE_H_

#include <array>
#include <string>
#include <vector>

#include "hw-models/h264/autoregression.h"

namespace saksi::hw {

/// Where the distribution of sizes is kept, in standard deviations of a normal variable: at its quantiles there, the distribution's are known.
constexpr std::array<double, 11> kSizeScores{-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3};
/// Parts of a picture's height whose shares of the bytes are kept.
constexpr size_t kSizeBands = 8;

/// Pictures of one type at one quantisation parameter. Per macroblock, so that a table serves sizes near the one that it was fitted at.
struct SizesAtQp {
  int qp = 0;
  std::array<double, kSizeScores.size()> bits{};  ///< of the NAL units, at each of kSizeScores; ascending, above 0
  double cycles = 0;                              ///< mean
  double skipped = 0, intra = 0;                  ///< mean share of the macroblocks, 0 to 1
};

/// Pictures of one type.
struct SizesOfType {
  std::array<double, kSizeLags> correlations{};  ///< of the normal variable with that of 1, 2 and so on pictures before, -1 to 1
  std::array<double, kSizeBands> bands{};        ///< share of the bytes from top to bottom; they add up to 1
  std::vector<SizesAtQp> qps;                    ///< by ascending qp; at least one

  /// Interpolated: bits and cycles geometrically, shares linearly. Beyond the ends as at the ends.
  double bits(int qp, double score) const;
  /// As above at that parameter; bits are left out.
  SizesAtQp at(double qp) const;
};

/// Picture sizes of a class of scenes at one size of picture.
struct SizesOfPicture {
  int width = 0, height = 0;  ///< pixels
  std::string command;        ///< that has fitted it, for people
  SizesOfType i, p;
};

/// What fit-sizes has found out of a class of scenes. The file's form: docs/formats/size-table.md.
struct SizeTable {
  std::string scene_class;
  std::vector<SizesOfPicture> pictures;  ///< at least one

  /// Throws UsageError with file, line and what was expected.
  static SizeTable load(const std::string& path);
  /// The sizes of pictures of so many macroblocks: between two entries of the same parameters interpolated, by the logarithm of the macroblocks; else
  /// the nearest entry.
  SizesOfPicture at(int width_mbs, int height_mbs) const;
  /// True if at() is worth its name: there is an entry with at most 1.6 times the macroblocks or fewer by that, or one on either side.
  bool covers(int width_mbs, int height_mbs) const;
};

}  // namespace saksi::hw

#endif
