#ifndef SAKSI_SIM_DEVICE_CARD_FILE_H_
#define SAKSI_SIM_DEVICE_CARD_FILE_H_

#include "base/yaml.h"
#include "sim/device/device_file.h"

namespace saksi::sim {

/// Puts the keys of a `card` map (docs/formats/device.md) in place of what `card` has, those of `faults` and `flash` one by one too. Throws
/// UsageError.
void read_card(const YamlNode& node, CardSpec& card);

}  // namespace saksi::sim

#endif
