#ifndef SAKSI_REPORTS_SEARCH_SECTION_H_
#define SAKSI_REPORTS_SEARCH_SECTION_H_

#include <string>

#include "reports/report_input.h"

namespace saksi::report {

/// The page of a search for the first durable moment (search.json, docs/formats/search.md): verdict, figure with its budget, and for each press a
/// drawing of its cuts and what was found.
std::string search_page(const Json& search, const std::string& lang);

}  // namespace saksi::report

#endif
