#ifndef SAKSI_HW_MODELS_BOARD_RTL_ENTRY_H_
#define SAKSI_HW_MODELS_BOARD_RTL_ENTRY_H_

#include <string>

#include "base/yaml.h"
#include "hw-models/rtl-build/rtl_source.h"

namespace saksi::hw {

/// Reads the `rtl:` map of a board's block. Throws UsageError with its place.
RtlSource read_rtl_entry(const YamlNode& node, const std::string& block);

}  // namespace saksi::hw

#endif
