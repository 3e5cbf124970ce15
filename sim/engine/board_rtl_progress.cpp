#include "sim/engine/board_rtl_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace saksi::sim {

std::vector<hw::BoardRtl> build_board_rtl(const hw::BoardSpec& spec) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  return hw::build_board_rtl(spec, [terminal](const std::string& line, bool is_last) {
    if (terminal || is_last) fmt::print(stderr, "{}{}{}", terminal ? "\r" : "", line, is_last ? "\n" : "");
    std::fflush(stderr);
  });
}

}  // namespace saksi::sim
