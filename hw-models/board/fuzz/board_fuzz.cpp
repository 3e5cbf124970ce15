// A board file of any text gives a board or a UsageError, and nothing else.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/error.h"
#include "hw-models/board/board_spec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int file = memfd_create("board", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  try {
    const saksi::hw::BoardSpec spec = saksi::hw::load_board_spec(path);
    spec.memory("dram");
  } catch (const saksi::UsageError&) {
    return 0;
  }
  return 0;
}
