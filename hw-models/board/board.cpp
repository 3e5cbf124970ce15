#include "hw-models/board/board.h"

#include <fmt/format.h>

#include <deque>
#include <fstream>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/sha256.h"
#include "hw-models/board/device_tree.h"
#include "hw-models/board/encoder_probe.h"
#include "hw-models/card/sd_card.h"
#include "hw-models/cpu/cpu.h"
#include "hw-models/h264/h264_check.h"
#include "hw-models/h264/h264_model.h"
#include "hw-models/h264/h264_sizes.h"
#include "hw-models/isp/isp.h"
#include "hw-models/gauge/max17048.h"
#include "hw-models/power/cell.h"
#include "hw-models/power/pmu.h"
#include "hw-models/power/rail.h"
#include "hw-models/power/supply.h"
#include "hw-models/rtc/pcf85063a.h"
#include "hw-models/rtl-block/rtl_block.h"
#include "hw-models/rtl-build/rtl_library.h"
#include "hw-models/sdhci/sdhci.h"
#include "hw-models/secure-element/atecc608.h"
#include "hw-models/secure-element/factory.h"
#include "hw-models/sensor/imx219.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/clint.h"
#include "hw-models/soc/finisher.h"
#include "hw-models/soc/goldfish_rtc.h"
#include "hw-models/soc/gpio.h"
#include "hw-models/soc/i2c_host.h"
#include "hw-models/soc/plic.h"
#include "hw-models/soc/ram.h"
#include "hw-models/soc/rom.h"
#include "hw-models/soc/uart.h"
#include "hw-models/soc/unpopulated.h"
#include "hw-models/soc/virtio_empty.h"
#include "hw-models/soc/wdt.h"
#include "hw-models/waves/line_waves.h"
#include "hw-models/waves/wave_recorder.h"
#include "regs/isp_regs.hpp"

// The circuits that are linked into the program, as cmake/verilate.cmake makes them.
extern "C" {
saksi::hw::RtlModel* saksi_make_h264();
saksi::hw::RtlModel* saksi_make_sha256();
}

namespace saksi::hw {

namespace {

// Loads of a soc of this class at its clock; no source, chosen so that pre-event buffering comes to the 0.7 to 0.9 W that
// body cameras of 12 h and 3 Ah must average.
constexpr uint32_t kCpuActiveUw = 180'000;
constexpr uint32_t kCpuSleepUw = 25'000;
constexpr uint32_t kAlwaysOnUw = 120'000;  ///< DRAM refresh, oscillators, converters
constexpr uint32_t kLedUw = 12'000;

/// Where the device tree lies in the ROM, behind the reset code.
constexpr size_t kDeviceTreeOffset = 0x100;

int64_t to_ns(const sc_core::sc_time& time) { return static_cast<int64_t>(time.value() / 1000); }

/// Stands between sensor and receiver and remembers which frame went to which buffer, so that a coded picture can be told its frame.
class FrameTracker : public RawSink {
 public:
  explicit FrameTracker(Isp& isp) : isp_(isp) {}
  bool on_frame_start(const FrameTiming& timing, sc_core::sc_time now) override {
    const bool taken = isp_.on_frame_start(timing, now);
    if (taken) frame_of_buffer_[isp_.regs.value(regs::isp::kOutY)] = timing.frame;
    return taken;
  }
  RowSpan wanted_rows(const FrameTiming& timing) const override { return isp_.wanted_rows(timing); }
  void on_frame_end(const RawFrame& frame, sc_core::sc_time now) override { isp_.on_frame_end(frame, now); }
  void on_frame_abort(sc_core::sc_time now) override { isp_.on_frame_abort(now); }
  uint64_t frame_in(uint32_t buffer) const {
    const auto it = frame_of_buffer_.find(buffer);
    return it == frame_of_buffer_.end() ? UINT64_MAX : it->second;
  }

 private:
  Isp& isp_;
  std::map<uint32_t, uint64_t> frame_of_buffer_;
};

/// Makes one block, maps it and wires its interrupt. Keeps the rules of that in one place.
class Builder {
 public:
  Builder(Bus& bus, Plic& plic, std::vector<RegBlock*>& blocks) : bus_(bus), plic_(plic), blocks_(blocks) {}
  void add(const BoardSpec::Block& entry, RegBlock& block) {
    bus_.map(entry.address, entry.size, block);
    if (entry.irq != 0) plic_.connect(entry.irq, block.irq);
    blocks_.push_back(&block);
  }

