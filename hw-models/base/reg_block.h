#ifndef SAKSI_HW_MODELS_BASE_REG_BLOCK_H_
#define SAKSI_HW_MODELS_BASE_REG_BLOCK_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <systemc>

#include "hw-models/base/irq_line.h"
#include "hw-models/base/load.h"
#include "hw-models/base/register_file.h"
#include "hw-models/base/register_port.h"

namespace saksi::hw {

/// A register-mapped block: target socket, register file, interrupt and load. Derived blocks attach register handlers in their
/// constructor and override reset().
///
/// The CPU runs ahead of the kernel, up to the next pending event and no further, so a register access arrives with a delay: it happens
/// at now(), not at sc_time_stamp(). Nothing else can happen in between. Handlers take the time from now() and schedule with notify_at().
class RegBlock : public sc_core::sc_module, public RegisterPort {
 public:
  tlm_utils::simple_target_socket<RegBlock, 32> reg_target;
  RegisterFile regs;
  IrqLine irq;
  Load load;

  /// Power-on reset: every pending event cancelled, registers at their reset values, interrupt low.
  virtual void reset();

  /// For tests and debuggers: a register access at the kernel's time.
  uint32_t read32(uint32_t offset) { return regs.read(offset, 4); }
  void write32(uint32_t offset, uint32_t value) { regs.write(offset, 4, value); }

  Read read_register(uint32_t offset, uint32_t size, const sc_core::sc_time& delay) final;
  bool write_register(uint32_t offset, uint32_t size, uint32_t value, const sc_core::sc_time& delay) final;

 protected:
  template <size_t N>
  RegBlock(sc_core::sc_module_name name, const regs::RegisterInfo (&table)[N]) : RegBlock(name, table, N) {}
  RegBlock(sc_core::sc_module_name name, const regs::RegisterInfo* table, size_t count);

  /// The time of the access in progress; outside of one, the kernel's time.
  sc_core::sc_time now() const { return sc_core::sc_time_stamp() + access_delay_; }
  /// Notifies at an absolute time, at once if that has passed.
  static void notify_at(sc_core::sc_event& event, const sc_core::sc_time& when);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  sc_core::sc_time access_delay_ = sc_core::SC_ZERO_TIME;
};

}  // namespace saksi::hw

#endif
