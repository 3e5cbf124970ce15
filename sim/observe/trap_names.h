#ifndef SAKSI_SIM_OBSERVE_TRAP_NAMES_H_
#define SAKSI_SIM_OBSERVE_TRAP_NAMES_H_

#include <cstdint>
#include <string>

namespace saksi::sim {

/// What an mcause value stands for, in the words of the privileged architecture: "load access fault", "interrupt: timer".
std::string trap_name(uint32_t mcause);
bool is_interrupt(uint32_t mcause);

}  // namespace saksi::sim

#endif
