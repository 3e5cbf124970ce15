#ifndef SAKSI_SIM_ENGINE_BOARD_RTL_PROGRESS_H_
#define SAKSI_SIM_ENGINE_BOARD_RTL_PROGRESS_H_

#include <vector>

#include "hw-models/board/board_rtl.h"

namespace saksi::sim {

/// Makes what circuits a board file brings, and says on standard error how long the user has to wait for it.
std::vector<hw::BoardRtl> build_board_rtl(const hw::BoardSpec& spec);

}  // namespace saksi::sim

#endif
