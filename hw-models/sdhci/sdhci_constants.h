#ifndef SAKSI_HW_MODELS_SDHCI_SDHCI_CONSTANTS_H_
#define SAKSI_HW_MODELS_SDHCI_SDHCI_CONSTANTS_H_

#include <cstdint>

/// What the two halves of the controller share.
namespace saksi::hw::sdhci_constants {

// Clocks on the bus, SD Physical Layer Simplified Specification 3.01, chapter 4.12.
constexpr uint64_t kCommandClocks = 48;
constexpr uint64_t kResponseGapClocks = 8;  ///< N_CR is 2 to 64
constexpr uint64_t kShortResponseClocks = 48;

constexpr uint32_t kAutoResponse = 3;       ///< RESPONSE word of automatic commands
constexpr uint32_t kAutoTimeout = 1u << 1;  ///< AUTO_CMD_STATUS: no response

}  // namespace saksi::hw::sdhci_constants

#endif
