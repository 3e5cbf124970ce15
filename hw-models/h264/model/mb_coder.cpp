#include "hw-models/h264/model/mb_coder.h"

#include <algorithm>
#include <cstring>

namespace saksi::hw::h264 {

namespace {

/// Clock cycles of the states of h264_front.sv.
constexpr int kVectorCycles = 1;
constexpr int kLumaCycles = 19;       // forward transform of the inter prediction, and the choice after it
constexpr int kIntraCostCycles = 20;  // of Intra16x16, with its choice
constexpr int kBlock4Cycles = 3;      // Intra4x4: choice, transform, reconstruction
constexpr int kRedoCycles = 18;       // the inter prediction's transform once more
constexpr int kLuma16Cycles = 17;
constexpr int kChromaChoiceCycles = 11;
constexpr int kChromaCycles = 12;  // forward, and until the second transforms are there
constexpr int kEndCycles = 2;
constexpr int kPcmCycles = 26;

constexpr uint8_t kNoMode = 0xFF;  // a neighbour that does not exist

/// No macroblock header is longer: mb_type, four vectors of up to 34 bits, coded_block_pattern, mb_qp_delta.
constexpr int kHeaderBitsMax = 180;

/// Of the whole-sample vector of P_Skip, in sums of absolute differences: below it the residual is most likely zero.
int skip_threshold(int bit_cost) { return 48 * bit_cost; }

/// Below this the inter prediction is good enough not to ask for intra.
int intra_threshold(int bit_cost) { return 192 * bit_cost; }

/// Bits of mb_type and modes beyond the inter macroblock's, by what they cost in the end.
constexpr std::array<uint8_t, 4> kLumaModeBits = {0, 0, 2, 2};
constexpr std::array<uint8_t, 4> kChromaModeBits = {2, 2, 0, 4};
constexpr int kIntra16Bits = 4;
constexpr int kIntra4Bits = 8;

/// A quantised 8x8 block, or macroblock, worth less is dropped: its bits cost more than its distortion.
constexpr int kKeep8x8 = 4;
constexpr int kKeepLuma = 6;
constexpr int kKeepChroma = 7;

/// Raster number of a block by luma4x4BlkIdx.
constexpr std::array<uint8_t, 16> kRasterOf = {0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15};

/// Whether the four pixels above to the right of a block inside the macroblock are decoded before it, bit by raster number (not for row 0).
constexpr unsigned kHasTopRight = 0x5750;

}  // namespace

void MbCoder::start_picture(const PictureConfig& config) { config_ = config; }

void MbCoder::gather(const Place& place) {
  Neighbours& n = neighbours_;
  const auto x = static_cast<size_t>(place.x);
  n.has_left = place.has_left;
  n.has_top = place.has_top;
  n.has_top_right = place.has_top && place.x + 1 < config_.width_mbs;
  n.corner_y = n.top_y[15];
  n.corner_c[0] = n.top_c[0][7];
  n.corner_c[1] = n.top_c[1][7];
  std::memcpy(n.top_y, &top_luma_[16 * x], 20);
  std::memcpy(n.top_c[0], &top_chroma_[0][8 * x], 8);
  std::memcpy(n.top_c[1], &top_chroma_[1][8 * x], 8);
  const auto unless = [](bool exists, const NeighbourVector& v) { return exists ? v : NeighbourVector{}; };
  vectors_.top_left = unless(place.has_top && place.has_left, vectors_.top[1]);
  for (size_t i = 0; i < 2; ++i) {
    vectors_.left[i] = unless(place.has_left, left_vectors_[i]);
    vectors_.top[i] = unless(place.has_top, below_[x].vectors[i]);
  }
  vectors_.top_right = unless(n.has_top_right, below_[x + 1].vectors[0]);
  top_modes_ = below_[x].modes;
  if (!place.has_top) top_modes_.fill(kNoMode);
  if (!place.has_left) left_modes_.fill(kNoMode);
}

void MbCoder::code(const Place& place, int qp, bool last_resort, const SourceMb& source, const ReferencePicture& reference, EntropyCoder& entropy,
                   int entropy_cycles, CodedMb& out) {
  if (place.slice_first) last_qp_ = qp;
  qp_ = qp;
  bit_cost_ = bit_cost(qp);
  gather(place);
  out.info = MbInfo{};
  out.levels.nonzero.fill(0);
  out.cycles = 0;
  Decision decision;
  if (config_.inter) {
    search_motion(place, source, reference, last_resort, out);
    decision.inter = true;
    out.cycles += kVectorCycles + motion_.cycles + kLumaCycles + 2;
    if (!motion_.early && !last_resort) {
      int distortion = 0;
      for (int i = 0; i < 8; ++i) {
        const int at = i / 2 * 4 * 16 + i % 2 * 8;
        distortion += hadamard_cost_pair(source.luma + i / 2 * 4 * source.stride + i % 2 * 8, source.stride, motion_.luma + at, 16);
      }
      decision.cost = distortion + 2 * motion_.mv_cost;
      if (distortion > intra_threshold(bit_cost_)) decide_intra(source, decision, out);
    }
    if (last_resort && !motion_.early) decision.inter = false;
  } else if (!last_resort) {
    decide_intra(source, decision, out);
  }
  if (last_resort) {
    if (!decision.inter) out.cycles += 1 + kLuma16Cycles;
    without_residual(decision, out);
  } else if (decision.inter) {
    code_inter(source, decision, out);
  } else {
    alignas(16) uint8_t prediction[128];
    if (!decision.intra4) code_intra16(source, decision, out);
    int cost;
    out.cycles += kChromaChoiceCycles;
    out.info.chroma_mode = choose_mode(chroma_costs(source.chroma, neighbours_), neighbours_, bit_cost_, kChromaModeBits, cost);
    predict_chroma(out.info.chroma_mode, neighbours_, prediction);
    code_chroma(source, prediction, Rounding::kIntra, decision, out);
  }
  out.cycles += kChromaCycles + (decision.intra4 ? 8 : 24) + kEndCycles;
  if (kHeaderBitsMax + decision.bits_max > kMaxMbBits) {
    bool pcm = false;
    out.info.qp_delta = static_cast<int8_t>(qp_ - last_qp_);
    if (decision.inter) out.info.mvd = differences(vectors_, out.info.partition, motion_.mv);
    // The entropy stage must be done with the macroblock before.
    out.cycles = std::max(out.cycles, entropy_cycles + 2) + 2 + entropy.count(out.info, out.levels, place, pcm) + 1;
    if (pcm) {
      become_pcm(source, out);
      out.cycles += kPcmCycles;
    }
  }
  finish(place, out);
}

void MbCoder::search_motion(const Place& place, const SourceMb& source, const ReferencePicture& reference, bool last_resort, CodedMb& out) {
  MotionInput in;
  in.mb_x = place.x;
  in.mb_y = place.y;
  in.mvp = predict_16x16(vectors_);
  in.skip_mv = skip_mv_ = skip_vector(vectors_);
  in.candidates = {vectors_.left[0].mv, vectors_.top[0].mv, vectors_.top_right.mv};
  in.bit_weight = std::max(1, bit_cost_ / 2);
  in.skip_sad = last_resort ? 0xFFFF : skip_threshold(bit_cost_);
  in.source = source.luma;
  in.source_stride = source.stride;
  search(in, reference, motion_);
  out.info.kind = MbKind::kInter;
}

/// Looks whether intra prediction beats `decision.cost`; of I pictures, which there is no cost yet.
void MbCoder::decide_intra(const SourceMb& source, Decision& decision, CodedMb& out) {
  int cost16;
  const PredMode mode = choose_mode(luma_costs(source.luma, source.stride, neighbours_), neighbours_, bit_cost_, kLumaModeBits, cost16);
  cost16 += kIntra16Bits * bit_cost_;
  // Intra4x4 seldom takes a quarter off.
  out.cycles += kIntraCostCycles;
  const bool hopeless = decision.inter && cost16 - cost16 / 4 >= decision.cost;
  if (!decision.inter || cost16 < decision.cost) {
    decision.inter = false;
    decision.luma_mode = mode;
    decision.cost = cost16;
  }
  if (hopeless) return;
  if (code_intra4(source, decision.cost, decision, out)) {
    decision.inter = false;
    decision.intra4 = true;
  } else {
    out.cycles += decision.inter ? kRedoCycles : kLuma16Cycles;
  }
}

Edge4 MbCoder::edge_of(int bx, int by, const uint8_t* luma) const {
  const Neighbours& n = neighbours_;
  Edge4 edge;
  edge.has_left = bx > 0 || n.has_left;
  edge.has_top = by > 0 || n.has_top;
  for (int i = 0; i < 4; ++i) edge.e[3 - i] = bx > 0 ? luma[(4 * by + i) * 16 + 4 * bx - 1] : n.left_y[4 * by + i];
  const uint8_t* above = by > 0 ? luma + (4 * by - 1) * 16 + 4 * bx : n.top_y + 4 * bx;
  edge.e[4] = bx > 0 ? above[-1] : by > 0 ? n.left_y[4 * by - 1] : n.corner_y;
  if (bx > 0 && by == 0) edge.e[4] = n.top_y[4 * bx - 1];
  std::memcpy(edge.e + 5, above, 4);
  const bool top_right = by > 0 ? (kHasTopRight >> (4 * by + bx) & 1) != 0 : bx < 3 ? n.has_top : n.has_top_right;
  if (top_right)
    std::memcpy(edge.e + 9, above + 4, 4);
  else
    std::memset(edge.e + 9, above[3], 4);
  std::memset(edge.e + 13, edge.e[12], 3);
  return edge;
}

/// Codes luma as Intra4x4, as long as its cost stays below `limit`; true if it does to the end.
bool MbCoder::code_intra4(const SourceMb& source, int limit, Decision& decision, CodedMb& out) {
  for (size_t i = 0; i < 4; ++i) {
    modes_[0][i + 1] = top_modes_[i];
    modes_[i + 1][0] = left_modes_[i];
  }
  const MbInfo before = out.info;
  out.info.kind = MbKind::kIntra4;
  int cost = kIntra4Bits * bit_cost_;
  int bits = 0;
  for (int index = 0; index < 16; ++index) {
    code_block4(index, source, out, bits, cost);
    if (cost >= limit) {
      out.info = before;
      out.levels.nonzero.fill(0);
      out.cycles += kBlock4Cycles * (index + 1);
      return false;
    }
  }
  out.cycles += kBlock4Cycles * 16;
  decision.bits_max = bits;
  return true;
}

void MbCoder::code_block4(int index, const SourceMb& source, CodedMb& out, int& bits, int& cost) {
  const auto block = static_cast<size_t>(kRasterOf[static_cast<size_t>(index)]);
  const size_t bx = block % 4, by = block / 4;
  const uint8_t* pixels = source.luma + 4 * by * static_cast<size_t>(source.stride) + 4 * bx;
  const Edge4 edge = edge_of(static_cast<int>(bx), static_cast<int>(by), out.luma);
  const uint8_t a = modes_[by + 1][bx], b = modes_[by][bx + 1];
  const int predicted = a == kNoMode || b == kNoMode ? kIntra4Dc : std::min(a, b);
  Choice4 choice;
  choose_4x4(pixels, source.stride, edge, predicted, std::max(1, bit_cost_ / 2), choice);
  modes_[by + 1][bx + 1] = static_cast<uint8_t>(choice.mode);
  if (choice.mode == predicted)
    out.info.i4_predicted = static_cast<uint16_t>(out.info.i4_predicted | 1u << index);
  else
    out.info.i4_rem[static_cast<size_t>(index)] = static_cast<uint8_t>(choice.mode < predicted ? choice.mode : choice.mode - 1);
  cost += hadamard_cost(pixels, source.stride, choice.prediction, 4) + bit_cost_ * (choice.mode == predicted ? 1 : 4);

  const Quant& quant = quant_of(qp_);
  Coefficients coefficients;
  QuantisedBlock quantised;
  forward_one(pixels, source.stride, choice.prediction, 4, coefficients);
  quantise(coefficients, quant, Rounding::kIntra, false, quantised, out.levels.levels[block]);
  out.levels.nonzero[block] = quantised.nonzero;
  bits += bits_max(__builtin_popcount(quantised.nonzero), quantised.magnitudes);
  if (quantised.nonzero != 0) out.info.cbp_luma = static_cast<uint8_t>(out.info.cbp_luma | 1u << (by / 2 * 2 + bx / 2));
  rebuild(quantised, quantised.v[0] * quant.inverse[0], quant, choice.prediction, 4, out.luma + 64 * by + 4 * bx, 16);
}

void MbCoder::rebuild(const QuantisedBlock& block, int dc, const Quant& quant, const uint8_t* prediction, int stride, uint8_t* out, int out_stride) {
  if (block.nonzero != 0)
    reconstruct(block, dc, quant, prediction, stride, out, out_stride);
  else
    reconstruct_dc(0, prediction, stride, out, out_stride);
}

void MbCoder::code_intra16(const SourceMb& source, Decision& decision, CodedMb& out) {
  const Quant& quant = quant_of(qp_);
  alignas(16) uint8_t prediction[256];
  predict_luma(decision.luma_mode, neighbours_, prediction);
  out.info.kind = MbKind::kIntra16;
  out.info.luma_mode = decision.luma_mode;
  decision.bits_max = 0;
  std::array<QuantisedBlock, 16> blocks;
  std::array<int16_t, 16> dcs;
  unsigned any = 0;
  for (size_t i = 0; i < 16; i += 2) {
    const size_t x = i % 4 * 4, y = i / 4 * 4;
    Coefficients coefficients[2];
    forward_pair(source.luma + y * static_cast<size_t>(source.stride) + x, source.stride, prediction + 16 * y + x, 16, coefficients[0],
                 coefficients[1]);
    for (size_t j = 0; j < 2; ++j) {
      QuantisedBlock& block = blocks[i + j];
      dcs[i + j] = coefficients[j].v[0];
      quantise(coefficients[j], quant, Rounding::kIntra, true, block, out.levels.levels[i + j]);
      out.levels.nonzero[i + j] = block.nonzero;
      any |= block.nonzero;
      decision.bits_max += bits_max(__builtin_popcount(block.nonzero), block.magnitudes);
    }
  }
  DcBlock dc;
  luma_dc(dcs, quant, dc, out.levels.levels[kLumaDcBlock]);
  out.levels.nonzero[kLumaDcBlock] = dc.nonzero;
  decision.bits_max += bits_max(dc.count, dc.magnitudes);
  out.info.cbp_luma = any != 0 ? 15 : 0;
  for (size_t i = 0; i < 16; ++i) {
    const size_t at = i / 4 * 64 + i % 4 * 4;
    if (blocks[i].nonzero != 0)
      reconstruct(blocks[i], dc.scaled[i], quant, prediction + at, 16, out.luma + at, 16);
    else
      reconstruct_dc(dc.scaled[i], prediction + at, 16, out.luma + at, 16);
  }
}

/// Drops what is not worth its bits and says which 8x8 blocks are left.
uint8_t MbCoder::thin_out(std::array<QuantisedBlock, 16>& blocks, CodedMb& out) {
  unsigned kept = 0;
  int total = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const size_t first = part / 2 * 8 + part % 2 * 2;
    const std::array<size_t, 4> four = {first, first + 1, first + 4, first + 5};
    int score = 0;
    for (size_t i : four) {
      if (blocks[i].nonzero != 0) score += keep_score(out.levels.levels[i], blocks[i].nonzero);
    }
    total += score;
    if (score >= kKeep8x8) kept |= 1u << part;
  }
  if (total < kKeepLuma) kept = 0;
  for (size_t i = 0; i < 16; ++i) {
    if ((kept >> (i / 8 * 2 + i % 4 / 2) & 1) == 0) blocks[i].nonzero = 0;
    out.levels.nonzero[i] = blocks[i].nonzero;
  }
  return static_cast<uint8_t>(kept);
}

