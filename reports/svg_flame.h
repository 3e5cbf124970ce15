#ifndef SAKSI_REPORTS_SVG_FLAME_H_
#define SAKSI_REPORTS_SVG_FLAME_H_

#include <string>

#include "reports/language.h"

namespace saksi::report {

/// A flame graph of collapsed stacks ("outer;inner count" a line): a box for each function on each call path, as wide as its share of all
/// instructions, callers below callees. Boxes carry their share and exact count as a tooltip; paths under 1/2000 of the whole are left out of the
/// picture. Empty if there is nothing to draw. Lines that are not of that form are skipped.
std::string flame_graph(const std::string& folded, const Language& lang);

/// The functions that most instructions were executed in, as rows of a table: name, instructions, their share, the share with all that it called.
std::string hot_functions(const std::string& folded, const Language& lang);

}  // namespace saksi::report

#endif