 private:
  Bus& bus_;
  Plic& plic_;
  std::vector<RegBlock*>& blocks_;
};

}  // namespace

struct Board::Parts {
  BoardSpec spec;
  BoardConfig config;
  const Program& program;
  BoardObservers observers;

  std::unique_ptr<Cpu> cpu;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<Rom> rom;
  std::unique_ptr<Ram> dram;
  std::unique_ptr<Clint> clint;
  std::unique_ptr<Plic> plic;
  std::unique_ptr<Uart> uart;
  std::unique_ptr<Gpio> gpio;
  std::unique_ptr<I2cHost> i2c;
  std::unique_ptr<Wdt> wdt;
  std::unique_ptr<GoldfishRtc> goldfish_rtc;
  std::unique_ptr<Finisher> finisher;
  std::deque<VirtioEmpty> virtio;
  std::deque<Unpopulated> unpopulated;
  std::unique_ptr<Isp> isp;
  std::unique_ptr<FrameTracker> tracker;
  std::unique_ptr<Imx219> sensor;
  std::unique_ptr<Pcf85063a> rtc;
  std::unique_ptr<Atecc608> element;
  std::unique_ptr<Max17048> gauge;
  std::vector<uint8_t> signed_header;  ///< with secure boot
  std::vector<std::unique_ptr<BusBlock>> bus_blocks;
  BusBlock* h264 = nullptr;  ///< one of them
  std::unique_ptr<EncoderProbe> encoder_probe;
  std::unique_ptr<Sdhci> sdhci;
  std::unique_ptr<SdCard> card;
  std::unique_ptr<Rail> rail;
  std::unique_ptr<Cell> cell;
  std::unique_ptr<Supply> supply;
  std::unique_ptr<Pmu> pmu;
  Load always_on;
  Load leds;
  std::vector<RegBlock*> blocks;          ///< everything that a reset reaches, the watchdog apart
  std::map<int, std::string> led_of_pin;  ///< "red" for led_red
  uint32_t leds_lit = 0;
  DmaObserver* dma_observer = nullptr;
  std::map<std::string, bool> lines;  ///< level of each wire that waves show
  std::unique_ptr<WaveRecorder> wave_recorder;
  std::unique_ptr<LineWaves> line_waves;

  Parts(const BoardSpec& s, const BoardConfig& c, const Program& p, BoardObservers o) : spec(s), config(c), program(p), observers(std::move(o)) {}

  bool add_common(const BoardSpec::Block& block, Builder& builder);
  bool add_bus_block(const BoardSpec::Block& block);
  void sign_program();
  void add_sensor(const BoardSpec::I2cTarget& device, LightSource* light);
  std::unique_ptr<BusBlock> make_encoder(const char* name, const RtlBlockConfig& block_config) const;
  void connect_bus_block(const BoardSpec::Block& block, BusBlock& made);
  void connect_h264(const BoardSpec::Block& block, BusBlock& made);
  std::vector<RtlBlock*> circuits() const;
  void name_lines();
  void set_line(const std::string& line, bool level, const sc_core::sc_time& time);
  /// Of what happens now, in the CPU's slice or out of it.
  sc_core::sc_time present() const { return std::max(cpu->local_time(), sc_core::sc_time_stamp()); }