void MbCoder::code_inter(const SourceMb& source, Decision& decision, CodedMb& out) {
  const Quant& quant = quant_of(qp_);
  out.info.kind = MbKind::kInter;
  out.info.partition = motion_.partition;
  decision.bits_max = 0;
  std::array<QuantisedBlock, 16> blocks;
  for (size_t i = 0; i < 16; i += 2) {
    const size_t x = i % 4 * 4, y = i / 4 * 4;
    Coefficients coefficients[2];
    forward_pair(source.luma + y * static_cast<size_t>(source.stride) + x, source.stride, motion_.luma + 16 * y + x, 16, coefficients[0],
                 coefficients[1]);
    for (size_t j = 0; j < 2; ++j) {
      quantise(coefficients[j], quant, Rounding::kInter, false, blocks[i + j], out.levels.levels[i + j]);
      decision.bits_max += bits_max(__builtin_popcount(blocks[i + j].nonzero), blocks[i + j].magnitudes);
    }
  }
  out.info.cbp_luma = thin_out(blocks, out);
  for (size_t i = 0; i < 16; ++i) {
    const size_t at = i / 4 * 64 + i % 4 * 4;
    rebuild(blocks[i], blocks[i].v[0] * quant.inverse[0], quant, motion_.luma + at, 16, out.luma + at, 16);
  }
  alignas(16) uint8_t prediction[128];
  std::memcpy(prediction, motion_.cb, 64);
  std::memcpy(prediction + 64, motion_.cr, 64);
  code_chroma(source, prediction, Rounding::kInter, decision, out);
}

