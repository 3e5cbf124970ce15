#ifndef SAKSI_HW_MODELS_BOARD_SIGNED_FIRMWARE_H_
#define SAKSI_HW_MODELS_BOARD_SIGNED_FIRMWARE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/cpu/elf_loader.h"

namespace saksi::hw {

/// How the firmware comes to the device, and what was done to it on the way.
struct FirmwareImage {
  enum class Signature { kVendor, kMissing, kForeign };
  Signature signature = Signature::kVendor;
  uint32_t version = 1;
  bool changed = false;  ///< attack: a bit of the image was changed after it was signed
};

/// Where the boot ROM works: its variables, the signed header and what it measured. A program that is loaded there cannot be started by it.
constexpr uint32_t kBootWorkBytes = 0x10000;  ///< the last of DRAM
constexpr uint32_t kSignedHeaderBytes = 0x1000;  ///< of these, the last page

/// The header that the vendor signs for a program, as firmware-under-test/boot-rom/signed_header.h describes it; zeros if the signature is missing.
/// Throws UsageError for a program of more segments than it has room for; `name` is the program's, for the message.
std::vector<uint8_t> make_signed_header(const Program& program, const FirmwareImage& image, const std::string& name);

}  // namespace saksi::hw

#endif
