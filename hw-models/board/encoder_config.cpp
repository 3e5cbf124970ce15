#include "hw-models/board/encoder_config.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"

namespace saksi::hw {

EncoderConfig parse_encoder(const std::string& text) {
  EncoderConfig config;
  if (text == "rtl") return config;
  if (text == "sizes") {
    config.kind = EncoderKind::kSizes;
    return config;
  }
  config.kind = EncoderKind::kModel;
  if (text == "model") return config;
  const std::string check = "model+check=";
  if (text.compare(0, check.size(), check) == 0) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + check.size(), end, config.check_period);
    if (error == std::errc() && stop == end && config.check_period != 0) return config;
  }
  throw UsageError(fmt::format("--encoder {}: expected rtl, model, model+check=N with N from 1, or sizes", text));
}

}  // namespace saksi::hw