  MemoryRange ram_range() const { return {spec.memory("dram").address, spec.memory("dram").size}; }
};

Board::Board(const BoardSpec& spec, const BoardConfig& config, const Program& program, LightSource* light, BoardObservers observers)
    : parts_(std::make_unique<Parts>(spec, config, program, std::move(observers))) {
  build(spec, config, light);
  wire_observers();
}

Board::~Board() = default;

namespace {

/// About a tenth of the encoder's size.
constexpr uint32_t kSha256IdleUw = 100;
constexpr uint32_t kSha256BusyUw = 6'000;

std::unique_ptr<Rom> make_rom(const BoardSpec& spec, uint32_t entry, const Program* boot_rom) {
  const BoardSpec::Memory& memory = spec.memory("rom");
  const std::vector<uint8_t> tree = make_device_tree(spec);
  if (kDeviceTreeOffset + tree.size() > memory.size) {
    throw UsageError(fmt::format("{}: the memory 'rom' must have at least {:#x} bytes: the reset code and the device tree lie in it", spec.path,
                                 kDeviceTreeOffset + tree.size()));
  }
  const uint32_t first = boot_rom ? boot_rom->entry : entry;
  auto rom = std::make_unique<Rom>("rom", RomConfig{memory.size, first, static_cast<uint32_t>(memory.address + kDeviceTreeOffset)});
  rom->place(kDeviceTreeOffset, tree);
  if (!boot_rom) return rom;
  for (const Program::Segment& segment : boot_rom->segments) {
    if (segment.address < memory.address + kDeviceTreeOffset + tree.size()) {
      throw UsageError(fmt::format("{}: the device tree reaches into the boot ROM's program; set secure_boot: off in the device file", spec.path));
    }
    rom->place(segment.address - memory.address, segment.data);
  }
  return rom;
}

CpuConfig cpu_config(const BoardSpec& spec, const BoardConfig& config) {
  CpuConfig cpu;
  cpu.clock_hz = spec.cpu_clock_hz;
  cpu.cpi = spec.cpi;
  cpu.reset_pc = spec.reset_pc;
  cpu.ram_base = spec.memory("dram").address;
  cpu.engine = config.cpu_engine;
  cpu.active_uw = kCpuActiveUw;
  cpu.sleep_uw = kCpuSleepUw;
  return cpu;
}

SdCardConfig card_config(const BoardConfig& config) {
  SdCardConfig card;
  card.image = config.card_image;
  card.timing = config.card_timing;
  card.faults = config.card_faults;
  card.flash = config.card_flash;
  card.seed = config.seed;
  return card;
}

}  // namespace

/// Blocks that boards of any kind have; false: it is another.
bool Board::Parts::add_common(const BoardSpec::Block& block, Builder& builder) {
  const char* const block_name = block.name.c_str();
  if (block.type == "plic") {
    builder.add(block, *plic);
  } else if (block.type == "clint") {
    builder.add(block, *clint);
  } else if (block.type == "finisher") {
    finisher = std::make_unique<Finisher>(block_name, FinisherConfig{});
    builder.add(block, *finisher);
  } else if (block.type == "uart") {
    uart = std::make_unique<Uart>(block_name, UartConfig{BoardSpec::clock_of(block)});
    builder.add(block, *uart);
  } else if (block.type == "virtio") {
    virtio.emplace_back(block_name, VirtioEmptyConfig{});
    builder.add(block, virtio.back());
  } else if (block.type == "goldfish_rtc") {
    goldfish_rtc = std::make_unique<GoldfishRtc>(block_name, GoldfishRtcConfig{});
    builder.add(block, *goldfish_rtc);
  } else if (block.type == "unpopulated") {
    unpopulated.emplace_back(block_name, UnpopulatedConfig{block.reads_as});
    bus->map(block.address, block.size, unpopulated.back().target);
  } else {
    return false;
  }
  return true;
}

void Board::build(const BoardSpec& spec, const BoardConfig& config, LightSource* light) {
  Parts& p = *parts_;
  const BoardSpec::Memory& rom = spec.memory("rom");
  const BoardSpec::Memory& dram = spec.memory("dram");
  p.cpu = std::make_unique<Cpu>("cpu", cpu_config(spec, config));
  p.bus = std::make_unique<Bus>("bus");
  p.rom = make_rom(spec, p.program.entry, config.boot_rom);
  if (config.boot_rom) p.sign_program();
  p.dram = std::make_unique<Ram>("dram", RamConfig{dram.size});
  p.cpu->bus.bind(p.bus->target);
  p.cpu->set_register_lookup([bus = p.bus.get()](uint32_t address) { return bus->registers_at(address); });
  p.bus->map(rom.address, rom.size, p.rom->target);
  p.bus->map(dram.address, dram.size, p.dram->target);

  const BoardSpec::Block* plic = spec.block_of_type("plic");
  const BoardSpec::Block* clint = spec.block_of_type("clint");
  if (!plic || !clint) throw UsageError(spec.path + ": a board needs a plic and a clint");
  p.plic = std::make_unique<Plic>("plic", PlicConfig{});
  p.clint = std::make_unique<Clint>("clint", ClintConfig{BoardSpec::clock_of(*clint)});
  p.plic->irq.connect([cpu = p.cpu.get()](bool level) { cpu->set_external_irq(level); });
  p.clint->on_timer_deadline([cpu = p.cpu.get()](sc_core::sc_time when) { cpu->set_timer_deadline(when); });
  p.clint->software_irq.connect([cpu = p.cpu.get()](bool level) { cpu->set_software_irq(level); });
  p.cpu->set_time_source([c = p.clint.get()](sc_core::sc_time when) { return c->mtime(when); });

  Builder builder(*p.bus, *p.plic, p.blocks);
  p.rail = std::make_unique<Rail>("vsys", RailConfig{});
  p.cell = std::make_unique<Cell>(CellConfig{config.cell_capacity_mah, config.cell_charge_percent * 10, 0});
  p.supply = std::make_unique<Supply>();
  for (const BoardSpec::Block& block : spec.blocks) {
    if (p.add_common(block, builder) || p.add_bus_block(block)) continue;
    if (block.type == "gpio") {
      p.gpio = std::make_unique<Gpio>(block.name.c_str(), GpioConfig{});
      builder.add(block, *p.gpio);
    } else if (block.type == "i2c") {
      p.i2c = std::make_unique<I2cHost>(block.name.c_str(), I2cConfig{});
      builder.add(block, *p.i2c);
    } else if (block.type == "wdt") {
      p.wdt = std::make_unique<Wdt>(block.name.c_str(), WdtConfig{});
      p.bus->map(block.address, block.size, *p.wdt);
    } else if (block.type == "pmu") {
      p.pmu = std::make_unique<Pmu>(block.name.c_str(), PmuConfig{}, *p.rail);
      builder.add(block, *p.pmu);
    } else if (block.type == "isp") {
      p.isp = std::make_unique<Isp>(block.name.c_str(), IspConfig{[c = p.clint.get()](const sc_core::sc_time& when) { return c->mtime(when); }});
      p.isp->dma.socket.bind(p.bus->target);
      builder.add(block, *p.isp);
    } else if (block.type == "sdhci") {
      SdhciConfig sdhci_config;
      if (block.clock_hz) sdhci_config.clock_hz = block.clock_hz;
      p.sdhci = std::make_unique<Sdhci>(block.name.c_str(), sdhci_config);
      p.sdhci->dma.socket.bind(p.bus->target);
      builder.add(block, *p.sdhci);
    }
  }

  add_i2c_devices(light);
  if (p.sdhci && config.card_present) {
    p.card = std::make_unique<SdCard>("card", card_config(config));
    p.sdhci->insert_card(*p.card);
  }

  p.rail->set_clock([cpu = p.cpu.get()] { return std::max(cpu->local_time(), sc_core::sc_time_stamp()); });
  p.always_on.set_uw(kAlwaysOnUw);
  for (Load* load : {&p.always_on, &p.leds, &p.cpu->load}) p.rail->add(*load);
  for (RegBlock* block : p.blocks) p.rail->add(block->load);
  for (const auto& block : p.bus_blocks) p.rail->add(block->load);
  if (p.sensor) p.rail->add(p.sensor->load);
  if (p.element) p.rail->add(p.element->load);
  if (p.card) p.rail->add(p.card->load);
  p.rail->connect(*p.supply);
  p.rail->on_power_good([this](sc_core::sc_time) { start(); });
  p.rail->on_power_bad([this](sc_core::sc_time) { stop(); });
  if (p.wdt) p.wdt->on_bite([this] { watchdog_reset(); });
}

void Board::add_i2c_devices(LightSource* light) {
  Parts& p = *parts_;
  for (const BoardSpec::I2cTarget& device : p.spec.i2c_devices) {
    if (!p.i2c) throw UsageError(device.place + ": a device on the I2C bus needs an i2c block on the board");
    if (device.type == "imx219") {
      p.add_sensor(device, light);
    } else if (device.type == "pcf85063a") {
      p.rtc = std::make_unique<Pcf85063a>(device.name.c_str(), p.config.rtc);
      p.i2c->attach(device.address, *p.rtc);
    } else if (device.type == "max17048") {
      p.gauge = std::make_unique<Max17048>(device.name.c_str(), Max17048Config{p.config.seed}, *p.rail);
      p.i2c->attach(device.address, *p.gauge);
    } else if (device.type == "atecc608") {
      Atecc608Config element{p.config.seed, Vendor().make_element(p.config.seed), p.config.element_faults};
      element.memory.counters[ElementSlots::kFirmwareVersionCounter] = p.config.newest_firmware;
      p.element = std::make_unique<Atecc608>(device.name.c_str(), element);
      p.i2c->attach(device.address, *p.element);
    }
  }
}

void Board::Parts::sign_program() {
  const uint64_t work = uint64_t{ram_range().base} + ram_range().size - kBootWorkBytes;
  for (const Program::Segment& segment : program.segments) {
    if (uint64_t{segment.address} + segment.memory_size > work) {
      throw UsageError(
          fmt::format("the firmware is loaded where the boot ROM works, from {:#x} on: link it elsewhere, or set secure_boot: off", work));
    }
  }
  if (!spec.has_i2c_device("atecc608")) throw UsageError(spec.path + ": secure boot needs a secure element (atecc608) on the board");
  signed_header = make_signed_header(program, config.firmware_image, "the firmware");
}

void Board::Parts::add_sensor(const BoardSpec::I2cTarget& device, LightSource* light) {
  if (!isp) throw UsageError(device.place + ": an image sensor needs an isp block on the board");
  Imx219Config sensor_config;
  sensor_config.seed = config.seed;
  sensor_config.lens = config.lens;
  sensor_config.pixels = config.pixels;
  sensor_config.makes_pixels = config.encoder.kind != EncoderKind::kSizes;
  sensor = std::make_unique<Imx219>(device.name.c_str(), sensor_config);
  tracker = std::make_unique<FrameTracker>(*isp);
  sensor->set_sink(*tracker);
  if (light) sensor->set_light(*light);
  i2c->attach(device.address, *sensor);
}

std::string vendor_ca_pem(const BoardSpec& spec) { return spec.has_i2c_device("atecc608") ? Vendor().root_pem() : ""; }

/// The encoder as its twin, which may hold pictures against the circuit: the first difference ends the run and is left beside its other findings. Or
/// as what draws sizes.
std::unique_ptr<BusBlock> Board::Parts::make_encoder(const char* name, const RtlBlockConfig& block_config) const {
  if (config.encoder.kind == EncoderKind::kRtl) return std::make_unique<RtlBlock>(name, block_config, std::unique_ptr<RtlModel>(saksi_make_h264()));
  if (config.encoder.kind == EncoderKind::kSizes) {
    return std::make_unique<H264Sizes>(name, block_config, SizeTable::load(config.encoder.size_table), config.seed);
  }
  auto model = std::make_unique<H264Model>(name, block_config);
  if (config.encoder.tap) model->check_every(1, config.encoder.tap);
  if (config.encoder.check_period == 0) return model;
  const h264::BusTiming timing{block_config.memory.read_latency_cycles, block_config.memory.write_latency_cycles};
  auto check = std::make_shared<H264Check>(timing);
  model->check_every(config.encoder.check_period, [check, folder = config.encoder.check_folder](const PictureInput& picture) {
    const H264Difference difference = check->compare(picture);
    if (difference.words.empty()) return;
    std::string seen;
    if (!folder.empty()) {
      std::ofstream(folder + "/encoder-check.txt") << difference.words << "\n";
      const std::string waves = folder + "/encoder-check.fst";
      if (check->record(picture, difference.cycle, waves)) seen = fmt::format(" (waves of the circuit: {})", waves);
    }
    throw InfraError("the encoder's twin and its circuit differ: " + difference.words + seen);
  });
  return model;
}

/// Circuits: those of this program, and those that the board file brings; false: it is none.
bool Board::Parts::add_bus_block(const BoardSpec::Block& block) {
  RtlBlockConfig block_config;
  if (block.clock_hz) block_config.clock_hz = block.clock_hz;
  const char* const name = block.name.c_str();
  if (block.type == "h264") {
    bus_blocks.push_back(make_encoder(name, block_config));
  } else if (block.type == "sha256") {
    block_config.idle_uw = kSha256IdleUw;
    block_config.busy_uw = kSha256BusyUw;
    bus_blocks.push_back(std::make_unique<RtlBlock>(name, block_config, std::unique_ptr<RtlModel>(saksi_make_sha256())));
  } else if (block.rtl) {
    block_config.idle_uw = block.idle_uw;
    block_config.busy_uw = block.busy_uw;
    block_config.ports = block.rtl->ports;
    block_config.design = fmt::format("{}: block '{}'", block.place, block.name);
    bus_blocks.push_back(std::make_unique<RtlBlock>(name, block_config, load_rtl(build_rtl(*block.rtl, [](const std::string&, bool) {}))));
  } else {
    return false;
  }
  BusBlock& made = *bus_blocks.back();
  made.dma.socket.bind(bus->target);
  if (block.type == "h264") {
    connect_h264(block, made);
  } else {
    connect_bus_block(block, made);
  }
  return true;
}

void Board::Parts::connect_bus_block(const BoardSpec::Block& block, BusBlock& made) {
  bus->map(block.address, block.size, made.reg_target);
  made.irq.connect([this, source = block.irq](bool level) {
    if (source != 0) plic->set_source(source, level);
  });
}

void Board::Parts::connect_h264(const BoardSpec::Block& block, BusBlock& made) {
  h264 = &made;
  encoder_probe = std::make_unique<EncoderProbe>((block.name + "_probe").c_str());
  encoder_probe->initiator.bind(made.reg_target);
  bus->map(block.address, block.size, encoder_probe->target);
  made.irq.connect([this, source = block.irq](bool level) {
    encoder_probe->irq_changed(level);
    if (source != 0) plic->set_source(source, level);
  });
}

/// The blocks that have waves: those that run under Verilator.
std::vector<RtlBlock*> Board::Parts::circuits() const {
  std::vector<RtlBlock*> found;
  for (const auto& block : bus_blocks) {
    if (auto* circuit = dynamic_cast<RtlBlock*>(block.get())) found.push_back(circuit);
  }
  return found;
}

/// The wires of the board that waves show, all low, and who tells of the interrupts among them.
void Board::Parts::name_lines() {
  lines["power"] = false;
  for (const auto& [name, pin] : spec.gpio_pins) lines[name] = false;
  std::map<uint32_t, std::string> block_of_source;
  for (const BoardSpec::Block& block : spec.blocks) {
    if (block.irq == 0) continue;
    lines["irq_" + block.name] = false;
    block_of_source[block.irq] = block.name;
  }
  plic->on_source([this, block_of_source](uint32_t source, bool level) {
    const auto block = block_of_source.find(source);
    if (block == block_of_source.end()) return;
    set_line("irq_" + block->second, level, present());
    if (observers.irq) observers.irq(block->second, level, to_ns(present()));
  });
}

void Board::Parts::set_line(const std::string& line, bool level, const sc_core::sc_time& time) {
  lines[line] = level;
  if (line_waves) line_waves->set(line, level, time.value());
}

void Board::wire_observers() {
  Parts& p = *parts_;
  p.name_lines();
  for (const BoardSpec::Block& block : p.spec.blocks) {
    if (block.type == "plic" || block.type == "clint") p.cpu->ignore_for_progress(block.address, block.size);
  }
  for (const auto& [name, pin] : p.spec.gpio_pins) {
    if (name.rfind("led_", 0) == 0) p.led_of_pin[pin] = name.substr(4);
  }
  if (p.gpio) {
    std::map<int, std::string> name_of_pin;
    for (const auto& [name, pin] : p.spec.gpio_pins) name_of_pin[pin] = name;
    p.gpio->on_output([&p, name_of_pin](int pin, bool level, sc_core::sc_time time) {
      const auto name = name_of_pin.find(pin);
      if (name != name_of_pin.end()) p.set_line(name->second, level, time);
      const auto led = p.led_of_pin.find(pin);
      if (led == p.led_of_pin.end()) return;
      p.leds_lit += level ? 1u : static_cast<uint32_t>(-1);
      p.leds.set_uw(p.leds_lit * kLedUw);
      if (p.observers.led) p.observers.led(led->second, level, to_ns(time));
    });
  }
  if (p.uart && p.observers.uart) {
    p.uart->on_output([&p](char c, sc_core::sc_time time) { p.observers.uart(c, to_ns(time)); });
  }
  if (p.observers.rail) {
    p.rail->add_observer([&p](uint32_t mv, uint32_t ua, sc_core::sc_time time) { p.observers.rail(mv, ua, to_ns(time)); });
  }
  if (p.finisher && p.observers.finish) p.finisher->on_finish(p.observers.finish);
  if (p.sensor && p.observers.frame) p.sensor->set_truth(p.observers.frame);
  if (p.encoder_probe && p.observers.picture) {
    p.encoder_probe->on_picture([this](const EncoderProbe::Picture& picture) { tell_picture(picture); });
  }
  if (p.card && p.observers.sectors) p.card->set_write_hook(p.observers.sectors);
  if (p.card) {
    p.card->on_fault([this](const CardFaultTruth& fault) {
      if (parts_->observers.card_fault) parts_->observers.card_fault(fault);
    });
    p.card->on_read([this](uint32_t lba) {
      if (parts_->observers.card_read) parts_->observers.card_read(lba);
    });
  }
  if (p.sdhci && p.observers.write_command) {
    p.sdhci->on_command([&p](uint8_t index, uint32_t argument, uint16_t blocks, sc_core::sc_time time) {
      constexpr uint8_t kWriteSingle = 24;
      constexpr uint8_t kWriteMultiple = 25;
      if (index != kWriteSingle && index != kWriteMultiple) return;
      p.observers.write_command({to_ns(time), argument, blocks, static_cast<CpuDebug&>(*p.cpu).call_stack()});
    });
  }
}

void Board::tell_picture(const EncoderProbe::Picture& picture) {
  const Parts& p = *parts_;
  std::vector<uint8_t> nal(picture.bytes);
  if (!p.cpu->read_memory(picture.bitstream, nal.data(), nal.size())) return;
  PictureTruth truth;
  truth.frame = p.tracker ? p.tracker->frame_in(picture.source) : 0;
  truth.t_start_ns = to_ns(picture.started);
  truth.t_done_ns = to_ns(picture.done);
  truth.bytes = picture.bytes;
  truth.sha256 = hex(sha256(nal.data(), nal.size()));
  p.observers.picture(truth);
}

void Board::reset_blocks() {
  for (RegBlock* block : parts_->blocks) block->reset();
  for (const auto& block : parts_->bus_blocks) block->reset();
}

void Board::start() {
  Parts& p = *parts_;
  p.set_line("power", true, sc_core::sc_time_stamp());
  place_program();
  if (p.wdt) p.wdt->reset();
  reset_blocks();
  if (p.sensor) p.sensor->power_on();
  if (p.rtc) p.rtc->power_on();
  if (p.gauge) p.gauge->power_on();
  if (p.element) p.element->power_on();
  p.cpu->power_on();
}

void Board::stop() {
  Parts& p = *parts_;
  p.set_line("power", false, sc_core::sc_time_stamp());
  p.cpu->power_off();
  // The sensor first: it then tells the receiver, which is still as it was, that the link fell silent.
  if (p.sensor) p.sensor->power_off();
  if (p.rtc) p.rtc->power_off();
  if (p.gauge) p.gauge->power_off();
  if (p.element) p.element->power_off();
  reset_blocks();
  if (p.wdt) p.wdt->reset();
  p.dram->lose_contents(p.config.seed);
  if (p.dma_observer) p.dma_observer->memory_lost();
}

void Board::watchdog_reset() {
  Parts& p = *parts_;
  if (p.observers.watchdog_bite) p.observers.watchdog_bite(to_ns(sc_core::sc_time_stamp()));
  reset_blocks();
  if (p.sensor) {
    p.sensor->power_off();
    p.sensor->power_on();
  }
  place_program();
  p.cpu->reset();
}

void Board::place_program() {
  Parts& p = *parts_;
  place(p.program, p.ram_range(), p.dram->direct());
  const uint32_t header_address = static_cast<uint32_t>(p.ram_range().base + p.ram_range().size - kSignedHeaderBytes);
  if (!p.signed_header.empty()) {
    std::copy(p.signed_header.begin(), p.signed_header.end(), p.dram->direct() + (header_address - p.ram_range().base));
    if (p.config.firmware_image.changed) p.dram->direct()[p.program.entry - p.ram_range().base] ^= 1;
  }
  p.cpu->code_changed();
  if (!p.dma_observer) return;
  p.dma_observer->program_placed();
  // As a loader would have written it.
  if (!p.signed_header.empty()) p.dma_observer->dma_wrote("loader", header_address, kSignedHeaderBytes);
}

void Board::power_on() { start(); }

void Board::connect_cell() {
  parts_->cell->set_connected(true);
  parts_->rail->connect(*parts_->cell);
}

void Board::connect_supply(uint32_t mv) {
  parts_->supply->set_mv(mv);
  parts_->rail->connect(*parts_->supply);
}

void Board::cut_supply() { connect_supply(0); }

uint32_t Board::cell_mv() const {
  Cell probe(CellConfig{parts_->config.cell_capacity_mah, parts_->cell->charge_ppm() / 1000, 0});
  probe.set_connected(true);
  return static_cast<uint32_t>(probe.open_uv() / 1000);
}

void Board::set_button(const std::string& button, bool pressed) {
  const auto pin = parts_->spec.gpio_pins.find("button_" + button);
  if (pin == parts_->spec.gpio_pins.end() || !parts_->gpio)
    throw UsageError(fmt::format("{}: the board has no button '{}'", parts_->spec.path, button));
  parts_->set_line(pin->first, pressed, sc_core::sc_time_stamp());
  parts_->gpio->set_input(pin->second, pressed);
}

void Board::insert_card() {
  if (parts_->card && !parts_->sdhci->card()) parts_->sdhci->insert_card(*parts_->card);
}

void Board::pull_card() {
  if (parts_->sdhci && parts_->sdhci->card()) parts_->sdhci->pull_card();
}

void Board::write_card_image(const std::string& path) const { parts_->card->write_image(path); }
bool Board::has_card() const { return parts_->card != nullptr; }

SectorStore& Board::card_store() {
  if (!parts_->card) throw InfraError("the board has no card whose contents could be seen");
  return parts_->card->store();
}

void Board::uart_receive(const std::string& characters) {
  if (parts_->uart) parts_->uart->receive(characters);
}

void Board::uart_drain() {
  if (parts_->uart) parts_->uart->drain();
}

size_t Board::uart_backlog() const { return parts_->uart ? parts_->uart->receive_backlog() : 0; }

CpuDebug& Board::cpu() { return *parts_->cpu; }
std::vector<BlockView> Board::blocks() const { return block_views(parts_->spec); }

bool Board::debug_access(bool is_store, uint32_t address, uint32_t size, uint32_t* value) {
  return parts_->cpu->debug_access(is_store, address, size, value);
}

bool Board::cpu_powered() const { return parts_->cpu->powered(); }

uint64_t Board::cpu_time_ps() const {
  const bool executes = parts_->cpu->powered() && !parts_->cpu->sleeping();
  return (executes ? parts_->cpu->local_time() : sc_core::sc_time_stamp()).value();
}

bool Board::cpu_sleeping() const { return parts_->cpu->sleeping(); }

void Board::watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t, uint32_t)> listener) {
  parts_->cpu->watch_stores(address, size, std::move(listener));
}

