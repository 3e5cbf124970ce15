#ifndef SAKSI_HW_MODELS_BOARD_BOARD_RTL_H_
#define SAKSI_HW_MODELS_BOARD_BOARD_RTL_H_

#include <functional>
#include <string>
#include <vector>

#include "hw-models/board/board_spec.h"

namespace saksi::hw {

/// A circuit that a board file brings, and what it was made from.
struct BoardRtl {
  std::string block;
  std::vector<std::string> sources;       ///< every file that was read or will be, absolute
  std::vector<std::string> include_dirs;  ///< absolute
};

/// Makes the circuits that a board file brings, so that a Board finds them ready; those that are ready take no time. `tell` gets a line for
/// the user now and then while there is something to wait for. Throws UsageError for what is wrong with them.
std::vector<BoardRtl> build_board_rtl(const BoardSpec& spec, const std::function<void(const std::string& line, bool is_last)>& tell);

}  // namespace saksi::hw

#endif
