#include "hw-models/h264/h264_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw-models/waves/wave_recorder.h"

namespace saksi::hw {

namespace {

using h264::MbInfo;
using h264::Mv;
using h264::PictureCoder;

std::string kind_name(const MbInfo& info) {
  static const char* const kInter[] = {"P_L0_16x16", "P_L0_L0_16x8", "P_L0_L0_8x16", "P_8x8"};
  switch (info.kind) {
    case h264::MbKind::kSkip:
      return "P_Skip";
    case h264::MbKind::kInter:
      return kInter[static_cast<size_t>(info.partition)];
    case h264::MbKind::kIntra16:
      return "I_16x16";
    case h264::MbKind::kIntra4:
      return "I_NxN";
    case h264::MbKind::kPcm:
      return "I_PCM";
  }
  return "?";
}

std::string vectors(const std::array<Mv, 4>& mv) {
  std::string text;
  for (const Mv& v : mv) text += fmt::format("{}({}, {})", text.empty() ? "" : " ", v.x, v.y);
  return text;
}

/// A difference, if there is one.
struct Finding {
  std::string stage, element, circuit, twin;
};

template <class T>
Finding number(const char* stage, const char* element, T circuit, T twin) {
  if (circuit == twin) return {};
  return {stage, element, fmt::format("{}", circuit), fmt::format("{}", twin)};
}

/// What the front end says of a macroblock, in the order in which it comes to it.
Finding compare_mb(const H264Circuit::Macroblock& circuit, const PictureCoder::MbTrace& twin) {
  const MbInfo &c = circuit.info, &t = twin.info;
  if (circuit.qp != twin.qp) return number("rate control", "QP of the line", circuit.qp, twin.qp);
  if (kind_name(c) != kind_name(t)) return {"mode decision", "mb_type", kind_name(c), kind_name(t)};
  if (circuit.deblock.mv != twin.deblock.mv) return {"motion search", "motion vectors", vectors(circuit.deblock.mv), vectors(twin.deblock.mv)};
  const bool inter = c.kind == h264::MbKind::kInter, coded = c.kind != h264::MbKind::kSkip && c.kind != h264::MbKind::kPcm;
  if (inter && c.mvd != t.mvd) return {"vector prediction", "mvd", vectors(c.mvd), vectors(t.mvd)};
  if (c.kind == h264::MbKind::kIntra16 && c.luma_mode != t.luma_mode) {
    return number("intra prediction", "Intra16x16PredMode", static_cast<int>(c.luma_mode), static_cast<int>(t.luma_mode));
  }
  if (c.kind == h264::MbKind::kIntra4) {
    if (c.i4_predicted != t.i4_predicted) return number("intra prediction", "prev_intra4x4_pred_mode_flag", c.i4_predicted, t.i4_predicted);
    for (size_t i = 0; i < 16; ++i) {
      const bool said = (c.i4_predicted >> i & 1) == 0;
      if (said && c.i4_rem[i] != t.i4_rem[i]) return number("intra prediction", "rem_intra4x4_pred_mode", int{c.i4_rem[i]}, int{t.i4_rem[i]});
    }
  }
  if (coded && !inter && c.chroma_mode != t.chroma_mode) {
    return number("intra prediction", "intra_chroma_pred_mode", static_cast<int>(c.chroma_mode), static_cast<int>(t.chroma_mode));
  }
  if (coded && (c.cbp_luma != t.cbp_luma || c.cbp_chroma != t.cbp_chroma)) {
    return number("transform", "coded_block_pattern", c.cbp_luma + 16 * c.cbp_chroma, t.cbp_luma + 16 * t.cbp_chroma);
  }
  if (coded && circuit.deblock.nonzero != twin.deblock.nonzero) {
    return number("transform", "luma blocks with coefficients", circuit.deblock.nonzero, twin.deblock.nonzero);
  }
  return number("front end", "clock cycle of its end", circuit.done_cycle, twin.begin_cycle + 2 + static_cast<uint64_t>(twin.front_cycles));
}

template <class T>
size_t first_unequal(const std::vector<T>& a, const std::vector<T>& b) {
  const size_t common = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common), b.begin()).first - a.begin());
}

H264Difference tell(uint64_t picture, const h264::Place& place, const Finding& finding, uint64_t cycle) {
  return {fmt::format("picture {}, macroblock ({}, {}): {}: {}: circuit {}, twin {}; clock cycle {} of the picture", picture, place.x, place.y,
                      finding.stage, finding.element, finding.circuit, finding.twin, cycle),
          cycle};
}

/// Macroblock whose bits a byte of the bitstream is among, as well as the bytes counted at the beginnings of slots tell.
size_t mb_at_byte(const std::vector<PictureCoder::MbTrace>& mbs, size_t byte) {
  size_t mb = 0;
  for (size_t i = 0; i < mbs.size(); ++i) {
    if (mbs[i].bytes_before <= byte) mb = i;
  }
  return mb > 0 ? mb - 1 : 0;
}

/// When the circuit has filtered a macroblock: its own slot comes two after the front end's.
uint64_t filtered_cycle(const std::vector<PictureCoder::MbTrace>& mbs, size_t x, size_t y, uint64_t end) {
  for (size_t i = 0; i + 2 < mbs.size(); ++i) {
    if (static_cast<size_t>(mbs[i].place.x) == x && static_cast<size_t>(mbs[i].place.y) == y) return mbs[i + 2].begin_cycle;
  }
  return end;
}

