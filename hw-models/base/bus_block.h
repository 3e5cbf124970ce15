#ifndef SAKSI_HW_MODELS_BASE_BUS_BLOCK_H_
#define SAKSI_HW_MODELS_BASE_BUS_BLOCK_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <functional>
#include <map>
#include <systemc>

#include "hw-models/base/dma_initiator.h"
#include "hw-models/base/irq_line.h"
#include "hw-models/base/load.h"

namespace saksi::hw {

/// A block with registers, an interrupt and a way to memory of its own, that works on buffers while it is busy: a circuit under Verilator or
/// the C++ twin of one.
///
/// While it is busy a block owns its buffers: it may read or write them at once, ahead of time. Firmware must not touch them;
/// written_ranges() says where it wrote.
class BusBlock : public sc_core::sc_module {
 public:
  explicit BusBlock(sc_core::sc_module_name name) : sc_module(name), reg_target("reg_target"), dma("dma") {
    reg_target.register_b_transport(this, &BusBlock::b_transport);
    reg_target.register_transport_dbg(this, &BusBlock::transport_dbg);
  }

  tlm_utils::simple_target_socket<BusBlock, 32> reg_target;
  DmaInitiator dma;
  IrqLine irq;
  Load load;

  /// Power-on reset at the kernel's time.
  virtual void reset() = 0;

  /// True from the access that woke the block until it sleeps.
  bool busy() const { return busy_; }
  /// Called when busy() changes, with the time of it.
  void on_busy(std::function<void(bool busy, sc_core::sc_time time)> observer) { observer_ = std::move(observer); }

  using Ranges = std::map<uint32_t, uint32_t>;  ///< first address to the address after it
  /// Where the block wrote since it woke, up to where it was run ahead.
  virtual const Ranges& written_ranges() const = 0;
  /// Likewise where it read.
  virtual const Ranges& read_ranges() const = 0;

  /// Clock cycles that the host really evaluated one by one.
  virtual uint64_t evaluated_cycles() const = 0;

  /// Merges a range with those that it touches.
  static void note_range(Ranges& ranges, uint32_t address, uint32_t bytes);

 protected:
  virtual void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) = 0;
  virtual unsigned transport_dbg(tlm::tlm_generic_payload&) { return 0; }  // a look would clock the block

  void set_busy(bool busy, const sc_core::sc_time& when, uint32_t idle_uw, uint32_t busy_uw) {
    if (busy == busy_) return;
    busy_ = busy;
    load.set_uw(busy ? busy_uw : idle_uw);
    if (observer_) observer_(busy, when);
  }

 private:
  bool busy_ = false;
  std::function<void(bool, sc_core::sc_time)> observer_;
};

}  // namespace saksi::hw

#endif
