#ifndef SAKSI_HW_MODELS_BOARD_BOARD_H_
#define SAKSI_HW_MODELS_BOARD_BOARD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw-models/base/dma_observer.h"
#include "hw-models/board/block_view.h"
#include "hw-models/board/board_spec.h"
#include "hw-models/board/encoder_config.h"
#include "hw-models/board/encoder_probe.h"
#include "hw-models/board/signed_firmware.h"
#include "hw-models/card/card_faults.h"
#include "hw-models/card/card_image.h"
#include "hw-models/card/card_timing.h"
#include "hw-models/card/flash.h"
#include "hw-models/card/sector_store.h"
#include "hw-models/card/write_hook.h"
#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/cpu_engine.h"
#include "hw-models/cpu/elf_loader.h"
#include "hw-models/rtc/pcf85063a.h"
#include "hw-models/secure-element/atecc608_commands.h"
#include "hw-models/sensor/lens.h"
#include "hw-models/sensor/light_source.h"
#include "hw-models/sensor/raw_frame.h"

namespace saksi::hw {

/// What decides how a board behaves, besides its board file.
struct BoardConfig {
  uint64_t seed = 1;  ///< of sensor noise and card timing
  CpuEngine cpu_engine = CpuEngine::kTranslated;
  EncoderConfig encoder;
  LensConfig lens;     ///< before the image sensor
  PixelConfig pixels;  ///< of the image sensor
  uint32_t cell_capacity_mah = 2900;
  uint32_t cell_charge_percent = 80;
  bool card_present = true;
  std::string card_image;  ///< base image of the card
  CardTiming card_timing;
  CardFaults card_faults;
  FlashConfig card_flash;
  Pcf85063aConfig rtc;
  Atecc608Faults element_faults;
  const Program* boot_rom = nullptr;  ///< secure boot: starts the program only if it is signed; nullptr: none. Must outlive the board
  FirmwareImage firmware_image;       ///< of the program, for the boot ROM
  uint32_t newest_firmware = 1;       ///< of what ran before: the secure element's counter of firmware versions
};

/// The root certificate, as PEM, of the vendor who provisioned the board's secure element; empty if the board has none.
std::string vendor_ca_pem(const BoardSpec& spec);

/// One coded picture, as only simulation sees it.
struct PictureTruth {
  uint64_t frame = 0;  ///< the sensor's frame that it shows
  int64_t t_start_ns = 0;
  int64_t t_done_ns = 0;
  uint32_t bytes = 0;  ///< of the NAL unit
  std::string sha256;  ///< of the NAL unit, hexadecimal
};

/// A write command that the card was given, and which code gave it.
struct WriteCommandTruth {
  int64_t t_ns = 0;
  uint32_t lba = 0;
  uint32_t sectors = 0;
  std::vector<uint32_t> stack;  ///< program counter first, then return addresses outwards
};

/// What the outside sees of a board, and what only simulation sees. Any may be empty. Times are nanoseconds of virtual time.
struct BoardObservers {
  std::function<void(const std::string& led, bool lit, int64_t t_ns)> led;
  std::function<void(uint32_t mv, uint32_t ua, int64_t t_ns)> rail;
  std::function<void(char character, int64_t t_ns)> uart;
  std::function<void(uint16_t status, uint16_t code)> finish;
  std::function<void(int64_t t_ns)> watchdog_bite;
  std::function<void(const FrameTruth&)> frame;
  std::function<void(const PictureTruth&)> picture;
  std::function<void(const std::string& block, bool level, int64_t t_ns)> irq;  ///< a block's wire to the interrupt controller
  std::function<void(const WriteCommandTruth&)> write_command;
  std::function<void(const CardFaultTruth&)> card_fault;
  std::function<void(uint32_t lba)> card_read;  ///< what this sector holds will be asked for next: nothing before depends on that
  WriteHook* sectors = nullptr;
};

/// A soc with everything around it, wired as its board file says. One at a time in a process.
///
/// The board is dark until it gets power. When power is good, the program is put into memory, as a boot loader would, and the CPU starts;
/// when power goes bad everything stops at that instant: memory is lost, the card keeps what was durable, outputs fall.
class Board {
 public:
  Board(const BoardSpec& spec, const BoardConfig& config, const Program& program, LightSource* light, BoardObservers observers);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // What a bench does. All at the kernel's time, while the kernel is paused or from an event.
  void connect_cell();
  void connect_supply(uint32_t mv);
  void cut_supply();
  uint32_t cell_mv() const;
  /// Sets the pin of a button, for example "record" for button_record. The button drives the pin high while pressed.
  void set_button(const std::string& button, bool pressed);
  void insert_card();
  void pull_card();
  void write_card_image(const std::string& path) const;
  bool has_card() const;
  /// What the card holds, to be changed only while the board is dark. Throws InfraError without a card.
  SectorStore& card_store();
  void uart_receive(const std::string& characters);
  /// Lets the console show at once what the guest has written to it: for the end of a run.
  void uart_drain();
  /// Characters of uart_receive() that the guest has not had room for yet.
  size_t uart_backlog() const;
  /// Power without a supply chain, for boards that have no power monitor (bare images).
  void power_on();

  CpuDebug& cpu();
  // For a debugger.
  std::vector<BlockView> blocks() const;
  /// See Cpu::debug_access().
  bool debug_access(bool is_store, uint32_t address, uint32_t size, uint32_t* value);
  bool cpu_powered() const;
  /// Virtual time, in picoseconds, at which the next instruction begins; while the CPU sleeps or is off, the kernel's.
  uint64_t cpu_time_ps() const;
  /// True while the CPU sleeps in WFI.
  bool cpu_sleeping() const;
  /// Tells of every store of the guest into [address, address + size).
  void watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t address, uint32_t value)> listener);
  /// Tells `observer` of what blocks do to memory, or nobody any more (nullptr). It must outlive the board or be taken back.
  void set_dma_observer(DmaObserver* observer);

  // Waves: every RTL block, and in scope `board` irq wires, named pins and power, in one FST file.
  /// To be called before time passes if waves may be wanted: see RtlBlock::keep_history().
  void keep_wave_history();
  /// Begins a file at the kernel's time. Of the RTL blocks' signals only those wanted: see WavePipe. Returns how many those are. Once.
  size_t open_waves(const std::string& path, const std::vector<std::string>& signals);
  /// Hands over what has happened up to the kernel's time, as is to be done every some microseconds.
  void show_waves();
  /// Ends the file. False if it could not be written.
  bool close_waves();
  /// For the performance report.
  uint64_t encoder_cycles() const;
  uint64_t energy_uj() const;

 private:
  struct Parts;
  void build(const BoardSpec& spec, const BoardConfig& config, LightSource* light);
  void add_i2c_devices(LightSource* light);
  void wire_observers();
  void reset_blocks();
  void place_program();
  void tell_picture(const EncoderProbe::Picture& picture);
  void start();
  void stop();
  void watchdog_reset();
  std::unique_ptr<Parts> parts_;
};

}  // namespace saksi::hw

#endif