struct Plane {
  const char* name;
  size_t stride, mb_height;
};

H264Difference compare_planes(uint64_t picture, const TwoResults& results, const Plane& plane, const std::vector<uint8_t>& circuit,
                              const std::vector<uint8_t>& twin) {
  if (circuit == twin) return {};
  const size_t at = first_unequal(circuit, twin);
  const size_t column = at % plane.stride, row = at / plane.stride, x = column / 16, y = row / plane.mb_height;
  const uint64_t cycle = filtered_cycle(*results.twin_mbs, x, y, results.circuit_counters.cycles);
  return {
      fmt::format("picture {}, macroblock ({}, {}): reconstruction or deblocking: {} at column {}, row {}: circuit {}, twin {}; about clock cycle {} "
                  "of the picture",
                  picture, x, y, plane.name, column, row, circuit[at], twin[at], cycle),
      cycle};
}

}  // namespace

H264Difference first_difference(uint64_t picture, const h264::PictureConfig& config, const TwoResults& results) {
  const auto& twin = *results.twin_mbs;
  const auto& circuit = *results.circuit_mbs;
  for (size_t i = 0; i < std::min(twin.size(), circuit.size()); ++i) {
    const Finding finding = compare_mb(circuit[i], twin[i]);
    if (!finding.stage.empty()) return tell(picture, twin[i].place, finding, circuit[i].done_cycle);
  }
  const uint64_t end = results.circuit_counters.cycles;
  if (twin.size() != circuit.size()) {
    return {fmt::format("picture {}: sequencer: macroblocks coded: circuit {}, twin {}", picture, circuit.size(), twin.size()), end};
  }
  if (*results.circuit_bytes != *results.twin_bytes) {
    const size_t at = first_unequal(*results.circuit_bytes, *results.twin_bytes);
    const auto byte = [at](const std::vector<uint8_t>& bytes) {
      return at < bytes.size() ? fmt::format("{:#04x}", bytes[at]) : std::string("no byte");
    };
    const PictureCoder::MbTrace& mb = twin[mb_at_byte(twin, at)];
    const Finding finding{"entropy coding", fmt::format("byte {} of the bitstream", at), byte(*results.circuit_bytes), byte(*results.twin_bytes)};
    return tell(picture, mb.place, finding, mb.begin_cycle);
  }
  H264Difference found = compare_planes(picture, results, {"luma", config.rec_stride, 16}, *results.circuit_luma, *results.twin_luma);
  if (found.words.empty()) found = compare_planes(picture, results, {"chroma", config.rec_stride, 8}, *results.circuit_chroma, *results.twin_chroma);
  if (!found.words.empty()) return found;
  if (end == results.twin_counters.cycles) return {};
  return {fmt::format("picture {}: sequencer: clock cycles of the picture: circuit {}, twin {}", picture, end, results.twin_counters.cycles), end};
}

namespace {

/// Where a picture is reconstructed: planes as large as its configuration says.
struct Reconstruction {
  explicit Reconstruction(const h264::PictureConfig& c) {
    const size_t rows = static_cast<size_t>(16 * c.height_mbs), width = static_cast<size_t>(16 * c.width_mbs);
    luma.resize(size_t{c.rec_stride} * (rows - 1) + width);
    chroma.resize(size_t{c.rec_stride} * (rows / 2 - 1) + width);
  }
  h264::PicturePlanes planes(const PictureInput& input) {
    return {input.source_luma.data(),    input.source_chroma.data(),   luma.data(), chroma.data(),
            input.reference_luma.data(), input.reference_chroma.data()};
  }
  std::vector<uint8_t> luma, chroma;
};

}  // namespace

H264Circuit& H264Check::circuit() {
  if (!circuit_) circuit_ = std::make_unique<H264Circuit>(circuit_bus_);
  return *circuit_;
}

H264Difference H264Check::compare(const PictureInput& input) {
  Reconstruction by_twin(input.config), by_circuit(input.config);
  std::vector<PictureCoder::MbTrace> trace;
  PictureCoder twin(twin_bus_);
  twin.trace_to(&trace);
  twin.code(input.config, by_twin.planes(input));
  circuit().code(input.config, by_circuit.planes(input));
  return first_difference(input.number, input.config,
                          {&trace, &circuit().macroblocks(), &twin.bytes(), &circuit().bytes(), twin.counters(), circuit().counters(), &by_twin.luma,
                           &by_circuit.luma, &by_twin.chroma, &by_circuit.chroma});
}

bool H264Check::record(const PictureInput& input, uint64_t cycle, const std::string& path) {
  constexpr uint64_t kBefore = 800, kAfter = 300;  // six macroblocks, and two
  WaveRecorder recorder(path, {});
  circuit().show_next(recorder.pipe().add_stream("h264", "h264"), cycle > kBefore ? cycle - kBefore : 0, cycle + kAfter);
  Reconstruction scratch(input.config);
  circuit().code(input.config, scratch.planes(input));
  return recorder.finish();
}

}  // namespace saksi::hw
