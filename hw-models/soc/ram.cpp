#include "hw-models/soc/ram.h"

#include <sys/mman.h>

#include <cstring>

namespace saksi::hw {

Ram::Ram(sc_core::sc_module_name name, const RamConfig& config) : sc_core::sc_module(name), target("target"), size_(config.size) {
  void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) SC_REPORT_FATAL(this->name(), "the host has no memory for this RAM, or its size is 0");
  data_ = static_cast<uint8_t*>(memory);
  target.register_b_transport(this, &Ram::b_transport);
  target.register_get_direct_mem_ptr(this, &Ram::get_direct_mem_ptr);
  target.register_transport_dbg(this, &Ram::transport_dbg);
}

Ram::~Ram() { munmap(data_, size_); }

void Ram::lose_contents(uint64_t /*seed*/) { madvise(data_, size_, MADV_DONTNEED); }

void Ram::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  const bool complete = transport_dbg(payload) == payload.get_data_length();
  payload.set_response_status(complete ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

bool Ram::get_direct_mem_ptr(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& dmi) {
  dmi.allow_read_write();
  dmi.set_start_address(0);
  dmi.set_end_address(size_ - 1);
  dmi.set_dmi_ptr(data_);
  return true;
}

unsigned Ram::transport_dbg(tlm::tlm_generic_payload& payload) {
  const uint64_t offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (offset > size_ || length > size_ - offset) return 0;
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), data_ + offset, length);
  if (payload.is_write()) std::memcpy(data_ + offset, payload.get_data_ptr(), length);
  return length;
}

}  // namespace saksi::hw
