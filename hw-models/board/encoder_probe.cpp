#include "hw-models/board/encoder_probe.h"

#include <cstring>

#include "regs/h264_regs.hpp"

namespace saksi::hw {

EncoderProbe::EncoderProbe(sc_core::sc_module_name name) : sc_core::sc_module(name), target("target"), initiator("initiator") {
  target.register_b_transport(this, &EncoderProbe::b_transport);
}

void EncoderProbe::irq_changed(bool level) {
  if (irq_listener_) irq_listener_(level);
  if (level && in_work_) current_.done = sc_core::sc_time_stamp();
}

void EncoderProbe::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const sc_core::sc_time when = sc_core::sc_time_stamp() + delay;
  initiator->b_transport(payload, delay);
  if (payload.get_data_length() != 4 || payload.get_response_status() != tlm::TLM_OK_RESPONSE) return;
  uint32_t value = 0;
  std::memcpy(&value, payload.get_data_ptr(), sizeof value);
  const auto offset = static_cast<uint32_t>(payload.get_address());
  if (payload.is_write()) {
    if (offset == regs::h264::kSrcY) latched_.source = value;
    if (offset == regs::h264::kBsAddr) latched_.bitstream = value;
    if (offset == regs::h264::kCtrl && regs::h264::kCtrlStart.get(value)) {
      current_ = latched_;
      current_.started = when;
      in_work_ = true;
    }
  } else if (offset == regs::h264::kBsBytes && in_work_) {
    in_work_ = false;
    current_.bytes = value;
    if (listener_) listener_(current_);
  }
}

}  // namespace saksi::hw
