#include "hw-models/board/board_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/error.h"
#include "base/yaml.h"
#include "hw-models/board/rtl_entry.h"

namespace saksi::hw {

namespace {

constexpr uint32_t kBlockSpan = 0x1000;  ///< address space that a block without a larger map occupies
constexpr int kPins = 32;

uint32_t span_of(const std::string& type) {
  if (type == "clint") return 0x10000;
  if (type == "plic") return 0x600000;
  return type == "uart" ? 0x100 : kBlockSpan;
}

BoardSpec::Memory read_memory(const YamlNode& node) {
  node.allow_keys({"name", "address", "size"});
  return {node.at("name").as_string(), static_cast<uint32_t>(node.at("address").as_int(0, UINT32_MAX)),
          static_cast<uint32_t>(node.at("size").as_int(0x1000, 0x80000000))};
}

void read_rtl(const YamlNode& node, BoardSpec::Block& block) {
  const YamlNode rtl = node.at("rtl");
  block.size = static_cast<uint32_t>(node.get_int("size", kBlockSpan, 4, UINT32_MAX));
  block.rtl = read_rtl_entry(rtl, block.name);
  block.rtl->ports.needs_irq = block.irq != 0;
  block.idle_uw = static_cast<uint32_t>(rtl.get_int("idle_uw", block.idle_uw, 0, UINT32_MAX));
  block.busy_uw = static_cast<uint32_t>(rtl.get_int("busy_uw", block.busy_uw, 0, UINT32_MAX));
}

BoardSpec::Block read_block(const YamlNode& node) {
  node.allow_keys({"name", "type", "address", "irq", "clock_hz", "rail", "size", "reads_as", "rtl"});
  BoardSpec::Block block;
  block.name = node.at("name").as_string();
  block.type = node.at("type").as_word({"finisher", "clint", "plic", "uart", "gpio", "i2c", "wdt", "pmu", "isp", "h264", "sha256", "sdhci", "virtio",
                                        "goldfish_rtc", "unpopulated", "rtl"});
  block.address = static_cast<uint32_t>(node.at("address").as_int(0, UINT32_MAX));
  const bool unpopulated = block.type == "unpopulated";
  const bool is_rtl = block.type == "rtl";
  if (!unpopulated && !is_rtl && node.has("size")) node.at("size").fail("only an 'unpopulated' or 'rtl' block says its size");
  if (!unpopulated && node.has("reads_as")) node.at("reads_as").fail("only an 'unpopulated' block says what it reads as");
  if (!is_rtl && node.has("rtl")) node.at("rtl").fail("only a block of type 'rtl' has a design of its own");
  block.size = unpopulated ? static_cast<uint32_t>(node.at("size").as_int(4, UINT32_MAX)) : span_of(block.type);
  block.reads_as = static_cast<uint32_t>(node.get_int("reads_as", 0, 0, UINT32_MAX));
  block.irq = static_cast<uint32_t>(node.get_int("irq", 0, 1, BoardSpec::kIrqMax));
  block.clock_hz = static_cast<uint64_t>(node.get_int("clock_hz", 0, 1, 10'000'000'000));
  block.place = node.place();
  if (is_rtl) read_rtl(node, block);
  return block;
}

BoardSpec::I2cTarget read_i2c(const YamlNode& node) {
  node.allow_keys({"name", "type", "address"});
  return {node.at("name").as_string(), node.at("type").as_word({"imx219", "pcf85063a", "max17048", "atecc608"}),
          static_cast<uint8_t>(node.at("address").as_int(0x08, 0x77)), node.place()};
}

/// Ranges that overlap, and numbers that are used twice, are mistakes of the file.
class Overlaps {
 public:
  void range(const YamlNode& node, const std::string& name, uint64_t first, uint64_t size) {
    if (first + size > 0x100000000ull) node.fail(fmt::format("'{}' reaches beyond the 32-bit address space", name));
    for (const auto& [other, from, to] : ranges_) {
      if (first < to && from < first + size) node.fail(fmt::format("'{}' overlaps '{}'", name, other));
    }
    ranges_.emplace_back(name, first, first + size);
  }
  void irq(const YamlNode& node, uint32_t irq) {
    if (irq != 0 && !irqs_.insert(irq).second) node.at("irq").fail(fmt::format("interrupt {} is used twice", irq));
  }

 private:
  std::vector<std::tuple<std::string, uint64_t, uint64_t>> ranges_;
  std::set<uint32_t> irqs_;
};

}  // namespace

const BoardSpec::Memory& BoardSpec::memory(const std::string& wanted) const {
  for (const Memory& memory : memories) {
    if (memory.name == wanted) return memory;
  }
  throw UsageError(fmt::format("{}: a memory named '{}' is missing", path, wanted));
}

const BoardSpec::Block* BoardSpec::block_of_type(const std::string& type) const {
  for (const Block& block : blocks) {
    if (block.type == type) return &block;
  }
  return nullptr;
}

bool BoardSpec::has_i2c_device(const std::string& type) const {
  return std::any_of(i2c_devices.begin(), i2c_devices.end(), [&](const I2cTarget& device) { return device.type == type; });
}

uint64_t BoardSpec::clock_of(const Block& block) {
  if (block.clock_hz != 0) return block.clock_hz;
  if (block.type == "clint") return 10'000'000;
  return block.type == "uart" ? 3'686'400 : 0;
}

BoardSpec load_board_spec(const std::string& path) {
  const YamlNode root = YamlNode::load(path);
  root.allow_keys({"board", "compatible", "cpu", "memory", "blocks", "i2c_devices", "gpio_pins"});
  BoardSpec spec;
  spec.path = path;
  spec.name = root.at("board").as_string();
  spec.compatible = root.has("compatible") ? root.at("compatible").as_string() : "saksi," + spec.name;
  const YamlNode cpu = root.at("cpu");
  cpu.allow_keys({"clock_hz", "cpi", "reset_pc"});
  spec.cpu_clock_hz = static_cast<uint64_t>(cpu.at("clock_hz").as_int(1'000'000, 10'000'000'000));
  spec.cpi = static_cast<uint32_t>(cpu.get_int("cpi", 1, 1, 100));
  spec.reset_pc = static_cast<uint32_t>(cpu.get_int("reset_pc", 0x1000, 0, UINT32_MAX));
  Overlaps overlaps;
  for (const YamlNode& node : root.at("memory").items()) {
    spec.memories.push_back(read_memory(node));
    overlaps.range(node, spec.memories.back().name, spec.memories.back().address, spec.memories.back().size);
  }
  for (const YamlNode& node : root.at("blocks").items()) {
    spec.blocks.push_back(read_block(node));
    const BoardSpec::Block& block = spec.blocks.back();
    overlaps.range(node, block.name, block.address, block.size);
    overlaps.irq(node, block.irq);
  }
  if (root.has("i2c_devices")) {
    for (const YamlNode& node : root.at("i2c_devices").items()) spec.i2c_devices.push_back(read_i2c(node));
  }
  if (root.has("gpio_pins")) {
    const YamlNode pins = root.at("gpio_pins");
    for (const std::string& name : pins.keys()) spec.gpio_pins[name] = static_cast<int>(pins.at(name).as_int(0, kPins - 1));
  }
  for (const char* needed : {"rom", "dram"}) {
    const auto is_it = [needed](const BoardSpec::Memory& memory) { return memory.name == needed; };
    if (std::none_of(spec.memories.begin(), spec.memories.end(), is_it))
      root.at("memory").fail(fmt::format("a memory named '{}' is missing", needed));
  }
  return spec;
}

}  // namespace saksi::hw
