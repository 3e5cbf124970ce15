// saksi_rtl_adapter CLASS HEADER FACTORY OUTPUT: writes the adapter of a class that Verilator made, for blocks that are linked into the program.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "hw-models/rtl-adapter/verilated_class.h"

int main(int argc, char** argv) {
  constexpr int kUsage = 2;
  if (argc != 5) {
    std::fprintf(stderr, "usage: saksi_rtl_adapter CLASS HEADER FACTORY OUTPUT\n");
    return kUsage;
  }
  std::ifstream header(argv[2]);
  std::ostringstream text;
  text << header.rdbuf();
  std::ofstream out(argv[4]);
  out << saksi::hw::adapter_source(argv[1], saksi::hw::ports_in_header(text.str()), {}, argv[3], false);
  out.close();
  if (!header || !out) {
    std::fprintf(stderr, "saksi_rtl_adapter: %s cannot be read or %s cannot be written\n", argv[2], argv[4]);
    return 1;
  }
  return 0;
}
