#ifndef SAKSI_HW_MODELS_SOC_BUS_H_
#define SAKSI_HW_MODELS_SOC_BUS_H_

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <cstdint>
#include <systemc>
#include <vector>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct BusConfig {};

/// The address decoder between initiators (CPU, DMA) and targets. A target sees offsets from its base. An access that no target covers
/// as a whole ends with TLM_ADDRESS_ERROR_RESPONSE. The bus takes no time and does not arbitrate: transfer times are the blocks' own.
class Bus : public sc_core::sc_module {
 public:
  Bus(sc_core::sc_module_name name, const BusConfig& config = {});

  /// Bind every initiator here.
  tlm_utils::multi_passthrough_target_socket<Bus, 32> target;

  /// Maps `size` bytes at `base` to a target; a range that overlaps another or leaves 32 bits is a builder's mistake (SC_REPORT_FATAL).
  void map(uint32_t base, uint64_t size, tlm::tlm_target_socket<32>& socket);
  /// Likewise for a block's registers, which the CPU may then reach through registers_at() too.
  void map(uint32_t base, uint64_t size, RegBlock& block);

  /// The block mapped as such at an address; without a port if there is none.
  RegisterWindow registers_at(uint32_t address) const;

 private:
  struct Range {
    uint64_t first;
    uint64_t last;
    int target;          ///< index among those bound to initiator_
    RegisterPort* port;  ///< nullptr unless it was mapped as a block
  };

  void add(Range range, tlm::tlm_target_socket<32>& socket);
  void b_transport(int id, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(int id, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(int id, tlm::tlm_generic_payload& payload);
  const Range* find(uint64_t address) const;

  tlm_utils::multi_passthrough_initiator_socket<Bus, 32> initiator_;
  std::vector<Range> ranges_;  ///< by address
};

}  // namespace saksi::hw

#endif
