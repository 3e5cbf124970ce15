#ifndef SAKSI_HW_MODELS_RTL_BLOCK_RTL_PORT_NAMES_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_RTL_PORT_NAMES_H_

#include <cstdint>
#include <map>
#include <string>

namespace saksi::hw {

/// What a user says of a design's ports where their names do not say it. Empty: by the usual names.
struct RtlPortNames {
  std::string clock;
  std::string reset;  ///< active low if the name ends in n or ni
  std::string irq;
  std::string master;                   ///< prefix of the AXI master's ports, for example m_axi_
  std::string registers;                ///< prefix of the AXI4-Lite or APB ports that reach the registers
  std::map<std::string, uint64_t> tie;  ///< inputs that are held at a value
  bool needs_irq = false;               ///< the board connects it
};

}  // namespace saksi::hw

#endif
