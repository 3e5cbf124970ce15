#ifndef SAKSI_REPORTS_EMBEDDED_H_
#define SAKSI_REPORTS_EMBEDDED_H_

#include <map>
#include <string>

namespace saksi::report {

/// The text of the files in lang/ and templates/ as they were at build time, by file name. Defined in a source that embed.cmake writes.
const std::map<std::string, std::string>& embedded_files();

}  // namespace saksi::report

#endif
