#ifndef SAKSI_HW_MODELS_BOARD_DEVICE_TREE_H_
#define SAKSI_HW_MODELS_BOARD_DEVICE_TREE_H_

#include <cstdint>
#include <vector>

#include "hw-models/board/board_spec.h"

namespace saksi::hw {

/// The board as its firmware finds it described: a flattened device tree (Devicetree Specification 0.4, version 17 blob), made from nothing
/// but the board file. Node names and bindings are those of Linux, as QEMU's `virt` gives them: a kernel that boots there finds cpu, memory,
/// CLINT, PLIC, serial port and test finisher here too. Blocks of our own have the compatible string "saksi,<type>".
std::vector<uint8_t> make_device_tree(const BoardSpec& spec);

}  // namespace saksi::hw

#endif
