#include "hw-models/soc/unpopulated.h"

namespace saksi::hw {

Unpopulated::Unpopulated(sc_core::sc_module_name name, const UnpopulatedConfig& config)
    : sc_core::sc_module(name), target("target"), reads_as_(config.reads_as) {
  target.register_b_transport(this, &Unpopulated::b_transport);
  target.register_transport_dbg(this, &Unpopulated::transport_dbg);
}

void Unpopulated::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  transport_dbg(payload);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned Unpopulated::transport_dbg(tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return payload.get_data_length();
  for (unsigned i = 0; i < payload.get_data_length(); ++i) {
    const uint64_t byte = (payload.get_address() + i) % 4;
    payload.get_data_ptr()[i] = static_cast<unsigned char>(reads_as_ >> (8 * byte));
  }
  return payload.get_data_length();
}

}  // namespace saksi::hw
