#ifndef SAKSI_REPORTS_REPORT_H_
#define SAKSI_REPORTS_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::report {

/// What report_folder() wrote.
struct WrittenReport {
  std::string html;      ///< report.html
  std::string junit;     ///< junit.xml
  std::string timeline;  ///< timeline.json
  std::string verdict;   ///< the word in verdicts.json
};

/// Writes report.html, junit.xml and timeline.json for the folder that one run left: recording/ and verdicts.json, and where they are
/// there truth/, self-check.json, performance.json and bundle.json. `lang` is "en" or "id"; `out_dir` empty means beside the input. No
/// clock is read: the same folder gives the same bytes. Throws UsageError if the folder holds no verdicts.json or a file cannot be read
/// or written.
WrittenReport report_folder(const std::string& dir, const std::string& lang, const std::string& out_dir = "");

/// What report_suite() wrote.
struct WrittenSuite {
  std::string html;   ///< suite.html
  std::string junit;  ///< junit.xml with one testsuite for each run
};

/// Writes suite.html (the `claim` that the runs were counted for, unless it is null; one line for each run, with a link to its report) and one
/// junit.xml over all of them into `out_dir`. The runs' own reports must have been written by report_folder().
WrittenSuite report_suite(const std::vector<std::string>& dirs, const std::string& lang, const std::string& out_dir,
                          const nlohmann::ordered_json& claim = nullptr);

/// Writes claim.html and junit.xml for a claim (docs/formats/claims.md) alone into `out_dir`.
WrittenSuite report_claim(const nlohmann::ordered_json& claim, const std::string& lang, const std::string& out_dir);

/// Writes search.html and junit.xml for a search (docs/formats/search.md) into `out_dir`.
WrittenSuite report_search(const nlohmann::ordered_json& search, const std::string& lang, const std::string& out_dir);

/// The languages that reports can be written in: "en", "id".
std::vector<std::string> languages();

}  // namespace saksi::report

#endif
