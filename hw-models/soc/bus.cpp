#include "hw-models/soc/bus.h"

#include <algorithm>

namespace saksi::hw {
namespace {

constexpr uint64_t kAddressSpace = uint64_t{1} << 32;

/// A target sees offsets; the initiator gets its address back.
class Rebased {
 public:
  Rebased(tlm::tlm_generic_payload& payload, uint64_t base) : payload_(payload), address_(payload.get_address()) {
    payload_.set_address(address_ - base);
  }
  ~Rebased() { payload_.set_address(address_); }
  Rebased(const Rebased&) = delete;
  Rebased& operator=(const Rebased&) = delete;

 private:
  tlm::tlm_generic_payload& payload_;
  uint64_t address_;
};

}  // namespace

Bus::Bus(sc_core::sc_module_name name, const BusConfig& /*config*/) : sc_core::sc_module(name), target("target"), initiator_("initiator") {
  target.register_b_transport(this, &Bus::b_transport);
  target.register_get_direct_mem_ptr(this, &Bus::get_direct_mem_ptr);
  target.register_transport_dbg(this, &Bus::transport_dbg);
}

void Bus::add(Range range, tlm::tlm_target_socket<32>& socket) {
  if (range.last < range.first || range.last >= kAddressSpace) {
    SC_REPORT_FATAL(name(), "a mapped range is empty or leaves the 32-bit address space");
  }
  const auto after = std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& other) { return other.last >= range.first; });
  if (after != ranges_.end() && after->first <= range.last) SC_REPORT_FATAL(name(), "two mapped ranges overlap");
  range.target = static_cast<int>(ranges_.size());
  ranges_.insert(after, range);
  initiator_.bind(socket);
}

void Bus::map(uint32_t base, uint64_t size, tlm::tlm_target_socket<32>& socket) { add(Range{base, base + size - 1, 0, nullptr}, socket); }

void Bus::map(uint32_t base, uint64_t size, RegBlock& block) { add(Range{base, base + size - 1, 0, &block}, block.reg_target); }

RegisterWindow Bus::registers_at(uint32_t address) const {
  const Range* range = find(address);
  if (!range) return {address, address, nullptr};
  return {static_cast<uint32_t>(range->first), static_cast<uint32_t>(range->last), range->port};
}

const Bus::Range* Bus::find(uint64_t address) const {
  const auto range = std::lower_bound(ranges_.begin(), ranges_.end(), address, [](const Range& r, uint64_t a) { return r.last < a; });
  return range != ranges_.end() && range->first <= address ? &*range : nullptr;
}

void Bus::b_transport(int /*id*/, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const Range* range = find(payload.get_address());
  if (!range || payload.get_address() + payload.get_data_length() - 1 > range->last) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const Rebased rebased(payload, range->first);
  initiator_[range->target]->b_transport(payload, delay);
}

bool Bus::get_direct_mem_ptr(int /*id*/, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const Range* range = find(payload.get_address());
  if (!range) return false;
  const Rebased rebased(payload, range->first);
  if (!initiator_[range->target]->get_direct_mem_ptr(payload, dmi)) return false;
  dmi.set_start_address(dmi.get_start_address() + range->first);
  dmi.set_end_address(std::min<uint64_t>(dmi.get_end_address() + range->first, range->last));
  return true;
}

unsigned Bus::transport_dbg(int /*id*/, tlm::tlm_generic_payload& payload) {
  const Range* range = find(payload.get_address());
  if (!range || payload.get_address() + payload.get_data_length() - 1 > range->last) return 0;
  const Rebased rebased(payload, range->first);
  return initiator_[range->target]->transport_dbg(payload);
}

}  // namespace saksi::hw
