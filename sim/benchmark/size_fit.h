#ifndef SAKSI_SIM_BENCHMARK_SIZE_FIT_H_
#define SAKSI_SIM_BENCHMARK_SIZE_FIT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/h264/picture_input.h"
#include "hw-models/h264/size_table.h"

namespace saksi::sim {

/// Of the pictures of a scene, those in even blocks of this many seconds are for fitting a table, those in odd ones for checking it.
constexpr int kFitBlockS = 5;
inline bool is_for_fit(size_t picture, int fps) { return picture / static_cast<size_t>(kFitBlockS * fps) % 2 == 0; }

/// Fits the distribution of sizes and times to pictures that the encoder is given: codes each by the encoder's twin at every second
/// quantisation parameter from 10 to 51, after the picture before it and alone.
class SizeFit {
 public:
  explicit SizeFit(int fps);
  ~SizeFit();

  /// The next picture; pictures that are not for fitting are coded all the same, since others refer to them.
  void add(const hw::PictureInput& input);

  size_t pictures() const { return pictures_; }
  /// Of the pictures so far. Throws UsageError if there are too few.
  hw::SizesOfPicture fitted(int width, int height) const;

  /// What one picture came to, per macroblock.
  struct Sample {
    size_t picture;
    double bits, cycles, skipped, intra;
  };

 private:
  struct Chain;
  struct Planes {
    std::vector<uint8_t> luma, chroma;
  };
  struct Samples {
    std::vector<std::vector<Sample>> at_qp;  ///< by index of the quantisation parameter
    std::array<double, hw::kSizeBands> bands{};
  };
  void code(size_t qp_index, const hw::PictureInput& input, bool inter, Planes& made);
  static hw::SizesOfType fitted(const Samples& samples);

  int fps_;
  size_t pictures_ = 0;
  std::vector<std::unique_ptr<Chain>> chains_;  ///< one for each quantisation parameter
  Samples i_, p_;
};

/// The text of a table's file; `fitted` are lines on where it comes from, "key: value".
std::string text_of(const hw::SizeTable& table, const std::vector<std::string>& fitted);

}  // namespace saksi::sim

#endif
