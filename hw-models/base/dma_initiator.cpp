#include "hw-models/base/dma_initiator.h"

#include <cstring>

namespace saksi::hw {

DmaInitiator::DmaInitiator(const char* name) : socket(name) {}

bool DmaInitiator::locate(uint32_t address) {
  if (address >= start_ && address <= end_) return true;
  tlm::tlm_generic_payload payload;
  tlm::tlm_dmi dmi;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  if (!socket->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_write_allowed()) return false;
  start_ = dmi.get_start_address();
  end_ = dmi.get_end_address();
  base_ = dmi.get_dmi_ptr();
  return address >= start_ && address <= end_;
}

uint8_t* DmaInitiator::direct(uint32_t address, size_t size) {
  if (!locate(address) || address + size - 1 > end_) return nullptr;
  return base_ + (address - start_);
}

uint64_t DmaInitiator::end_of_memory(uint32_t address) { return locate(address) ? end_ + 1 : 0; }

bool DmaInitiator::read(uint32_t address, void* data, size_t size) {
  if (size == 0) return true;
  const uint8_t* memory = direct(address, size);
  if (!memory) return false;
  std::memcpy(data, memory, size);
  return true;
}

bool DmaInitiator::write(uint32_t address, const void* data, size_t size) {
  if (size == 0) return true;
  uint8_t* memory = direct(address, size);
  if (!memory) return false;
  std::memcpy(memory, data, size);
  if (observer_) observer_(address, static_cast<uint32_t>(size));
  return true;
}

void DmaInitiator::wrote(const uint8_t* memory, size_t size) const {
  if (observer_) observer_(static_cast<uint32_t>(start_ + static_cast<uint64_t>(memory - base_)), static_cast<uint32_t>(size));
}

}  // namespace saksi::hw
