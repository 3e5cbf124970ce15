#ifndef SAKSI_REPORTS_HTML_SECTIONS_H_
#define SAKSI_REPORTS_HTML_SECTIONS_H_

#include <string>

#include "reports/language.h"
#include "reports/report_input.h"

namespace saksi::report {

/// A sign for a verdict word, to be told apart without colour.
std::string verdict_symbol(const std::string& verdict);
/// Sign and word, as a table cell's content.
std::string verdict_cell(const std::string& verdict, const Language& lang);
/// The measurement of an id; null if it was not measured.
const Json& measurement_of(const Json& verdicts, const std::string& id);
/// The requirement's text in the report's language, else in English, else its id.
std::string requirement_text(const Json& requirement, const Language& lang);
/// A list in a JSON object; empty if the key is not there.
const Json& list_of(const Json& object, const char* key);

/// The parts of the page, each with its heading; empty if there is nothing to show.
std::string requirements_section(const ReportInput& input, const Language& lang);
std::string stills_section(const ReportInput& input, const Language& lang);
std::string timeline_section(const ReportInput& input, const Language& lang);
std::string stages_section(const ReportInput& input, const Language& lang);
std::string profile_section(const ReportInput& input, const Language& lang);
std::string battery_section(const ReportInput& input, const Language& lang);
/// How long the card took for each write command, as the firmware saw it; only of a simulated device.
std::string card_latency_section(const ReportInput& input, const Language& lang);
std::string evidence_section(const ReportInput& input, const Language& lang);
std::string budget_section(const ReportInput& input, const Language& lang);
std::string self_check_section(const ReportInput& input, const Language& lang);
std::string not_judged_section(const ReportInput& input, const Language& lang);
std::string material_section(const ReportInput& input, const Language& lang);
std::string replay_section(const ReportInput& input, const Language& lang);

}  // namespace saksi::report

#endif