void MbCoder::code_chroma(const SourceMb& source, const uint8_t* prediction, Rounding rounding, Decision& decision, CodedMb& out) {
  const Quant& quant = quant_of(chroma_qp(qp_));
  std::array<QuantisedBlock, 8> blocks;
  std::array<DcBlock, 2> dcs;
  unsigned ac = 0, dc = 0;
  for (size_t c = 0; c < 2; ++c) {
    std::array<int16_t, 4> first;
    int score = 0;
    unsigned any = 0;
    for (size_t i = 0; i < 4; i += 2) {
      Coefficients coefficients[2];
      const size_t at = 64 * c + 16 * i;
      forward_pair(source.chroma + at, 8, prediction + at, 8, coefficients[0], coefficients[1]);
      for (size_t j = 0; j < 2; ++j) {
        const size_t block = 4 * c + i + j;
        first[i + j] = coefficients[j].v[0];
        quantise(coefficients[j], quant, rounding, true, blocks[block], out.levels.levels[16 + block]);
        any |= blocks[block].nonzero;
        if (blocks[block].nonzero != 0) score += keep_score(out.levels.levels[16 + block], blocks[block].nonzero);
        decision.bits_max += bits_max(__builtin_popcount(blocks[block].nonzero), blocks[block].magnitudes);
      }
    }
    const bool drop = rounding == Rounding::kInter && score < kKeepChroma;
    for (size_t i = 0; i < 4; ++i) {
      if (drop) blocks[4 * c + i].nonzero = 0;
      out.levels.nonzero[16 + 4 * c + i] = blocks[4 * c + i].nonzero;
    }
    if (!drop) ac |= any;
    chroma_dc(first, quant, rounding, dcs[c], out.levels.levels[kCbDcBlock + c]);
    out.levels.nonzero[kCbDcBlock + c] = dcs[c].nonzero;
    decision.bits_max += bits_max(dcs[c].count, dcs[c].magnitudes);
    dc |= dcs[c].nonzero;
  }
  out.info.cbp_chroma = ac != 0 ? 2 : dc != 0 ? 1 : 0;
  for (size_t i = 0; i < 8; ++i) {
    const size_t at = i / 4 * 64 + i % 4 / 2 * 32 + i % 2 * 4;
    const int first = dcs[i / 4].scaled[i % 4];
    if (blocks[i].nonzero != 0)
      reconstruct(blocks[i], first, quant, prediction + at, 8, out.chroma + at, 8);
    else
      reconstruct_dc(first, prediction + at, 8, out.chroma + at, 8);
  }
}

