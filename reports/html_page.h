#ifndef SAKSI_REPORTS_HTML_PAGE_H_
#define SAKSI_REPORTS_HTML_PAGE_H_

#include <string>

#include "reports/language.h"

namespace saksi::report {

/// The frame of every page: head with the style sheet, and what goes into header, main and footer as HTML.
std::string html_page(const std::string& title, const std::string& header, const std::string& main, const std::string& footer, const Language& lang);

}  // namespace saksi::report

#endif
