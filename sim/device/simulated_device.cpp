#include "sim/device/simulated_device.h"

#include <cstdlib>
#include <systemc>

namespace saksi::sim {

namespace {

constexpr int64_t kRailEveryNs = 1'000'000'000;  ///< told at least this often while it changes at all
constexpr int64_t kRailAtMostNs = 10'000'000;    ///< and at most this often, unless the voltage falls away
constexpr uint32_t kRailStepPercent = 2;

sc_core::sc_time from_ns(int64_t ns) { return sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS); }
int64_t kernel_ns() { return static_cast<int64_t>(sc_core::sc_time_stamp().value() / 1000); }

hw::BoardConfig board_config(const SimulatedDeviceConfig& config) {
  hw::BoardConfig board;
  const DeviceSpec& device = config.device;
  board.seed = config.seed;
  board.cpu_engine = config.cpu_engine;
  board.encoder = config.encoder;
  board.lens = device.lens;
  board.pixels = device.pixels;
  board.rtc = device.rtc;
  board.element_faults = device.element_faults;
  board.boot_rom = config.boot_rom;
  board.firmware_image = device.firmware_image;
  board.newest_firmware = static_cast<uint32_t>(device.newest_firmware);
  board.cell_capacity_mah = static_cast<uint32_t>(device.cell.capacity_mah);
  board.cell_charge_percent = static_cast<uint32_t>(device.cell.charge_percent);
  board.card_present = device.card.present;
  board.card_image = config.card_image;
  board.card_timing = hw::CardTiming::profile(device.card.profile);
  board.card_timing.stall_ms = static_cast<uint32_t>(device.card.stall_ms);
  board.card_timing.stall_after_writes = static_cast<uint32_t>(device.card.stall_after_writes);
  board.card_faults = device.card.faults;
  board.card_flash = device.card.flash;
  return board;
}

/// Has `event` told of what only simulation sees, besides whoever is told already.
void tell_hidden(hw::BoardObservers& observers, const std::function<void(const std::string&, const std::string&, int64_t)>& event) {
  observers.irq = [event, told = observers.irq](const std::string& block, bool level, int64_t t_ns) {
    told(block, level, t_ns);
    if (level) event("irq", block, t_ns);
  };
  observers.watchdog_bite = [event](int64_t t_ns) { event("watchdog", "", t_ns); };
  observers.frame = [event, told = observers.frame](const hw::FrameTruth& frame) {
    told(frame);
    event("frame", "", frame.t_done_ns);
  };
  observers.picture = [event, told = observers.picture](const hw::PictureTruth& picture) {
    told(picture);
    event("picture", "", picture.t_done_ns);
  };
}

}  // namespace

/// The kernel's side of run_until(): events at which it pauses.
class SimulatedDevice::Kernel : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Kernel);
  explicit Kernel(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    SC_METHOD(pause);
    sensitive << stop_ << shown_ << watched_;
    dont_initialize();
  }
  void stop_at(int64_t t_ns) {
    stop_.cancel();
    stop_.notify(from_ns(t_ns) - sc_core::sc_time_stamp());
  }
  /// The device showed something at t_ns, which may lie ahead of the kernel's time: the kernel pauses there.
  void pause_at(int64_t t_ns) {
    const sc_core::sc_time when = from_ns(t_ns);
    shown_.notify(when > sc_core::sc_time_stamp() ? when - sc_core::sc_time_stamp() : sc_core::SC_ZERO_TIME);
  }
  /// Of an event of its own: what the device is about to show stays noted.
  void pause_now() { watched_.notify(sc_core::SC_ZERO_TIME); }

 private:
  void pause() { sc_core::sc_pause(); }
  sc_core::sc_event stop_;
  sc_core::sc_event shown_;
  sc_core::sc_event watched_;
};

SimulatedDevice::SimulatedDevice(const SimulatedDeviceConfig& config, TruthLog& truth) {
  hw::BoardObservers observers;
  observers.led = [this](const std::string& led, bool lit, int64_t t_ns) {
    observer_->on_led(t_ns, led, lit, 0);
    kernel_->pause_at(t_ns);
  };
  observers.rail = [this](uint32_t mv, uint32_t ua, int64_t t_ns) { rail_changed(mv, ua, t_ns); };
  observers.uart = [this](char c, int64_t t_ns) { console_character(c, t_ns); };
  observers.finish = [this](uint16_t, uint16_t) {
    ended_ = true;
    kernel_->pause_at(kernel_ns());
  };
  observers.card_read = [this](uint32_t lba) {
    if (card_watch_ && card_watch_(lba)) kernel_->pause_now();
  };
  truth.attach(observers);
  if (config.hidden_event) tell_hidden(observers, config.hidden_event);
  kernel_ = std::make_unique<Kernel>("bench");
  board_ = std::make_unique<hw::Board>(config.board, board_config(config), *config.program, config.light, std::move(observers));
}

SimulatedDevice::~SimulatedDevice() = default;

void SimulatedDevice::set_observer(DeviceObserver& observer) { observer_ = &observer; }
void SimulatedDevice::set_button(const std::string& button, bool pressed) { board_->set_button(button, pressed); }
int SimulatedDevice::cell_mv() const { return static_cast<int>(board_->cell_mv()); }
void SimulatedDevice::supply_on() { board_->connect_cell(); }
void SimulatedDevice::supply_mv(int mv) { board_->connect_supply(static_cast<uint32_t>(mv)); }
void SimulatedDevice::supply_cut() { board_->cut_supply(); }
void SimulatedDevice::insert_card() { board_->insert_card(); }
void SimulatedDevice::pull_card() { board_->pull_card(); }
void SimulatedDevice::read_card(const std::string& image_path) { board_->write_card_image(image_path); }
bool SimulatedDevice::has_card() const { return board_->has_card(); }
int64_t SimulatedDevice::now_ns() const { return kernel_ns(); }
hw::Board& SimulatedDevice::board() { return *board_; }

void SimulatedDevice::run_until(int64_t t_ns) {
  if (t_ns <= now_ns()) return;
  kernel_->stop_at(t_ns);
  sc_core::sc_start();
}

void SimulatedDevice::console_character(char character, int64_t t_ns) {
  if (character == '\r') return;
  if (character != '\n') {
    console_line_ += character;
    return;
  }
  observer_->on_console(t_ns, console_line_);
  console_line_.clear();
}

void SimulatedDevice::rail_changed(uint32_t mv, uint32_t ua, int64_t t_ns) {
  // Loads change many times in a millisecond; a bench samples.
  const auto differs = [](uint32_t a, uint32_t b) {
    return std::abs(static_cast<int64_t>(a) - static_cast<int64_t>(b)) * 100 > static_cast<int64_t>(b) * kRailStepPercent;
  };
  const bool first = rail_told_ns_ < 0;
  const bool gone = (mv == 0) != (rail_told_mv_ == 0);
  const int64_t since = t_ns - rail_told_ns_;
  const bool matters = since >= kRailEveryNs || ((differs(mv, rail_told_mv_) || differs(ua, rail_told_ua_)) && since >= kRailAtMostNs);
  if (!first && !gone && !matters) return;
  rail_told_ns_ = t_ns;
  rail_told_mv_ = mv;
  rail_told_ua_ = ua;
  observer_->on_rail(t_ns, "vsys", static_cast<int>(mv), ua);
}

}  // namespace saksi::sim
