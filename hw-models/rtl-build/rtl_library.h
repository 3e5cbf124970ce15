#ifndef SAKSI_HW_MODELS_RTL_BUILD_RTL_LIBRARY_H_
#define SAKSI_HW_MODELS_RTL_BUILD_RTL_LIBRARY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hw-models/rtl-block/rtl_model.h"
#include "hw-models/rtl-build/rtl_source.h"

namespace saksi::hw {

/// A design as a shared object.
struct RtlLibrary {
  std::string path;
  std::vector<std::string> sources;  ///< every file that was read for it, included ones too; absolute, in Verilator's order
  std::string folder;                ///< where the circuit looks for files that it reads itself ($readmemh): the board file's
};

/// The shared object of a design: out of the cache, or else verilated and compiled, which takes some seconds.
///
/// The cache is $XDG_CACHE_HOME/saksi/rtl, or ~/.cache/saksi/rtl. An object is named by what went into it: the content of every file that
/// Verilator read, parameters, options, the tools, and what of Saksi is compiled into it. Two processes that want the same one at once make
/// it once; one that is ended in between leaves nothing that another would take for whole. The objects that were used last stay (rtl_cache.h).
///
/// `tell` gets a line for the user now and then while there is something to wait for, `is_last` with the last one.
/// Throws UsageError: for a file that is missing, with what Verilator says of a mistake in the sources, for ports that cannot be coupled.
RtlLibrary build_rtl(const RtlSource& source, const std::function<void(const std::string& line, bool is_last)>& tell);

/// A model out of a shared object, its initial blocks run. The object stays loaded to the end of the process.
std::unique_ptr<RtlModel> load_rtl(const RtlLibrary& library);

}  // namespace saksi::hw

#endif
