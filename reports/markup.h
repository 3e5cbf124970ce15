#ifndef SAKSI_REPORTS_MARKUP_H_
#define SAKSI_REPORTS_MARKUP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::report {

/// Text for HTML, SVG and XML, in content and in quoted attributes: & < > " ' escaped; control characters, which XML 1.0 forbids, and
/// broken UTF-8 as U+FFFD.
std::string escape(const std::string& text);

/// RFC 4648, with padding.
std::string base64(const std::vector<uint8_t>& bytes);

/// Writes a whole file. Throws UsageError if that fails.
void write_file(const std::string& path, const std::string& text);

}  // namespace saksi::report

#endif
