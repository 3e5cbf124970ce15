// Goal: the device tree says what the board file says, in the bindings that other people's kernels know. Method: libfdt's reading half looks
// properties up by path.
#include "hw-models/board/device_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"

extern "C" {
#include <libfdt.h>
}

namespace saksi::hw {
namespace {

class Tree {
 public:
  explicit Tree(const BoardSpec& spec) : blob_(make_device_tree(spec)) {}
  explicit Tree(const std::string& board) : Tree(load_board_spec(std::string(SAKSI_SOURCE_DIR) + "/boards/" + board + ".yaml")) {}

  int check() const { return fdt_check_full(blob_.data(), blob_.size()); }
  size_t size() const { return blob_.size(); }
  bool has(const std::string& path) const { return fdt_path_offset(blob_.data(), path.c_str()) >= 0; }
  /// The strings of a property, each followed by '|'.
  std::string text(const std::string& path, const char* name) const {
    std::string all;
    for (const uint8_t byte : bytes(path, name)) all += byte == 0 ? '|' : static_cast<char>(byte);
    return all;
  }
  std::vector<uint32_t> cells(const std::string& path, const char* name) const {
    std::vector<uint32_t> words;
    const std::vector<uint8_t> raw = bytes(path, name);
    for (size_t i = 0; i + 4 <= raw.size(); i += 4) words.push_back(uint32_t{raw[i]} << 24 | raw[i + 1] << 16 | raw[i + 2] << 8 | raw[i + 3]);
    return words;
  }
  bool has_property(const std::string& path, const char* name) const {
    return fdt_getprop(blob_.data(), fdt_path_offset(blob_.data(), path.c_str()), name, nullptr) != nullptr;
  }

