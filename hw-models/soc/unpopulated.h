#ifndef SAKSI_HW_MODELS_SOC_UNPOPULATED_H_
#define SAKSI_HW_MODELS_SOC_UNPOPULATED_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>

namespace saksi::hw {

struct UnpopulatedConfig {
  uint32_t reads_as = 0;  ///< every aligned word: 0xFFFFFFFF for erased flash and for a PCI bus with nothing on it
};

/// Addresses that answer with nothing behind them, so that software which probes for a device finds none instead of a bus error. Reads give
/// the configured word, writes are dropped. No code can be fetched from here.
class Unpopulated : public sc_core::sc_module {
 public:
  Unpopulated(sc_core::sc_module_name name, const UnpopulatedConfig& config);

  tlm_utils::simple_target_socket<Unpopulated, 32> target;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);

  uint32_t reads_as_;
};

}  // namespace saksi::hw

#endif
