#include "hw-models/h264/model/filled_picture.h"

#include <algorithm>

namespace saksi::hw::h264 {

namespace {

constexpr int kBlocks = 24;        // that hold a level: 16 of luma, 8 of chroma AC
constexpr int kLevelBits = 11;     // that a level adds to its block: coeff_token 2 for 1, a sign, total_zeros 9
constexpr int kLastPosition = 15;  // in zig-zag order; the longest total_zeros
constexpr uint32_t kPcmBytes = 384;
constexpr int kDeltaBits = 10;  // that mb_qp_delta adds at most; 0 to 10 in steps of 2

int ue_bits(uint32_t value) { return 2 * (31 - __builtin_clz(value + 1)) + 1; }
int se_bits(int value) { return ue_bits(value > 0 ? static_cast<uint32_t>(2 * value - 1) : static_cast<uint32_t>(-2 * value)); }

/// An mb_qp_delta that takes 1 + extra bits.
int delta_of(int extra) { return extra == 0 ? 0 : 1 << (extra / 2 - 1); }

/// mb_qp_delta from a quantisation parameter to 0; they count modulo 52.
int delta_to_zero(int qp) { return qp <= 26 ? -qp : 52 - qp; }

/// mb_type of Intra 16x16, predicted as DC, after what comes before it in its slice (tables 7-11 and 7-13).
uint32_t intra_type(bool inter, bool levels) { return (inter ? 5u : 0u) + 1 + 2 + (levels ? 4 * 2 + 12 : 0u); }

/// Bits of a macroblock without mb_qp_delta's own beyond the first: skip run of 0, type, chroma mode, mb_qp_delta 0, coeff_token of the luma DC.
int plain_bits(bool inter) { return (inter ? 1 : 0) + ue_bits(intra_type(inter, false)) + 3; }
/// Likewise one that has levels coded, all zero: 16 tokens of luma, two of chroma DC of two bits each, 8 of chroma AC.
int filled_bits(bool inter) { return (inter ? 1 : 0) + ue_bits(intra_type(inter, true)) + 3 + 16 + 4 + 8; }

int header_bits(const PictureConfig& c, int first_mb) {
  int bits = 8 + ue_bits(static_cast<uint32_t>(first_mb)) + ue_bits(c.inter ? 5 : 7) + 5 + (c.idr ? 2 : 1) + se_bits(c.qp - 26) + 3;
  if (c.idr) bits += ue_bits(static_cast<uint32_t>(c.idr_pic_id));
  if (c.inter) bits += 2;
  return bits;
}

}  // namespace

int slice_count(const PictureConfig& config) { return config.slice_rows == 0 ? 1 : (config.height_mbs + config.slice_rows - 1) / config.slice_rows; }

/// The bits of a slice up to its stop bit, or up to the alignment of its first I_PCM macroblock.
int64_t FilledPicture::bits_of(const Plan& plan, int first_mb, int mbs) const {
  const bool inter = config_.inter;
  const int coded = plan.filled + static_cast<int>(plan.deltas.size());
  const int rest = mbs - coded - plan.pcm;
  int64_t bits = header_bits(config_, first_mb);
  if (plan.filled > 0) {
    bits += int64_t{plan.filled} * filled_bits(inter) + se_bits(delta_to_zero(config_.qp)) - 1;
    bits += int64_t{kLevelBits} * (int64_t{kBlocks} * (plan.filled - 1) + plan.last_blocks);
  }
  for (const int delta : plan.deltas) bits += plain_bits(inter) + se_bits(delta) - 1;
  if (!inter) bits += int64_t{rest} * plain_bits(inter);
  if (inter && (rest > 0 || plan.pcm > 0)) bits += ue_bits(static_cast<uint32_t>(rest));
  if (plan.pcm > 0) bits += ue_bits(inter ? 30 : 25);
  return bits;
}

/// The most bits, as bits_of() counts them, with which a slice takes so many bytes; negative if there is no such slice.
static int64_t bits_for(uint32_t bytes, int pcm) {
  if (pcm == 0) return 8 * int64_t{bytes} - 1;
  // Two bytes before the samples of each further one, and one with the stop bit.
  return 8 * (int64_t{bytes} - int64_t{kPcmBytes} * pcm - 2 * int64_t{pcm - 1} - 1);
}

FilledPicture::Plan FilledPicture::plan(int first_mb, int mbs, uint32_t bytes) const {
  Plan plan;
  const auto left = [&] { return bits_for(bytes, plan.pcm) - bits_of(plan, first_mb, mbs); };
  plan.pcm = std::min(mbs, static_cast<int>(bytes / kPcmBytes));
  while (plan.pcm > 0 && left() < 0) --plan.pcm;

  const int free = mbs - plan.pcm;
  const int full_bits = filled_bits(config_.inter) + kBlocks * kLevelBits - (config_.inter ? 0 : plain_bits(false));
  plan.last_blocks = kBlocks;
  plan.filled = static_cast<int>(std::min<int64_t>(free, std::max<int64_t>(0, left()) / full_bits + 1));
  // In an I slice a macroblock without levels is there anyway; in a P slice it must be paid for, and what is left be nothing or enough for it.
  const int own = config_.inter ? plain_bits(true) : 0;
  const auto unfit = [&](int64_t bits) { return bits < 0 || (bits > 7 && bits < own); };
  while (plan.filled > 0 && unfit(left())) {
    if (plan.last_blocks > 0) {
      --plan.last_blocks;
    } else {
      --plan.filled;
      plan.last_blocks = kBlocks;
    }
  }
  while (left() > 7 && left() >= own && plan.filled + static_cast<int>(plan.deltas.size()) < free) {
    const int64_t gap = left() - own;
    int extra = static_cast<int>(std::min<int64_t>(kDeltaBits, gap / 2 * 2));
    while (extra > 0 && unfit(gap - extra)) extra -= 2;
    const bool up = plan.deltas.size() % 2 == 0;
    plan.deltas.push_back(up ? delta_of(extra) : -delta_of(extra));
  }
  return plan;
}

void FilledPicture::write(const PictureConfig& config, const std::vector<uint32_t>& slice_bytes) {
  config_ = config;
  entropy_.start_picture(config);
  const int rows = config.slice_rows == 0 ? config.height_mbs : config.slice_rows;
  for (size_t slice = 0; slice < slice_bytes.size(); ++slice) {
    const int line = static_cast<int>(slice) * rows;
    const int mbs = std::min(rows, config.height_mbs - line) * config.width_mbs;
    write_slice(line * config.width_mbs, mbs, plan(line * config.width_mbs, mbs, slice_bytes[slice]));
  }
}

void FilledPicture::write_slice(int first_mb, int mbs, const Plan& plan) {
  MbInfo plain, filled, skipped, pcm;
  plain.kind = filled.kind = MbKind::kIntra16;
  filled.cbp_luma = 15;
  filled.cbp_chroma = 2;
  pcm.kind = MbKind::kPcm;
  const int tuned = plan.filled + static_cast<int>(plan.deltas.size());
  for (int mb = 0; mb < mbs; ++mb) {
    if (mb < plan.filled) {
      filled.qp_delta = static_cast<int8_t>(mb == 0 ? delta_to_zero(config_.qp) : 0);
      code(filled, mb + 1 == plan.filled ? plan.last_blocks : kBlocks, first_mb + mb, first_mb, mbs);
    } else if (mb < tuned) {
      plain.qp_delta = static_cast<int8_t>(plan.deltas[static_cast<size_t>(mb - plan.filled)]);
      code(plain, 0, first_mb + mb, first_mb, mbs);
    } else if (mb >= mbs - plan.pcm) {
      code(pcm, 0, first_mb + mb, first_mb, mbs);
    } else {
      plain.qp_delta = 0;
      code(config_.inter ? skipped : plain, 0, first_mb + mb, first_mb, mbs);
    }
  }
}

/// Codes macroblock `mb` with a level in that many of its blocks.
void FilledPicture::code(const MbInfo& info, int blocks, int mb, int first_mb, int mbs) {
  static const std::vector<uint8_t> kGrey(kPcmBytes, 128);
  if (info.cbp_luma != 0) {
    for (int b = 0; b < kBlocks; ++b) {
      levels_.levels[static_cast<size_t>(b)][kLastPosition] = 1;
      levels_.nonzero[static_cast<size_t>(b)] = static_cast<uint16_t>(b < blocks ? 1 << kLastPosition : 0);
    }
  }
  Place place;
  place.x = mb % config_.width_mbs;
  place.y = mb / config_.width_mbs;
  place.has_left = place.x > 0;
  place.has_top = mb - first_mb >= config_.width_mbs;
  place.slice_first = mb == first_mb;
  place.slice_last = mb + 1 == first_mb + mbs;
  place.picture_last = mb + 1 == config_.width_mbs * config_.height_mbs;
  entropy_.code(info, levels_, kGrey.data(), place, config_.qp);
}

}  // namespace saksi::hw::h264
