#include "hw-models/h264/size_draw.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "hw-models/h264/model/filled_picture.h"

namespace saksi::hw {

namespace {

/// What a macroblock can do with at least when MAX_BYTES comes near, bytes; as in h264_sequencer.sv.
constexpr double kLastResortBytes = 6;

/// Share of a line in the picture's bytes.
double line_share(const SizesOfType& type, int line, int lines) {
  // A line may lie in two bands.
  const double begin = static_cast<double>(kSizeBands) * line / lines, end = static_cast<double>(kSizeBands) * (line + 1) / lines;
  double share = 0;
  for (size_t band = 0; band < kSizeBands; ++band) {
    const double from = std::max(begin, static_cast<double>(band)), to = std::min(end, static_cast<double>(band + 1));
    if (to > from) share += type.bands[band] * (to - from);
  }
  return share;
}

}  // namespace

SizeDraw::SizeDraw(SizeTable table, uint64_t seed) : table_(std::move(table)), random_(seed, "encoder/sizes") {}

DrawnPicture SizeDraw::next(const h264::PictureConfig& config) {
  if (!source_ || config.width_mbs != width_mbs_ || config.height_mbs != height_mbs_) {
    source_.emplace(table_.at(config.width_mbs, config.height_mbs));
    width_mbs_ = config.width_mbs;
    height_mbs_ = config.height_mbs;
  }
  const double score_i = source_->score_i.next(random_), score_p = source_->score_p.next(random_);
  const SizesOfType& type = config.inter ? source_->sizes.p : source_->sizes.i;
  const double score = config.inter ? score_p : score_i;
  const int mbs = config.width_mbs * config.height_mbs;
  const int rows = config.slice_rows == 0 ? config.height_mbs : config.slice_rows;
  DrawnPicture drawn;
  drawn.slice_bytes.assign(static_cast<size_t>(h264::slice_count(config)), 0);
  double bytes = 0, of_slice = 0;
  uint32_t expected = 0;
  for (int line = 0; line < config.height_mbs; ++line) {
    const int qp = h264::line_qp(config, static_cast<size_t>(bytes), expected);
    expected += config.row_bytes;
    drawn.counters.qp_sum += static_cast<uint32_t>(qp);
    double of_line = type.bits(qp, score) / 8 * mbs * line_share(type, line, config.height_mbs);
    const double for_others = kLastResortBytes * (mbs - (line + 1) * config.width_mbs);
    if (config.max_bytes != 0) of_line = std::max(0.0, std::min(of_line, config.max_bytes - bytes - for_others));
    bytes += of_line;
    of_slice += of_line;
    if ((line + 1) % rows != 0 && line + 1 != config.height_mbs) continue;
    drawn.slice_bytes[static_cast<size_t>(line / rows)] = static_cast<uint32_t>(of_slice);
    of_slice -= std::floor(of_slice);
  }
  const SizesAtQp at = type.at(static_cast<double>(drawn.counters.qp_sum) / config.height_mbs);
  drawn.counters.cycles = static_cast<uint32_t>(at.cycles * mbs);
  drawn.counters.skip_mbs = static_cast<uint32_t>(at.skipped * mbs);
  drawn.counters.intra_mbs = static_cast<uint32_t>(at.intra * mbs);
  return drawn;
}

}  // namespace saksi::hw
