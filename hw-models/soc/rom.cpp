#include "hw-models/soc/rom.h"

#include <cstring>

namespace saksi::hw {
namespace {

// The reset code, position independent:
//   auipc t0, 0; csrr a0, mhartid; lw a1, 20(t0); lw t1, 24(t0); jr t1
// followed by the two words that it loads.
constexpr uint32_t kCode[] = {0x00000297, 0xF1402573, 0x0142A583, 0x0182A303, 0x00030067};
constexpr size_t kDeviceTreeOffset = 20;
constexpr size_t kEntryOffset = 24;
constexpr size_t kCodeEnd = 28;

}  // namespace

Rom::Rom(sc_core::sc_module_name name, const RomConfig& config) : sc_core::sc_module(name), target("target"), data_(config.size) {
  if (config.size < kCodeEnd) SC_REPORT_FATAL(this->name(), "the reset code does not fit into this ROM");
  std::memcpy(data_.data(), kCode, sizeof kCode);
  set_entry(config.entry);
  set_device_tree_address(config.device_tree_address);
  target.register_b_transport(this, &Rom::b_transport);
  target.register_get_direct_mem_ptr(this, &Rom::get_direct_mem_ptr);
  target.register_transport_dbg(this, &Rom::transport_dbg);
}

void Rom::put_word(size_t offset, uint32_t word) { std::memcpy(data_.data() + offset, &word, sizeof word); }

void Rom::set_entry(uint32_t entry) { put_word(kEntryOffset, entry); }

void Rom::set_device_tree_address(uint32_t address) { put_word(kDeviceTreeOffset, address); }

void Rom::place(size_t offset, const std::vector<uint8_t>& data) {
  if (offset < kCodeEnd || offset > data_.size() || data.size() > data_.size() - offset) {
    SC_REPORT_FATAL(name(), "data placed over the reset code or beyond the end of the ROM");
  }
  std::memcpy(data_.data() + offset, data.data(), data.size());
}

void Rom::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  if (!payload.is_read()) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  const bool complete = transport_dbg(payload) == payload.get_data_length();
  payload.set_response_status(complete ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

bool Rom::get_direct_mem_ptr(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& dmi) {
  dmi.allow_read();
  dmi.set_start_address(0);
  dmi.set_end_address(data_.size() - 1);
  dmi.set_dmi_ptr(data_.data());
  return true;
}

unsigned Rom::transport_dbg(tlm::tlm_generic_payload& payload) {
  const uint64_t offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (!payload.is_read() || offset > data_.size() || length > data_.size() - offset) return 0;
  std::memcpy(payload.get_data_ptr(), data_.data() + offset, length);
  return length;
}

}  // namespace saksi::hw
