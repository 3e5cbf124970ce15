#include "hw-models/board/block_view.h"

#include <algorithm>
#include <iterator>

#include "regs/all_regs.hpp"

namespace saksi::hw {

std::vector<BlockView> block_views(const BoardSpec& spec) {
  std::vector<BlockView> views;
  for (const BoardSpec::Block& block : spec.blocks) {
    const auto* info =
        std::find_if(std::begin(regs::kBlocks), std::end(regs::kBlocks), [&](const regs::BlockInfo& i) { return block.type == i.name; });
    if (info != std::end(regs::kBlocks)) views.push_back({block.name, block.address, block.irq, info});
  }
  return views;
}

}  // namespace saksi::hw