 private:
  std::vector<uint8_t> bytes(const std::string& path, const char* name) const {
    int size = 0;
    const void* value = fdt_getprop(blob_.data(), fdt_path_offset(blob_.data(), path.c_str()), name, &size);
    if (!value) return {};
    const auto* first = static_cast<const uint8_t*>(value);
    return {first, first + size};
  }
  std::vector<uint8_t> blob_;
};

using Cells = std::vector<uint32_t>;

TEST(DeviceTree, VirtIsWhatKernelsForQemuVirtExpect) {
  const Tree tree("virt");
  ASSERT_EQ(tree.check(), 0);
  EXPECT_EQ(tree.text("/", "compatible"), "riscv-virtio|");
  EXPECT_EQ(tree.text("/chosen", "stdout-path"), "/soc/serial@10000000|");
  EXPECT_EQ(tree.cells("/memory@80000000", "reg"), (Cells{0, 0x80000000, 0, 0x8000000}));
  EXPECT_EQ(tree.text("/memory@80000000", "device_type"), "memory|");
  EXPECT_EQ(tree.cells("/cpus", "timebase-frequency"), Cells{10'000'000});
  EXPECT_EQ(tree.text("/cpus/cpu@0", "riscv,isa").rfind("rv32imafdc", 0), 0u);
  const uint32_t hart = tree.cells("/cpus/cpu@0/interrupt-controller", "phandle").at(0);
  const uint32_t plic = tree.cells("/soc/plic@c000000", "phandle").at(0);
  EXPECT_EQ(tree.text("/soc/clint@2000000", "compatible"), "sifive,clint0|riscv,clint0|");
  EXPECT_EQ(tree.cells("/soc/clint@2000000", "interrupts-extended"), (Cells{hart, 3, hart, 7}));
  EXPECT_EQ(tree.text("/soc/plic@c000000", "compatible"), "sifive,plic-1.0.0|riscv,plic0|");
  EXPECT_EQ(tree.cells("/soc/plic@c000000", "interrupts-extended"), (Cells{hart, 11, hart, 0xFFFFFFFF}));
  EXPECT_EQ(tree.cells("/soc/plic@c000000", "reg"), (Cells{0, 0x0C000000, 0, 0x600000}));
  EXPECT_TRUE(tree.has_property("/soc/plic@c000000", "interrupt-controller"));
  EXPECT_EQ(tree.text("/soc/serial@10000000", "compatible"), "ns16550a|");
  EXPECT_EQ(tree.cells("/soc/serial@10000000", "clock-frequency"), Cells{3'686'400});
  EXPECT_EQ(tree.cells("/soc/serial@10000000", "interrupts"), Cells{10});
  EXPECT_EQ(tree.cells("/soc/serial@10000000", "interrupt-parent"), Cells{plic});
  EXPECT_EQ(tree.text("/soc/test@100000", "compatible"), "sifive,test1|sifive,test0|syscon|");
  EXPECT_EQ(tree.cells("/poweroff", "regmap"), tree.cells("/soc/test@100000", "phandle"));
  EXPECT_EQ(tree.cells("/poweroff", "value"), Cells{0x5555});
  for (uint32_t slot = 0; slot < 8; ++slot) {
    const std::string path = "/soc/virtio_mmio@1000" + std::to_string(slot + 1) + "000";
    EXPECT_EQ(tree.text(path, "compatible"), "virtio,mmio|");
    EXPECT_EQ(tree.cells(path, "interrupts"), Cells{slot + 1});
  }
  EXPECT_FALSE(tree.has("/soc/unpopulated@20000000")) << "nothing is there";
}

TEST(DeviceTree, TheCamerasOwnBlocksAreNamedAfterTheirType) {
  const Tree tree("saksi-cam");
  ASSERT_EQ(tree.check(), 0);
  EXPECT_EQ(tree.text("/", "compatible"), "saksi,saksi-cam|");
  EXPECT_EQ(tree.text("/soc/h264@10030000", "compatible"), "saksi,h264|");
  EXPECT_EQ(tree.cells("/soc/h264@10030000", "interrupts"), Cells{14});
  EXPECT_EQ(tree.cells("/soc/h264@10030000", "reg"), (Cells{0, 0x10030000, 0, 0x1000}));
  EXPECT_FALSE(tree.has_property("/soc/wdt@10012000", "interrupts"));
  EXPECT_EQ(tree.text("/soc/i2c@10011000/sensor@10", "compatible"), "sony,imx219|");
  EXPECT_EQ(tree.text("/soc/i2c@10011000/rtc@51", "compatible"), "nxp,pcf85063a|");
  EXPECT_EQ(tree.text("/soc/i2c@10011000/gauge@36", "compatible"), "maxim,max17048|");
  EXPECT_EQ(tree.text("/soc/i2c@10011000/secure_element@60", "compatible"), "atmel,atecc608|");
  const uint32_t gpio = tree.cells("/soc/gpio@10010000", "phandle").at(0);
  EXPECT_EQ(tree.cells("/leds/amber", "gpios"), (Cells{gpio, 2, 0}));
  EXPECT_EQ(tree.cells("/keys/record", "gpios"), (Cells{gpio, 8, 0}));
}

TEST(DeviceTree, EveryBlockOfEveryBoardIsInIt) {
  for (const char* board : {"virt", "saksi-cam"}) {
    const BoardSpec spec = load_board_spec(std::string(SAKSI_SOURCE_DIR) + "/boards/" + board + ".yaml");
    const std::vector<uint8_t> blob = make_device_tree(spec);
    std::vector<uint32_t> addresses;
    const int soc = fdt_path_offset(blob.data(), "/soc");
    for (int node = fdt_first_subnode(blob.data(), soc); node >= 0; node = fdt_next_subnode(blob.data(), node)) {
      int size = 0;
      const auto* reg = static_cast<const fdt32_t*>(fdt_getprop(blob.data(), node, "reg", &size));
      ASSERT_EQ(size, 16) << fdt_get_name(blob.data(), node, nullptr);
      addresses.push_back(fdt32_to_cpu(reg[1]));
    }
    std::vector<uint32_t> wanted;
    for (const BoardSpec::Block& block : spec.blocks) {
      if (block.type != "unpopulated") wanted.push_back(block.address);
    }
    EXPECT_EQ(addresses, wanted) << board;
    EXPECT_LT(blob.size(), spec.memory("rom").size - 0x100) << board;
  }
}

TEST(DeviceTree, ACircuitOfTheBoardFileIsCompatibleWithItsTop) {
  BoardSpec spec = load_board_spec(std::string(SAKSI_SOURCE_DIR) + "/boards/virt.yaml");
  BoardSpec::Block block;
  block.type = "rtl";
  block.name = "hasher";
  block.address = 0x10050000;
  block.size = 0x2000;
  block.irq = 16;
  block.rtl.emplace();
  block.rtl->top = "sha256";
  spec.blocks.push_back(block);
  const Tree tree(spec);
  EXPECT_EQ(tree.check(), 0);
  EXPECT_EQ(tree.text("/soc/hasher@10050000", "compatible"), "saksi,sha256|");
  EXPECT_EQ(tree.cells("/soc/hasher@10050000", "reg"), (Cells{0, 0x10050000, 0, 0x2000}));
  EXPECT_EQ(tree.cells("/soc/hasher@10050000", "interrupts"), (Cells{16}));
}

TEST(DeviceTree, ABoardThatIsTooLargeIsRefused) {
  BoardSpec spec = load_board_spec(std::string(SAKSI_SOURCE_DIR) + "/boards/virt.yaml");
  for (uint32_t i = 0; i < 1000; ++i) {
    BoardSpec::Block block;
    block.type = "gpio";
    block.name = "gpio" + std::to_string(i);
    block.address = 0x40000000 + 0x1000 * i;
    block.size = 0x1000;
    spec.blocks.push_back(block);
  }
  EXPECT_THROW(make_device_tree(spec), UsageError);
}

}  // namespace
}  // namespace saksi::hw
