// Test helper: what libav makes of a clip.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_DECODE_CLIP_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_DECODE_CLIP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::firmware {

struct DecodedFrame {
  int64_t pts;  ///< in the clip's timescale
  int luma;     ///< of the first pixel
  bool is_key;
};

struct DecodedClip {
  bool opened = false;
  std::vector<DecodedFrame> frames;
  std::vector<int64_t> durations;  ///< of the packets
  int width = 0, height = 0, profile = 0, level = 0, timescale = 0;
  int primaries = 0, transfer = 0, matrix = 0, range = 0;
  int warnings = 0;  ///< lines that libav logged at warning or worse
  std::string first_warning;
};

/// Opens and decodes a whole file.
DecodedClip decode_clip(const std::string& path);

}  // namespace saksi::firmware

#endif
