#ifndef SAKSI_HW_MODELS_SOC_LONE_BLOCK_FOR_TEST_H_
#define SAKSI_HW_MODELS_SOC_LONE_BLOCK_FOR_TEST_H_

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

/// The CPU's end of a block's register socket, for tests of a block without bus and CPU. Accesses may carry a delay, as the CPU's do.
class LoneBlock : public sc_core::sc_module {
 public:
  explicit LoneBlock(RegBlock& block, sc_core::sc_module_name name = "lone_block") : sc_core::sc_module(name), socket_("socket") {
    socket_.bind(block.reg_target);
  }

  uint32_t read(uint32_t offset, uint32_t size, sc_core::sc_time delay) {
    uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset, size, &value, delay);
    return value;
  }
  void write(uint32_t offset, uint32_t size, uint32_t value, sc_core::sc_time delay) {
    access(tlm::TLM_WRITE_COMMAND, offset, size, &value, delay);
  }

 private:
  void access(tlm::tlm_command command, uint32_t offset, uint32_t size, uint32_t* value, sc_core::sc_time delay) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(value));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    socket_->b_transport(payload, delay);
  }

  tlm_utils::simple_initiator_socket<LoneBlock, 32> socket_;
};

}  // namespace saksi::hw

#endif
