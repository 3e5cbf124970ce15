#include "hw-models/board/device_tree.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>

#include "base/error.h"

extern "C" {
#include <libfdt.h>
}

namespace saksi::hw {
namespace {

constexpr size_t kBytesMax = 0xE000;     ///< more than any board's ROM has room for
constexpr uint32_t kHartInterrupts = 1;  // phandles
constexpr uint32_t kPlic = 2;
constexpr uint32_t kFinisher = 3;
constexpr uint32_t kGpio = 4;
constexpr uint32_t kNoContext = 0xFFFFFFFF;  ///< in interrupts-extended of a PLIC: a context that leads nowhere
constexpr uint32_t kMsip = 3, kMtip = 7, kMeip = 11;

/// Writes nodes and properties one after the other.
class Writer {
 public:
  explicit Writer(const BoardSpec& spec) : spec_(spec), blob_(kBytesMax) {
    check(fdt_create(blob_.data(), static_cast<int>(blob_.size())));
    check(fdt_finish_reservemap(blob_.data()));
  }
  void begin(const std::string& name) { check(fdt_begin_node(blob_.data(), name.c_str())); }
  void begin_at(const std::string& name, uint32_t address) { begin(fmt::format("{}@{:x}", name, address)); }
  void end() { check(fdt_end_node(blob_.data())); }
  void flag(const char* name) { check(fdt_property(blob_.data(), name, nullptr, 0)); }
  void text(const char* name, const std::string& value) { check(fdt_property_string(blob_.data(), name, value.c_str())); }
  void texts(const char* name, std::initializer_list<const char*> values) {
    std::string joined;
    for (const char* value : values) joined += std::string(value) + '\0';
    check(fdt_property(blob_.data(), name, joined.data(), static_cast<int>(joined.size())));
  }
  void cells(const char* name, std::initializer_list<uint32_t> values) {
    std::vector<fdt32_t> words;
    for (const uint32_t value : values) words.push_back(cpu_to_fdt32(value));
    check(fdt_property(blob_.data(), name, words.data(), static_cast<int>(words.size() * sizeof(fdt32_t))));
  }
  /// `reg` with the two cells for an address and two for a size that root and soc ask for.
  void range(uint32_t address, uint32_t size) { cells("reg", {0, address, 0, size}); }

  std::vector<uint8_t> finish() {
    check(fdt_finish(blob_.data()));
    blob_.resize(fdt_totalsize(blob_.data()));
    return std::move(blob_);
  }

