#ifndef SAKSI_HW_MODELS_BOARD_ENCODER_CONFIG_H_
#define SAKSI_HW_MODELS_BOARD_ENCODER_CONFIG_H_

#include <cstdint>
#include <string>

namespace saksi::hw {

/// What plays the H.264 encoder.
enum class EncoderKind {
  kRtl,    ///< the circuit of rtl/h264 under Verilator
  kModel,  ///< its C++ twin
};

struct EncoderConfig {
  EncoderKind kind = EncoderKind::kRtl;
  uint32_t check_period = 0;  ///< of kModel: of that many pictures one is held against the circuit; 0: none
  std::string check_folder;   ///< where a finding goes; empty: nowhere
};

/// Reads "rtl", "model" or "model+check=N". Throws UsageError that says what was expected.
EncoderConfig parse_encoder(const std::string& text);

}  // namespace saksi::hw

#endif
