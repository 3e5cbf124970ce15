#ifndef SAKSI_HW_MODELS_BOARD_BLOCK_VIEW_H_
#define SAKSI_HW_MODELS_BOARD_BLOCK_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/base/register_info.h"
#include "hw-models/board/board_spec.h"

namespace saksi::hw {

/// A register-mapped block of a board, as a debugger names it and its registers.
struct BlockView {
  std::string name;
  uint32_t address;
  uint32_t irq;                 ///< source of the PLIC, 0 for none
  const regs::BlockInfo* info;  ///< names of registers and fields; never nullptr
};

/// The blocks of a board file, in its order.
std::vector<BlockView> block_views(const BoardSpec& spec);

}  // namespace saksi::hw

#endif
