#ifndef SAKSI_REPORTS_TAMPER_PAGE_H_
#define SAKSI_REPORTS_TAMPER_PAGE_H_

#include <nlohmann/json.hpp>
#include <string>

#include "reports/language.h"

namespace saksi::report {

/// The table of attacks on a signed clip, expected against found, as a page of its own. `matrix` is tamper-matrix.json
/// (docs/formats/tamper-matrix.md).
std::string tamper_page(const nlohmann::ordered_json& matrix, const Language& lang);

}  // namespace saksi::report

#endif
