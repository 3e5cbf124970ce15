#ifndef SAKSI_HW_MODELS_CARD_CARD_REGISTERS_H_
#define SAKSI_HW_MODELS_CARD_CARD_REGISTERS_H_

#include <array>
#include <cstdint>
#include <vector>

namespace saksi::hw {

// The registers of an SDHC card as they go over the bus, most significant byte first (SD Physical Layer Simplified Specification 3.01,
// chapter 5, and 4.10.2 and 4.3.10 for the last two).

constexpr uint32_t kSectorsPerCsize = 1024;  ///< the CSD counts capacity in 512 KiB

/// 16 bytes with their CRC. Product "SAKSI", made in January 2026.
std::array<uint8_t, 16> card_id(uint32_t serial);
/// Version 2.0, with CRC; `sectors` is a multiple of kSectorsPerCsize. Command classes 0, 2, 4, 5, 8 and 10.
std::array<uint8_t, 16> card_specific_data(uint32_t sectors, bool high_speed);
/// 8 bytes. Specification 3.0x, bus of 1 and 4 bits, CMD23; erased sectors read as zeros.
std::vector<uint8_t> sd_configuration();
/// 64 bytes. Speed class 10, allocation unit 4 MiB.
std::vector<uint8_t> sd_status(bool wide_bus);
/// 64 bytes: the answer to CMD6 with this argument. Functions: default speed and high speed in group 1, the default in every other.
/// `high_speed` says what is set now; `selected`, if not nullptr, is given what is asked for, if it is offered.
std::vector<uint8_t> switch_status(uint32_t argument, bool high_speed, bool* selected);

}  // namespace saksi::hw

#endif
