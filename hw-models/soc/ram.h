#ifndef SAKSI_HW_MODELS_SOC_RAM_H_
#define SAKSI_HW_MODELS_SOC_RAM_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <systemc>

namespace saksi::hw {

struct RamConfig {
  size_t size = 0;  ///< bytes, more than 0
};

/// Plain memory. Initiators reach it by pointer (DMI); an access takes no time. Only pages that were touched cost host memory.
class Ram : public sc_core::sc_module {
 public:
  Ram(sc_core::sc_module_name name, const RamConfig& config);
  ~Ram() override;

  tlm_utils::simple_target_socket<Ram, 32> target;

  uint8_t* direct() { return data_; }
  const uint8_t* direct() const { return data_; }
  size_t size() const { return size_; }

  /// What a power loss does: every byte is 0 afterwards. Real DRAM holds garbage; zero gives the pages back to the host, so that
  /// thousands of power cuts cost nothing. `seed` is for a model that draws the garbage from it and is unused here.
  void lose_contents(uint64_t seed);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);

  uint8_t* data_;
  size_t size_;
};

}  // namespace saksi::hw

#endif
