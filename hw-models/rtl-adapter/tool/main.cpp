// saksi_rtl_adapter CLASS TOP HEADER FACTORY OUTPUT: writes the adapter of the class that Verilator made of a top module, for blocks that are linked
// into the program.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "hw-models/rtl-adapter/verilated_class.h"

int main(int argc, char** argv) {
  constexpr int kUsage = 2;
  if (argc != 6) {
    std::fprintf(stderr, "usage: saksi_rtl_adapter CLASS TOP HEADER FACTORY OUTPUT\n");
    return kUsage;
  }
  std::ifstream header(argv[3]);
  std::ostringstream text;
  text << header.rdbuf();
  std::ofstream out(argv[5]);
  out << saksi::hw::adapter_source(argv[1], argv[2], saksi::hw::ports_in_header(text.str()), {}, argv[4], false);
  out.close();
  if (!header || !out) {
    std::fprintf(stderr, "saksi_rtl_adapter: %s cannot be read or %s cannot be written\n", argv[3], argv[5]);
    return 1;
  }
  return 0;
}
