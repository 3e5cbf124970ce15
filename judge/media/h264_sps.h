#ifndef SAKSI_JUDGE_MEDIA_H264_SPS_H_
#define SAKSI_JUDGE_MEDIA_H264_SPS_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace saksi::judge {

/// What the judge wants to know from an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1).
struct H264Sps {
  int profile_idc;
  int constraint_flags;  ///< constraint_set0_flag is bit 7
  int level_idc;
  int width;   ///< after cropping
  int height;
  bool full_range;               ///< video_full_range_flag; false if not signalled
  int colour_primaries;          ///< 2 (unspecified) if not signalled
  int transfer_characteristics;  ///< likewise
  int matrix_coefficients;       ///< likewise
  uint32_t num_units_in_tick;    ///< a field takes num_units_in_tick / time_scale seconds; both 0 if not signalled
  uint32_t time_scale;
};

/// Parses a whole NAL unit, header byte included, emulation prevention bytes included. nullopt if it is no SPS or ends too early.
std::optional<H264Sps> parse_h264_sps(const uint8_t* nal, size_t size);

/// The first SPS of an AVCDecoderConfigurationRecord.
std::optional<H264Sps> sps_of_avcc(const std::vector<uint8_t>& avcc);

}  // namespace saksi::judge

#endif