/// The prediction alone: of the skipped macroblock, or Intra16x16 DC.
void MbCoder::without_residual(const Decision& decision, CodedMb& out) {
  if (decision.inter) {
    out.info.kind = MbKind::kInter;
    out.info.partition = motion_.partition;
    std::memcpy(out.luma, motion_.luma, 256);
    std::memcpy(out.chroma, motion_.cb, 64);
    std::memcpy(out.chroma + 64, motion_.cr, 64);
    return;
  }
  out.info.kind = MbKind::kIntra16;
  out.info.luma_mode = out.info.chroma_mode = PredMode::kDc;
  predict_luma(PredMode::kDc, neighbours_, out.luma);
  predict_chroma(PredMode::kDc, neighbours_, out.chroma);
}

void MbCoder::become_pcm(const SourceMb& source, CodedMb& out) {
  out.info = MbInfo{};
  out.info.kind = MbKind::kPcm;
  for (size_t y = 0; y < 16; ++y) std::memcpy(out.luma + 16 * y, source.luma + y * static_cast<size_t>(source.stride), 16);
  std::memcpy(out.chroma, source.chroma, 128);
}

/// What the stages behind and the macroblocks to come must know.
void MbCoder::finish(const Place& place, CodedMb& out) {
  MbInfo& info = out.info;
  const bool inter = info.kind == MbKind::kInter;
  if (inter && info.partition == Partition::k16x16 && info.cbp_luma == 0 && info.cbp_chroma == 0 && motion_.mv[0] == skip_mv_) {
    info.kind = MbKind::kSkip;
  } else if (inter) {
    info.mvd = differences(vectors_, info.partition, motion_.mv);
  }
  const bool residual = info.kind == MbKind::kIntra16 || info.cbp_luma != 0 || info.cbp_chroma != 0;
  info.qp_delta = static_cast<int8_t>(residual ? qp_ - last_qp_ : 0);
  if (residual) last_qp_ = qp_;

  DeblockInfo& deblock = out.deblock;
  deblock.qp = static_cast<uint8_t>(info.kind == MbKind::kPcm ? 0 : last_qp_);
  deblock.intra = !inter;
  deblock.nonzero = 0;
  deblock.mv = inter ? motion_.mv : std::array<Mv, 4>{};
  for (size_t i = 0; i < 16; ++i) deblock.nonzero = static_cast<uint16_t>(deblock.nonzero | (out.levels.nonzero[i] != 0 ? 1u << i : 0u));

  const auto x = static_cast<size_t>(place.x);
  Neighbours& n = neighbours_;
  for (size_t i = 0; i < 16; ++i) n.left_y[i] = out.luma[16 * i + 15];
  std::memcpy(&top_luma_[16 * x], out.luma + 240, 16);
  for (size_t c = 0; c < 2; ++c) {
    for (size_t i = 0; i < 8; ++i) n.left_c[c][i] = out.chroma[64 * c + 8 * i + 7];
    std::memcpy(&top_chroma_[c][8 * x], out.chroma + 64 * c + 56, 8);
  }
  Below& below = below_[x];
  for (size_t i = 0; i < 2; ++i) {
    left_vectors_[i] = NeighbourVector{true, inter, inter ? motion_.mv[2 * i + 1] : Mv{}};
    below.vectors[i] = NeighbourVector{true, inter, inter ? motion_.mv[2 + i] : Mv{}};
  }
  const bool intra4 = info.kind == MbKind::kIntra4;
  for (size_t i = 0; i < 4; ++i) {
    left_modes_[i] = intra4 ? modes_[i + 1][4] : static_cast<uint8_t>(kIntra4Dc);
    below.modes[i] = intra4 ? modes_[4][i + 1] : static_cast<uint8_t>(kIntra4Dc);
  }
}

}  // namespace saksi::hw::h264
