#ifndef SAKSI_REPORTS_CLAIM_SECTION_H_
#define SAKSI_REPORTS_CLAIM_SECTION_H_

#include <string>

#include "reports/language.h"
#include "reports/report_input.h"

namespace saksi::report {

/// A claim (claims.json, docs/formats/claims.md): verdict, plan, a table of states, the presses sorted by their values, and the chance of passing.
std::string claim_section(const Json& claim, const Language& lang);

/// A page of it alone.
std::string claim_page(const Json& claim, const std::string& lang);

}  // namespace saksi::report

#endif