 private:
  void check(int result) const {
    if (result < 0) throw UsageError(fmt::format("{}: its device tree cannot be made: {}", spec_.path, fdt_strerror(result)));
  }
  const BoardSpec& spec_;
  std::vector<uint8_t> blob_;
};

void write_cpus(Writer& w, const BoardSpec& spec) {
  const BoardSpec::Block* clint = spec.block_of_type("clint");
  w.begin("cpus");
  w.cells("#address-cells", {1});
  w.cells("#size-cells", {0});
  if (clint) w.cells("timebase-frequency", {static_cast<uint32_t>(BoardSpec::clock_of(*clint))});
  w.begin("cpu@0");
  w.text("device_type", "cpu");
  w.cells("reg", {0});
  w.text("status", "okay");
  w.text("compatible", "riscv");
  w.text("riscv,isa", "rv32imafdc_zicsr_zifencei_zba_zbb_zbs");
  w.cells("clock-frequency", {static_cast<uint32_t>(spec.cpu_clock_hz)});
  w.begin("interrupt-controller");
  w.cells("#address-cells", {0});
  w.cells("#interrupt-cells", {1});
  w.flag("interrupt-controller");
  w.text("compatible", "riscv,cpu-intc");
  w.cells("phandle", {kHartInterrupts});
  w.end();
  w.end();
  w.end();
}

/// What a kernel does to switch the machine off or to restart it, by the test finisher's register.
void write_power_control(Writer& w, const char* name, uint32_t value) {
  w.begin(name);
  w.text("compatible", std::string("syscon-") + name);
  w.cells("regmap", {kFinisher});
  w.cells("offset", {0});
  w.cells("value", {value});
  w.end();
}

void write_pins(Writer& w, const BoardSpec& spec, const char* node, const char* compatible, const std::string& prefix) {
  w.begin(node);
  w.text("compatible", compatible);
  for (const auto& [name, pin] : spec.gpio_pins) {
    if (name.rfind(prefix, 0) != 0) continue;
    w.begin(name.substr(prefix.size()));
    w.text("label", name.substr(prefix.size()));
    w.cells("gpios", {kGpio, static_cast<uint32_t>(pin), 0});
    w.end();
  }
  w.end();
}

/// Begins the node of a block that others have bindings for; false: it is one of our own.
bool begin_known_type(Writer& w, const BoardSpec::Block& block) {
  if (block.type == "finisher") {
    w.begin_at("test", block.address);
    w.texts("compatible", {"sifive,test1", "sifive,test0", "syscon"});
    w.cells("phandle", {kFinisher});
  } else if (block.type == "clint") {
    w.begin_at("clint", block.address);
    w.texts("compatible", {"sifive,clint0", "riscv,clint0"});
    w.cells("interrupts-extended", {kHartInterrupts, kMsip, kHartInterrupts, kMtip});
  } else if (block.type == "plic") {
    w.begin_at("plic", block.address);
    w.texts("compatible", {"sifive,plic-1.0.0", "riscv,plic0"});
    w.cells("#address-cells", {0});
    w.cells("#interrupt-cells", {1});
    w.flag("interrupt-controller");
    w.cells("interrupts-extended", {kHartInterrupts, kMeip, kHartInterrupts, kNoContext});
    w.cells("riscv,ndev", {BoardSpec::kIrqMax});
    w.cells("phandle", {kPlic});
  } else if (block.type == "uart") {
    w.begin_at("serial", block.address);
    w.text("compatible", "ns16550a");
  } else if (block.type == "virtio") {
    w.begin_at("virtio_mmio", block.address);
    w.text("compatible", "virtio,mmio");
  } else if (block.type == "goldfish_rtc") {
    w.begin_at("rtc", block.address);
    w.text("compatible", "google,goldfish-rtc");
  } else {
    return false;
  }
  return true;
}

/// As Linux's bindings have it: maker and part.
std::string compatible_of(const BoardSpec::I2cTarget& device) {
  const std::string maker = device.type == "imx219" ? "sony" : device.type == "pcf85063a" ? "nxp" : device.type == "max17048" ? "maxim" : "atmel";
  return maker + "," + device.type;
}

void write_block(Writer& w, const BoardSpec& spec, const BoardSpec::Block& block) {
  if (block.rtl) {
    w.begin_at(block.name, block.address);
    w.text("compatible", "saksi," + block.rtl->top);
  } else if (!begin_known_type(w, block)) {
    w.begin_at(block.type, block.address);
    w.text("compatible", "saksi," + block.type);
  }
  w.range(block.address, block.size);
  if (block.irq != 0) {
    w.cells("interrupts", {block.irq});
    w.cells("interrupt-parent", {kPlic});
  }
  const uint64_t clock_hz = BoardSpec::clock_of(block);
  if (clock_hz != 0 && block.type != "clint") w.cells("clock-frequency", {static_cast<uint32_t>(clock_hz)});
  if (block.type == "gpio") {
    w.flag("gpio-controller");
    w.cells("#gpio-cells", {2});
    w.cells("phandle", {kGpio});
  }
  if (block.type == "i2c") {
    w.cells("#address-cells", {1});
    w.cells("#size-cells", {0});
    for (const BoardSpec::I2cTarget& device : spec.i2c_devices) {
      w.begin_at(device.name, device.address);
      w.text("compatible", compatible_of(device));
      w.cells("reg", {device.address});
      w.end();
    }
  }
  w.end();
}

}  // namespace

std::vector<uint8_t> make_device_tree(const BoardSpec& spec) {
  Writer w(spec);
  w.begin("");
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.text("compatible", spec.compatible);
  w.text("model", spec.name);
  w.begin("chosen");
  if (const BoardSpec::Block* uart = spec.block_of_type("uart")) w.text("stdout-path", fmt::format("/soc/serial@{:x}", uart->address));
  w.end();
  const BoardSpec::Memory& dram = spec.memory("dram");
  w.begin_at("memory", dram.address);
  w.text("device_type", "memory");
  w.range(dram.address, dram.size);
  w.end();
  write_cpus(w, spec);
  if (spec.block_of_type("finisher")) {
    write_power_control(w, "poweroff", 0x5555);
    write_power_control(w, "reboot", 0x7777);
  }
  if (spec.block_of_type("gpio")) {
    write_pins(w, spec, "leds", "gpio-leds", "led_");
    write_pins(w, spec, "keys", "gpio-keys", "button_");
  }
  w.begin("soc");
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.text("compatible", "simple-bus");
  w.flag("ranges");
  for (const BoardSpec::Block& block : spec.blocks) {
    if (block.type != "unpopulated") write_block(w, spec, block);
  }
  w.end();
  w.end();
  return w.finish();
}

}  // namespace saksi::hw
