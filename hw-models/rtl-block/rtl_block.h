#ifndef SAKSI_HW_MODELS_RTL_BLOCK_RTL_BLOCK_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_RTL_BLOCK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw-models/base/bus_block.h"
#include "hw-models/rtl-block/axi_memory.h"
#include "hw-models/rtl-block/rtl_model.h"
#include "hw-models/rtl-block/rtl_ports.h"

namespace saksi::hw {

struct RtlBlockConfig {
  uint64_t clock_hz = 100'000'000;
  AxiMemoryConfig memory;
  uint32_t idle_uw = 1'000;
  uint32_t busy_uw = 60'000;
  /// A block that neither uses its bus nor interrupts for this long counts as asleep even if a counter in it still runs.
  uint64_t asleep_cycles = 65'536;
  RtlPortNames ports;
  std::string design;  ///< how messages call it; empty: the block's name
};

/// Couples a Verilated block (see RtlPorts for its ports) to bus, memory, interrupt and rail; it knows nothing of what the block does.
///
/// Time: rising edges are at whole multiples of the clock period. A register access is a real AXI-Lite or APB transaction which begins at the
/// first edge after the access; its clocks are added to the access's delay.
///
/// The block is clocked only while it has something to do. It is asleep once its whole state no longer changes from one cycle to the next
/// with nothing outstanding on its bus: then no number of further clocks would change it. After an access that leaves it awake it is run
/// ahead, in no time, until its irq changes or it is asleep; the exact cycle of that becomes an event. Before that the state is saved, and
/// every write to memory goes to a log. A register access in between takes both back, runs again to exactly its own cycle, and goes on from
/// there; a reset does the same and keeps just the writes that were made by then. An access that disturbs a run makes the next runs shorter
/// (and undisturbed ones longer again), so that a driver that polls does not cause every cycle to be run many times. How far a run goes has
/// no effect on anything that firmware can see.
///
/// A circuit that ends the simulation ($finish, $stop, $fatal) does so when virtual time has come to that cycle, not when it is run ahead:
/// std::runtime_error out of the kernel, or out of the access. What it prints ($display) appears as often as the cycle is run.
///
/// Waves show what really happened, once and in order, not what a run ahead tried: a cycle is shown when the kernel's time has passed it. What
/// had been run ahead is gone through once more for that, with the same inputs (AxiMemory::begin_repeat()). A rising edge stands at its time, and
/// what changes by it; inputs that the wrapper drives change half a period later, with the falling edge. While the block is not clocked, `clocked`
/// is 0 and everything keeps its value.
class RtlBlock : public BusBlock {
 public:
  /// Throws UsageError if the model's ports cannot be coupled, or if its state cannot be saved.
  RtlBlock(sc_core::sc_module_name name, const RtlBlockConfig& config, std::unique_ptr<RtlModel> model);
  ~RtlBlock() override;

  void reset() override;
  const Ranges& written_ranges() const override { return memory_.written_ranges(); }
  const Ranges& read_ranges() const override { return memory_.read_ranges(); }

  /// To be called when waves may be wanted later: keeps what open_waves() needs of the past. Costs a copy of each beat that is read.
  void keep_history() { memory_.keep_reads(); }
  /// Declares every signal to `sink` and shows how they stand at the kernel's time. keep_history() must have been called at the beginning.
  void open_waves(WaveSink& sink);
  /// Shows everything up to the kernel's time.
  void show_waves();
  std::string module() const { return model_->module(); }

  const DeliveredStats& delivered() const { return memory_.state().stats; }
  /// Clock cycles that were really evaluated, those of re-runs too: the host's work.
  uint64_t evaluated_cycles() const override { return evaluated_cycles_; }
  uint64_t roll_backs() const { return roll_backs_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;

  // False: no answer, or an error response.
  bool write_register(uint32_t offset, uint32_t data, uint8_t strobes);
  bool read_register(uint32_t offset, uint32_t& value);
  bool axil_write(uint32_t offset, uint32_t data, uint8_t strobes);
  bool axil_read(uint32_t offset, uint32_t& value);
  bool apb_transfer(uint32_t offset, uint32_t* read_value);
  void release_registers();

  bool low_phase();
  void high_phase();
  /// One clock; true if anything goes on at m_axi.
  bool cycle();
  void check_states();
  void reset_model();
  bool unchanged_by_a_cycle();
  void save_checkpoint();
  void roll_back();

  void bring_to(uint64_t edge);
  void go_on(const sc_core::sc_time& when);
  void run_ahead(const sc_core::sc_time& when);
  void run_to_horizon();
  void horizon();
  void horizon_method();
  void set_busy(bool busy, const sc_core::sc_time& when) { BusBlock::set_busy(busy, when, config_.idle_uw, config_.busy_uw); }
  bool irq_changed() const { return (*ports_.irq != 0) != irq.level(); }

  void show_low();
  void show_high();
  void show_clocked(bool clocked);
  void show_gap();
  void repeat_to(uint64_t edge, bool show_end = false);
  uint64_t half_after(uint64_t edge) const;

  /// When to look whether the block sleeps. Kept over the end of a run, so that where a run ends decides nothing.
  struct SleepWatch {
    uint64_t quiet = 0;      ///< cycles without activity on the bus
    uint64_t next_look = 4;  ///< at this many
    bool worked = false;     ///< it has used its bus
  };

  uint64_t edge_at(const sc_core::sc_time& time) const;
  sc_core::sc_time time_of(uint64_t edge) const;

  RtlBlockConfig config_;
  std::unique_ptr<RtlModel> model_;
  const RtlPorts ports_;
  AxiMemory memory_;

  uint64_t edge_ = 0;    ///< the last edge that the model has seen
  bool ahead_ = false;   ///< run ahead of the kernel, to edge_, where horizon_event_ is due; else asleep
  bool asleep_ = false;  ///< at the end of the run ahead
  std::string failure_;  ///< at the end of the run ahead: the circuit ended the simulation, in these words
  uint64_t run_limit_;   ///< cycles that a run ahead may last
  uint64_t evaluated_cycles_ = 0;
  uint64_t roll_backs_ = 0;

  SleepWatch watch_;

  std::vector<uint8_t> checkpoint_;
  uint64_t checkpoint_edge_ = 0;
  AxiMemory::State checkpoint_memory_;
  SleepWatch checkpoint_watch_;
  /// How far the run since the checkpoint has been shown, if it has been begun with.
  struct Repeat {
    bool begun = false;
    std::vector<uint8_t> model;
    AxiMemory::State memory;
    uint64_t edge = 0;
  };
  WaveSink* sink_ = nullptr;
  bool speculative_ = false;    ///< the cycles being run may be taken back: they are not shown
  bool clocked_ = false;        ///< as last shown
  bool shows_clocked_ = false;  ///< somebody wants it
  uint64_t shown_edge_ = 0;
  uint64_t shown_ps_ = 0;
  Repeat repeat_;
  std::vector<uint8_t> present_;  ///< while a run is repeated

  std::vector<uint8_t> state_a_, state_b_;  ///< for comparing; members to keep their memory
  sc_core::sc_event horizon_event_;
};

}  // namespace saksi::hw

#endif
