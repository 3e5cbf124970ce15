#ifndef SAKSI_HW_MODELS_SOC_ROM_H_
#define SAKSI_HW_MODELS_SOC_ROM_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <systemc>
#include <vector>

namespace saksi::hw {

struct RomConfig {
  size_t size = 0x1000;              ///< bytes, at least 32
  uint32_t entry = 0x80000000;       ///< where the reset code jumps to
  uint32_t device_tree_address = 0;  ///< passed in a1, 0 if there is none
};

/// The reset ROM, as QEMU virt's: puts the hart id into a0 and the address of the device tree into a1 and jumps to the entry. A write is a
/// bus error.
class Rom : public sc_core::sc_module {
 public:
  Rom(sc_core::sc_module_name name, const RomConfig& config);

  tlm_utils::simple_target_socket<Rom, 32> target;

  void set_entry(uint32_t entry);
  void set_device_tree_address(uint32_t address);
  /// Puts further contents (a device tree) into the ROM; `offset` + data must fit.
  void place(size_t offset, const std::vector<uint8_t>& data);

 private:
  void put_word(size_t offset, uint32_t word);
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);

  std::vector<uint8_t> data_;
};

}  // namespace saksi::hw

#endif
