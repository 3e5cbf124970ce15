#ifndef SAKSI_HW_MODELS_SDHCI_SDHCI_H_
#define SAKSI_HW_MODELS_SDHCI_SDHCI_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "hw-models/base/dma_initiator.h"
#include "hw-models/base/reg_block.h"
#include "hw-models/card/sd_card.h"
#include "hw-models/sdhci/data_mover.h"

namespace saksi::hw {

struct SdhciConfig {
  uint64_t clock_hz = 50'000'000;  ///< base and time-out clock; CAPABILITIES says 50 MHz
  uint32_t idle_uw = 2'000;        ///< internal clock off
  uint32_t clocked_uw = 8'000;     ///< internal clock on
  uint32_t transfer_uw = 40'000;   ///< a command or data on the bus
};

/// SD host controller after the SD Host Controller Simplified Specification 3.00 (regs/sdhci.yaml), one slot: commands, responses, PIO,
/// SDMA and ADMA2 with 32-bit addresses, Auto CMD12 and CMD23, card detect, time-outs, soft resets.
///
/// Time: commands, responses and blocks take their clocks on the bus by CLOCK, HOST_CONTROL.WIDTH_4 and the card's own delays. Memory is
/// read and written a block at a time: written when the block's last bit has come, read when the block before it has left. There is one
/// event for each block.
///
/// The slot's supply follows POWER.BUS_POWER, so a reset of the controller takes the card's power too.
/// Firmware's mistakes are answered as by silicon: a command without a card clock never ends; one while CMD_INHIBIT (or DAT_INHIBIT, where
/// data or busy is wanted) is set is dropped.
/// Not modelled: UHS-I modes and tuning, 1.8 V signalling, 8-bit bus, SDIO interrupts and suspend, block gap requests, wake-up, ADMA2 with
/// 64-bit addresses, preset values.
class Sdhci : public RegBlock {
 public:
  using CommandObserver = std::function<void(uint8_t index, uint32_t argument, uint16_t blocks, sc_core::sc_time time)>;

  Sdhci(sc_core::sc_module_name name, const SdhciConfig& config);

  DmaInitiator dma;

  /// Puts a card into the slot or takes it out, at the kernel's time. A pull cuts the card's power in the middle of whatever it does.
  void insert_card(SdCard& card);
  void pull_card();
  SdCard* card() { return card_; }
  /// Commands that were dropped because the driver did not wait for PRESENT.
  uint64_t dropped_commands() const { return dropped_commands_; }

  /// Called in the middle of the register write that issues a command: the CPU is at the instruction that did it. `blocks` is 0 for a
  /// command without data.
  void on_command(CommandObserver observer) { observer_ = std::move(observer); }

  /// Power-on reset. A card that is in the slot stays there, without power.
  void reset() override;

 private:
  enum class CommandPhase : uint8_t { kIdle, kSending, kResponding, kHung };
  /// kBlock: a block is on the bus. kBuffer: the driver fills or empties the buffer. kBoundary: SDMA waits for an address. kNothing: what
  /// is waited for will not come. kStopping: Auto CMD12.
  enum class DataPhase : uint8_t { kIdle, kBlock, kBuffer, kBoundary, kNothing, kStopping, kBusy };

  void write_sdma_address();
  void write_command();
  uint32_t read_buffer();
  void write_buffer(uint32_t value);
  uint32_t read_present();
  void write_power();
  void write_clock();
  void write_reset(uint32_t value);
  void write_force_event(uint32_t value);

  void command_method();
  void send_command();
  void receive_response();
  bool check_response();
  void finish_auto_cmd23();
  void finish_command();

  void data_method();
  void start_data();
  void await_nothing();
  void await_block();
  void fetch_block();
  void send_block();
  bool move_block(bool to_memory);
  void block_to_host();
  void block_to_card();
  void after_block();
  void next_block();
  void end_of_blocks();
  void finish_auto_cmd12();
  void begin_busy();
  void end_busy();
  void transfer_done();
  void data_error(regs::Field bit);
  void dma_error(DataMover::Result result);
  void abort_data();

  void raise(regs::Field bit);
  void update_irq();
  void update_load();
  bool clock_running() const;
  bool bus_width_agrees() const;
  bool at_sdma_boundary() const;
  sc_core::sc_time bus_clocks(uint64_t clocks) const;
  sc_core::sc_time block_time(size_t bytes) const;
  sc_core::sc_time timeout() const;

  SdhciConfig config_;
  CommandObserver observer_;
  SdCard* card_ = nullptr;

  CommandPhase command_phase_ = CommandPhase::kIdle;
  uint16_t command_ = 0;        ///< COMMAND as issued
  bool sending_cmd23_ = false;  ///< the automatic one that goes before it
  CardResponse response_;
  uint64_t dropped_commands_ = 0;

  DataPhase data_phase_ = DataPhase::kIdle;
  uint16_t mode_ = 0;  ///< TRANSFER_MODE as issued
  uint32_t blocks_left_ = 0;
  size_t block_size_ = 0;
  std::vector<uint8_t> block_;
  size_t buffer_at_ = 0;  ///< PIO position in block_
  DataMover mover_;

  sc_core::sc_event command_event_, data_event_;
};

}  // namespace saksi::hw

#endif