void Board::set_dma_observer(DmaObserver* observer) {
  Parts& p = *parts_;
  p.dma_observer = observer;
  const auto observe = [observer](DmaInitiator& dma, const std::string& block) {
    dma.set_observer(nullptr);
    if (observer) dma.set_observer([observer, block](uint32_t address, uint32_t size) { observer->dma_wrote(block, address, size); });
  };
  if (p.isp) observe(p.isp->dma, p.isp->name());
  if (p.sdhci) observe(p.sdhci->dma, p.sdhci->name());
  for (const auto& owned : p.bus_blocks) {
    BusBlock* const block = owned.get();
    observe(block->dma, block->name());
    block->on_busy([&p, block](bool busy, sc_core::sc_time) {
      if (!p.dma_observer) return;
      if (busy) p.dma_observer->buffers_taken(block->name(), block->read_ranges(), block->written_ranges());
      if (!busy) p.dma_observer->buffers_released(block->name());
    });
  }
  if (!p.encoder_probe) return;
  p.encoder_probe->on_irq([&p](bool level) {
    if (level && p.dma_observer) p.dma_observer->buffers_released(p.h264->name());
  });
}

void Board::keep_wave_history() {
  for (RtlBlock* block : parts_->circuits()) block->keep_history();
}

size_t Board::open_waves(const std::string& path, const std::vector<std::string>& signals) {
  constexpr char kLines[] = "board";
  Parts& p = *parts_;
  p.wave_recorder = std::make_unique<WaveRecorder>(path, signals);
  WavePipe& pipe = p.wave_recorder->pipe();
  for (RtlBlock* block : p.circuits()) block->open_waves(pipe.add_stream(block->name(), block->module()));
  const size_t wanted = pipe.signals();
  p.line_waves = std::make_unique<LineWaves>(pipe.add_stream(kLines, kLines, true), kLines, p.lines, sc_core::sc_time_stamp().value());
  return wanted;
}

void Board::show_waves() {
  Parts& p = *parts_;
  const uint64_t now_ps = sc_core::sc_time_stamp().value();
  for (RtlBlock* block : p.circuits()) block->show_waves();
  p.line_waves->reach(now_ps);
  p.wave_recorder->pipe().complete(now_ps);
}

bool Board::close_waves() {
  show_waves();
  return parts_->wave_recorder->finish();
}

uint64_t Board::encoder_cycles() const { return parts_->h264 ? parts_->h264->evaluated_cycles() : 0; }
uint64_t Board::energy_uj() const { return parts_->rail->energy_uj(); }

}  // namespace saksi::hw
