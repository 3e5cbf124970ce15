#include "hw-models/board/board_rtl.h"

#include "hw-models/rtl-build/rtl_library.h"

namespace saksi::hw {

std::vector<BoardRtl> build_board_rtl(const BoardSpec& spec, const std::function<void(const std::string& line, bool is_last)>& tell) {
  std::vector<BoardRtl> circuits;
  for (const BoardSpec::Block& block : spec.blocks) {
    if (!block.rtl) continue;
    BoardRtl circuit{block.name, build_rtl(*block.rtl, tell).sources, {}};
    for (const RtlSource::File& file : block.rtl->data_files) circuit.sources.push_back(file.path);
    for (const RtlSource::File& dir : block.rtl->include_dirs) circuit.include_dirs.push_back(dir.path);
    circuits.push_back(std::move(circuit));
  }
  return circuits;
}

}  // namespace saksi::hw
