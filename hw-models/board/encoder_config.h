#ifndef SAKSI_HW_MODELS_BOARD_ENCODER_CONFIG_H_
#define SAKSI_HW_MODELS_BOARD_ENCODER_CONFIG_H_

#include <cstdint>
#include <functional>
#include <string>

#include "hw-models/h264/picture_input.h"

namespace saksi::hw {

/// What plays the H.264 encoder.
enum class EncoderKind {
  kRtl,    ///< the circuit of rtl/h264 under Verilator
  kModel,  ///< its C++ twin
  kSizes,  ///< draws sizes and codes no picture
};

struct EncoderConfig {
  EncoderKind kind = EncoderKind::kRtl;
  uint32_t check_period = 0;                     ///< of kModel: of that many pictures one is held against the circuit; 0: none
  std::string check_folder;                      ///< where a finding goes; empty: nowhere
  std::string size_table;                        ///< of kSizes: the table's file
  std::function<void(const PictureInput&)> tap;  ///< of kModel without a check: gets each picture before it is coded
};

/// Reads "rtl", "model", "model+check=N" or "sizes". Throws UsageError that says what was expected.
EncoderConfig parse_encoder(const std::string& text);

}  // namespace saksi::hw

#endif
