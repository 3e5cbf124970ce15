#ifndef SAKSI_HW_MODELS_RTL_BUILD_RTL_SOURCE_H_
#define SAKSI_HW_MODELS_RTL_BUILD_RTL_SOURCE_H_

#include <string>
#include <utility>
#include <vector>

#include "hw-models/rtl-block/rtl_port_names.h"

namespace saksi::hw {

/// A design as a board file names it: what Verilator is to be given, and what its ports are.
struct RtlSource {
  struct File {
    std::string path;   ///< absolute
    std::string place;  ///< "file:line:column" where it is named, for messages
  };

  std::string block;  ///< its name on the board
  std::string place;  ///< of the entry, for messages
  std::string top;
  std::vector<File> files;  ///< in the order in which Verilator reads them
  std::vector<File> include_dirs;
  std::vector<File> data_files;                                 ///< what the circuit reads itself as it starts
  std::vector<std::pair<std::string, std::string>> parameters;  ///< of the top, with values as Verilator's -G takes them
  std::vector<std::string> options;                             ///< more of Verilator's
  std::string folder;                                           ///< of the board file: what relative paths in `options` start from
  RtlPortNames ports;
};

}  // namespace saksi::hw

#endif
