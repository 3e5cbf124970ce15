#ifndef SAKSI_REPORTS_SWEEP_REPORT_H_
#define SAKSI_REPORTS_SWEEP_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::report {

/// Writes sweep.html and junit.xml for a sweep of power cuts (sweep.json, docs/formats/sweep.md) into `out_dir`. Returns the path of the page. Throws
/// UsageError if a file cannot be written.
std::string report_sweep(const nlohmann::ordered_json& sweep, const std::string& lang, const std::string& out_dir);

}  // namespace saksi::report

#endif
