#include "judge/media/h264_sps.h"

#include "judge/card/byte_source.h"

namespace saksi::judge {

namespace {

/// Bits of a NAL unit's payload, without its emulation prevention bytes. Past the end it reads zeros and says so.
class BitReader {
 public:
  BitReader(const uint8_t* nal, size_t size) {
    for (size_t i = 1; i < size; ++i) {
      const bool emulation = i >= 3 && nal[i] == 3 && nal[i - 1] == 0 && nal[i - 2] == 0;
      if (!emulation) bytes_.push_back(nal[i]);
    }
  }
  uint32_t bits(int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = (value << 1) | bit();
    return value;
  }
  /// ue(v)
  uint32_t unsigned_exp_golomb() {
    int zeros = 0;
    while (zeros < 32 && !overrun_ && bit() == 0) ++zeros;
    if (zeros >= 32) overrun_ = true;
    return overrun_ ? 0 : (1u << zeros) - 1 + bits(zeros);
  }
  int32_t signed_exp_golomb() {
    const uint32_t code = unsigned_exp_golomb();
    return (code & 1) ? static_cast<int32_t>(code / 2 + 1) : -static_cast<int32_t>(code / 2);
  }
  bool overrun() const { return overrun_; }

 private:
  uint32_t bit() {
    if (at_ >= bytes_.size() * 8) {
      overrun_ = true;
      return 0;
    }
    const uint32_t value = (bytes_[at_ / 8] >> (7 - at_ % 8)) & 1;
    ++at_;
    return value;
  }
  std::vector<uint8_t> bytes_;
  size_t at_ = 0;
  bool overrun_ = false;
};

void skip_scaling_list(BitReader& reader, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size; ++i) {
    if (next != 0) next = (last + reader.signed_exp_golomb()) & 0xFF;
    if (next != 0) last = next;
  }
}

bool has_chroma_format(int profile_idc) {
  for (int profile : {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}) {
    if (profile_idc == profile) return true;
  }
  return false;
}

/// Returns chroma_format_idc.
uint32_t parse_chroma_format(BitReader& reader) {
  const uint32_t chroma_format = reader.unsigned_exp_golomb();
  if (chroma_format == 3) reader.bits(1);
  reader.unsigned_exp_golomb();  // bit_depth_luma_minus8
  reader.unsigned_exp_golomb();  // bit_depth_chroma_minus8
  reader.bits(1);
  if (reader.bits(1)) {
    for (int i = 0; i < (chroma_format == 3 ? 12 : 8); ++i) {
      if (reader.bits(1)) skip_scaling_list(reader, i < 6 ? 16 : 64);
    }
  }
  return chroma_format;
}

void skip_picture_order_count(BitReader& reader) {
  const uint32_t type = reader.unsigned_exp_golomb();
  if (type == 0) reader.unsigned_exp_golomb();
  if (type != 1) return;
  reader.bits(1);
  reader.signed_exp_golomb();
  reader.signed_exp_golomb();
  const uint32_t count = reader.unsigned_exp_golomb();
  for (uint32_t i = 0; i < count && i < 256; ++i) reader.signed_exp_golomb();
}

void parse_video_signal(BitReader& reader, H264Sps& sps) {
  reader.bits(3);
  sps.full_range = reader.bits(1) != 0;
  if (!reader.bits(1)) return;
  sps.colour_primaries = static_cast<int>(reader.bits(8));
  sps.transfer_characteristics = static_cast<int>(reader.bits(8));
  sps.matrix_coefficients = static_cast<int>(reader.bits(8));
}

void parse_vui(BitReader& reader, H264Sps& sps) {
  if (reader.bits(1)) {  // aspect_ratio_info_present_flag
    constexpr uint32_t kExtendedSar = 255;
    if (reader.bits(8) == kExtendedSar) reader.bits(32);
  }
  if (reader.bits(1)) reader.bits(1);  // overscan
  if (reader.bits(1)) parse_video_signal(reader, sps);
}

/// What of the VUI comes behind the video signal. An encoder that ends its VUI too early loses its clock and nothing else.
void parse_timing(BitReader& reader, H264Sps& sps) {
  if (reader.bits(1)) {  // chroma_loc_info_present_flag
    reader.unsigned_exp_golomb();
    reader.unsigned_exp_golomb();
  }
  if (!reader.bits(1)) return;  // timing_info_present_flag
  sps.num_units_in_tick = reader.bits(32);
  sps.time_scale = reader.bits(32);
  if (reader.overrun() || sps.num_units_in_tick == 0 || sps.time_scale == 0) sps.num_units_in_tick = sps.time_scale = 0;
}

}  // namespace

std::optional<H264Sps> parse_h264_sps(const uint8_t* nal, size_t size) {
  constexpr int kNalSps = 7;
  if (size < 4 || (nal[0] & 0x1F) != kNalSps) return std::nullopt;
  BitReader reader(nal, size);
  H264Sps sps{};
  sps.colour_primaries = sps.transfer_characteristics = sps.matrix_coefficients = 2;
  sps.profile_idc = static_cast<int>(reader.bits(8));
  sps.constraint_flags = static_cast<int>(reader.bits(8));
  sps.level_idc = static_cast<int>(reader.bits(8));
  reader.unsigned_exp_golomb();  // seq_parameter_set_id
  const uint32_t chroma_format = has_chroma_format(sps.profile_idc) ? parse_chroma_format(reader) : 1;
  reader.unsigned_exp_golomb();  // log2_max_frame_num_minus4
  skip_picture_order_count(reader);
  reader.unsigned_exp_golomb();  // max_num_ref_frames
  reader.bits(1);
  const uint32_t mb_width = reader.unsigned_exp_golomb() + 1;
  const uint32_t map_height = reader.unsigned_exp_golomb() + 1;
  const bool frames_only = reader.bits(1) != 0;
  if (!frames_only) reader.bits(1);
  reader.bits(1);  // direct_8x8_inference_flag
  uint32_t crop[4] = {0, 0, 0, 0};  // left, right, top, bottom
  if (reader.bits(1)) {
    for (uint32_t& side : crop) side = reader.unsigned_exp_golomb();
  }
  const bool has_vui = reader.bits(1) != 0;
  if (has_vui) parse_vui(reader, sps);
  const bool cut_off = reader.overrun();
  if (has_vui) parse_timing(reader, sps);
  constexpr uint32_t kMaxMacroblocks = 1024;
  if (cut_off || mb_width > kMaxMacroblocks || map_height > kMaxMacroblocks) return std::nullopt;
  const uint32_t crop_x = chroma_format == 1 || chroma_format == 2 ? 2 : 1;
  const uint32_t crop_y = (chroma_format == 1 ? 2 : 1) * (frames_only ? 1 : 2);
  const int64_t width = int64_t{mb_width} * 16 - int64_t{crop_x} * (int64_t{crop[0]} + crop[1]);
  const int64_t height = int64_t{map_height} * 16 * (frames_only ? 1 : 2) - int64_t{crop_y} * (int64_t{crop[2]} + crop[3]);
  if (width <= 0 || height <= 0) return std::nullopt;
  sps.width = static_cast<int>(width);
  sps.height = static_cast<int>(height);
  return sps;
}

std::optional<H264Sps> sps_of_avcc(const std::vector<uint8_t>& avcc) {
  if (avcc.size() < 8 || (avcc[5] & 0x1F) == 0) return std::nullopt;
  const size_t size = be16(&avcc[6]);
  if (size > avcc.size() - 8) return std::nullopt;
  return parse_h264_sps(avcc.data() + 8, size);
}

}  // namespace saksi::judge
