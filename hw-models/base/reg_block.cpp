#include "hw-models/base/reg_block.h"

#include <cstring>

namespace saksi::hw {

RegBlock::RegBlock(sc_core::sc_module_name name, const regs::RegisterInfo* table, size_t count)
    : sc_core::sc_module(name), reg_target("reg_target"), regs(table, count) {
  reg_target.register_b_transport(this, &RegBlock::b_transport);
  reg_target.register_transport_dbg(this, &RegBlock::transport_dbg);
}

void RegBlock::reset() {
  regs.reset();
  irq.set(false);
}

void RegBlock::notify_at(sc_core::sc_event& event, const sc_core::sc_time& when) {
  const sc_core::sc_time kernel = sc_core::sc_time_stamp();
  event.notify(when > kernel ? when - kernel : sc_core::SC_ZERO_TIME);
}

void RegBlock::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const unsigned size = payload.get_data_length();
  const uint32_t offset = static_cast<uint32_t>(payload.get_address());
  if ((size != 1 && size != 2 && size != 4) || offset % size != 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  if (payload.is_read()) {
    const uint32_t value = read_register(offset, size, delay).value;
    std::memcpy(payload.get_data_ptr(), &value, size);
  } else if (payload.is_write()) {
    uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), size);
    write_register(offset, size, value, delay);
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

RegisterPort::Read RegBlock::read_register(uint32_t offset, uint32_t size, const sc_core::sc_time& delay) {
  access_delay_ = delay;
  const RegisterFile::Read read = regs.read_access(offset, size);
  access_delay_ = sc_core::SC_ZERO_TIME;
  return {read.value, read.quiet};
}

bool RegBlock::write_register(uint32_t offset, uint32_t size, uint32_t value, const sc_core::sc_time& delay) {
  access_delay_ = delay;
  const bool quiet = regs.write(offset, size, value);
  access_delay_ = sc_core::SC_ZERO_TIME;
  return quiet;
}

unsigned RegBlock::transport_dbg(tlm::tlm_generic_payload& payload) {
  // A debugger must not disturb the block, and a read handler may have effects: only stored values are shown, and nothing is written.
  if (!payload.is_read()) return 0;
  std::memset(payload.get_data_ptr(), 0, payload.get_data_length());
  return 0;
}

}  // namespace saksi::hw
