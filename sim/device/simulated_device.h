#ifndef SAKSI_SIM_DEVICE_SIMULATED_DEVICE_H_
#define SAKSI_SIM_DEVICE_SIMULATED_DEVICE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hw-models/board/board.h"
#include "sim/device/device.h"
#include "sim/device/device_file.h"
#include "sim/device/truth_log.h"

namespace saksi::sim {

/// What a simulated device is made of.
struct SimulatedDeviceConfig {
  hw::BoardSpec board;
  DeviceSpec device;
  const hw::Program* program = nullptr;   ///< must outlive the device
  const hw::Program* boot_rom = nullptr;  ///< of a device with secure boot; must outlive the device
  hw::LightSource* light = nullptr;       ///< must outlive the device
  std::string card_image;                 ///< made for this run; empty without a card
  uint64_t seed = 1;
  hw::CpuEngine cpu_engine = hw::CpuEngine::kTranslated;
  hw::EncoderConfig encoder;
  /// Told of what only simulation sees: "irq" (with the block; it rises), "frame", "picture", "watchdog". May be empty.
  std::function<void(const std::string& word, const std::string& detail, int64_t t_ns)> hidden_event;
};

/// A camera in virtual time. One in a process, since it owns the SystemC kernel.
///
/// run_until() lets the kernel run to an event at the asked time, so that the CPU, which never passes a pending event, stands at exactly
/// that instant when the bench acts.
class SimulatedDevice : public Device {
 public:
  SimulatedDevice(const SimulatedDeviceConfig& config, TruthLog& truth);
  ~SimulatedDevice() override;

  /// Must be set before time passes.
  void set_observer(DeviceObserver& observer);

  void set_button(const std::string& button, bool pressed) override;
  int cell_mv() const override;
  void supply_on() override;
  void supply_mv(int mv) override;
  void supply_cut() override;
  void insert_card() override;
  void pull_card() override;
  void read_card(const std::string& image_path) override;
  bool has_card() const override;
  int64_t now_ns() const override;
  void run_until(int64_t t_ns) override;
  bool ended() const override { return ended_; }

  hw::Board& board();
  /// Asked of each sector of the card that will be read next; if it says true, run_until() returns early, before anything of the sector is read.
  /// Until then cards that differ in it alone are the same to the device.
  void watch_card_reads(std::function<bool(uint32_t lba)> pauses) { card_watch_ = std::move(pauses); }

 private:
  class Kernel;
  void console_character(char character, int64_t t_ns);
  void rail_changed(uint32_t mv, uint32_t ua, int64_t t_ns);

  DeviceObserver* observer_ = nullptr;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<hw::Board> board_;
  std::function<bool(uint32_t)> card_watch_;
  std::string console_line_;
  bool ended_ = false;
  int64_t rail_told_ns_ = -1;
  uint32_t rail_told_mv_ = 0;
  uint32_t rail_told_ua_ = 0;
};

}  // namespace saksi::sim

#endif
