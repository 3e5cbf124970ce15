#include "hw-models/h264/model/picture_coder.h"

#include <algorithm>
#include <cstring>

namespace saksi::hw::h264 {

namespace {

constexpr int kSourceLumaRows = 16;
constexpr int kSourceChromaRows = 8;
constexpr int kWindowAboveLuma = 18;
constexpr int kWindowRowsLuma = 52;
constexpr int kWindowAboveChroma = 8;
constexpr int kWindowRowsChroma = 24;

/// As h264_sequencer.sv has them: an upper bound on what a macroblock adds to the NAL units, and on one without residual.
constexpr uint32_t kMbBytesMax = 640;
constexpr uint32_t kLastResortBytesMax = 6;

constexpr uint32_t kWordBytes = 16;
constexpr int kBurstWords = 4;

}  // namespace

int line_qp(const PictureConfig& config, size_t bytes, uint32_t expected) {
  if (!config.rate_control) return config.qp;
  const int64_t over = static_cast<int64_t>(bytes) - static_cast<int64_t>(expected);
  const int64_t unit = config.row_bytes;
  int qp = config.qp;
  if (over > unit) qp += 1;
  if (over > 2 * unit) qp += 1;
  if (over > 4 * unit) qp += 2;
  if (over > 8 * unit) qp += 3;
  if (over > 16 * unit) qp += 4;
  if (over < -2 * unit) qp -= 1;
  if (over < -5 * unit) qp -= 1;
  return std::min(std::max(qp, config.qp_min), config.qp_max);
}

void PictureCoder::code(const PictureConfig& config, const PicturePlanes& planes) {
  config_ = config;
  planes_ = planes;
  counters_ = PictureCounters{};
  filtered_ = written_mbs_ = 0;
  written_words_ = 0;
  mb_coder_.start_picture(config);
  entropy_.start_picture(config);
  deblocker_.start_picture(config, planes.luma, planes.chroma);
  if (trace_) trace_->clear();
  // Cycle 0 is the one after START was written. The first two groups are loaded before anything else.
  now_ = 2;
  now_ += static_cast<uint64_t>(load(0)) + 2;
  load_due_ = now_ + static_cast<uint64_t>(load(1)) + 1;
  run_slots();
  // What is left: groups of macroblocks, one at a time, then the rest of the bitstream.
  for (bool drained = false; !drained;) {
    const int total = config_.width_mbs * config_.height_mbs;
    drained = written_mbs_ == total;
    now_ += static_cast<uint64_t>(write(drained)) + 2;
  }
  now_ = std::max(now_, load_due_ + 1);
  counters_.cycles = static_cast<uint32_t>(now_ + 1);
}

/// Leads all macroblocks through the slots; now_ is the cycle of the sequencer's state Begin.
void PictureCoder::run_slots() {
  const int total = config_.width_mbs * config_.height_mbs;
  const int groups_a_line = (config_.width_mbs + kGroupMbs - 1) / kGroupMbs;
  const ReferencePicture reference{planes_.reference_luma, planes_.reference_chroma, static_cast<int>(config_.rec_stride), 16 * config_.width_mbs,
                                   16 * config_.height_mbs};
  uint32_t expected = 0;
  int qp = config_.qp;
  int back_qp = qp;
  SourceMb source;
  for (int slot = 0; slot <= total; ++slot) {
    const Place place = place_of(slot);
    const Place before = place_of(slot - 1);
    back_qp = qp;
    bool resort = false;
    if (slot < total) {
      if (place.x % kGroupMbs == 0) {
        now_ = std::max(now_, load_due_);
        const int group = place.y * groups_a_line + place.x / kGroupMbs + 2;
        if (group < groups_a_line * config_.height_mbs) load_due_ = now_ + static_cast<uint64_t>(load(group)) + 2;
      }
      if (place.x == 0) {
        qp = line_qp(config_, entropy_.bytes().size(), expected);
        expected += config_.row_bytes;
        counters_.qp_sum += static_cast<uint32_t>(qp);
      }
      resort = last_resort(slot);
    }
    const size_t bytes_before = entropy_.bytes().size();
    int longest = write(false);
    const int write_cycles = longest;
    int entropy_cycles = 0, deblock_cycles = 0;
    if (slot > 0) {
      CodedMb& back = coded_[static_cast<size_t>(slot - 1) % 2];
      alignas(16) uint8_t samples[384];
      if (back.info.kind == MbKind::kPcm) {
        std::memcpy(samples, back.luma, 256);
        std::memcpy(samples + 256, back.chroma, 128);
      }
      entropy_cycles = entropy_.code(back.info, back.levels, samples, before, back_qp);
      deblock_cycles = deblocker_.filter(before, back.deblock);
      filtered_ = slot;
      longest = std::max({longest, entropy_cycles + 1, deblock_cycles + 1});
    }
    if (slot < total) {
      CodedMb& front = coded_[static_cast<size_t>(slot) % 2];
      take_source(place, source);
      mb_coder_.code(place, qp, resort, source, reference, entropy_, slot > 0 ? entropy_cycles : -1, front);
      store(place, front);
      longest = std::max(longest, front.cycles + 1);
      counters_.pcm_mbs += front.info.kind == MbKind::kPcm;
      counters_.skip_mbs += front.info.kind == MbKind::kSkip;
      counters_.intra_mbs += front.info.kind != MbKind::kSkip && front.info.kind != MbKind::kInter;
      if (trace_)
        trace_->push_back({place, front.info, front.deblock, qp, front.cycles, entropy_cycles, deblock_cycles, write_cycles, now_, bytes_before});
    }
    now_ += static_cast<uint64_t>(longest) + 2;
  }
}

/// Cycles from load_i to loaded_o of a group of macroblocks, counted along the lines.
int PictureCoder::load(int group) {
  const int groups_a_line = (config_.width_mbs + kGroupMbs - 1) / kGroupMbs;
  const int line = group / groups_a_line;
  const int first = group % groups_a_line * kGroupMbs;
  const int beats = std::min(kGroupMbs, config_.width_mbs - first);
  const auto offset = static_cast<uint32_t>(16 * first);
  ReadTiming timing(bus_.read_latency_cycles);
  const auto add = [&](uint32_t plane, uint32_t stride, int rows, int from, int height) {
    for (int i = 0; i < rows; ++i) timing.add(plane + static_cast<uint32_t>(std::clamp(from + i, 0, height - 1)) * stride + offset, beats);
  };
  const int height = 16 * config_.height_mbs;
  add(config_.src_y, config_.src_stride, kSourceLumaRows, 16 * line, height);
  add(config_.src_c, config_.src_stride, kSourceChromaRows, 8 * line, height / 2);
  if (config_.inter) {
    add(config_.ref_y, config_.rec_stride, kWindowRowsLuma, 16 * line - kWindowAboveLuma, height);
    add(config_.ref_c, config_.rec_stride, kWindowRowsChroma, 8 * line - kWindowAboveChroma, height / 2);
  }
  return timing.cycles();
}

/// Cycles of what is written in a slot: what the bitstream's FIFO holds, then a group of macroblocks that are final. At the picture's end the
/// groups come first, in slots of their own.
int PictureCoder::write(bool last) {
  WriteTiming timing(bus_.write_latency_cycles);
  const int total = config_.width_mbs * config_.height_mbs;
  const bool rest = filtered_ == total;
  if (!rest || last) {
    for (auto left = static_cast<int>(entropy_.drain(last)); left > 0; left -= kBurstWords) {
      const int words = std::min(left, kBurstWords);
      timing.add(config_.bs_addr + kWordBytes * written_words_, words);
      written_words_ += static_cast<uint32_t>(words);
    }
  }
  const int final_mbs = rest ? total : std::max(0, filtered_ - config_.width_mbs);
  const int first = written_mbs_ % config_.width_mbs;
  const int beats = std::min(kGroupMbs, config_.width_mbs - first);
  if (final_mbs - written_mbs_ >= beats) {
    const int line = written_mbs_ / config_.width_mbs;
    const auto at = [&](uint32_t plane, int row) {
      return plane + static_cast<uint32_t>(row) * config_.rec_stride + static_cast<uint32_t>(16 * first);
    };
    for (int row = 0; row < kSourceLumaRows; ++row) timing.add(at(config_.rec_y, 16 * line + row), beats);
    for (int row = 0; row < kSourceChromaRows; ++row) timing.add(at(config_.rec_c, 8 * line + row), beats);
    written_mbs_ += beats;
  }
  return timing.cycles();
}

Place PictureCoder::place_of(int mb) const {
  Place place;
  if (mb < 0) return place;
  const int rows = config_.slice_rows;
  place.x = mb % config_.width_mbs;
  place.y = mb / config_.width_mbs;
  const bool first_line = rows != 0 ? place.y % rows == 0 : place.y == 0;
  const bool last_line = place.y + 1 == config_.height_mbs || (rows != 0 && (place.y + 1) % rows == 0);
  place.has_left = place.x > 0;
  place.has_top = !first_line;
  place.slice_first = first_line && place.x == 0;
  place.slice_last = last_line && place.x + 1 == config_.width_mbs;
  place.picture_last = place.y + 1 == config_.height_mbs && place.x + 1 == config_.width_mbs;
  return place;
}

/// A macroblock must do with next to nothing if it, and the one whose bytes are not counted yet, could use up what all others need at least.
bool PictureCoder::last_resort(int mb) const {
  const auto left = static_cast<uint32_t>(config_.width_mbs * config_.height_mbs - mb);
  return config_.max_bytes != 0 && entropy_.bytes().size() + 2 * kMbBytesMax + left * kLastResortBytesMax > config_.max_bytes;
}

void PictureCoder::take_source(const Place& place, SourceMb& source) const {
  const auto stride = static_cast<size_t>(config_.src_stride);
  const auto x = static_cast<size_t>(16 * place.x);
  source.luma = planes_.source_luma + static_cast<size_t>(16 * place.y) * stride + x;
  source.stride = static_cast<int>(stride);
  const uint8_t* from = planes_.source_chroma + static_cast<size_t>(8 * place.y) * stride + x;
  for (size_t y = 0; y < 8; ++y, from += stride) {
    for (size_t i = 0; i < 8; ++i) {
      source.chroma[8 * y + i] = from[2 * i];
      source.chroma[64 + 8 * y + i] = from[2 * i + 1];
    }
  }
}

void PictureCoder::store(const Place& place, const CodedMb& coded) {
  const auto stride = static_cast<size_t>(config_.rec_stride);
  const auto x = static_cast<size_t>(16 * place.x);
  uint8_t* to = planes_.luma + static_cast<size_t>(16 * place.y) * stride + x;
  for (size_t y = 0; y < 16; ++y, to += stride) std::memcpy(to, coded.luma + 16 * y, 16);
  to = planes_.chroma + static_cast<size_t>(8 * place.y) * stride + x;
  for (size_t y = 0; y < 8; ++y, to += stride) {
    for (size_t i = 0; i < 8; ++i) {
      to[2 * i] = coded.chroma[8 * y + i];
      to[2 * i + 1] = coded.chroma[64 + 8 * y + i];
    }
  }
}

}  // namespace saksi::hw::h264
