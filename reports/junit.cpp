#include "reports/junit.h"

#include <fmt/format.h>

#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

namespace {

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
};

std::string outcome(const std::string& verdict, const std::string& message, Counts& counts) {
  ++counts.tests;
  if (verdict == "pass") return "";
  const bool failed = verdict == "fail", skipped = verdict == "inconclusive" || verdict == "not-offered";
  ++(failed ? counts.failures : skipped ? counts.skipped : counts.errors);
  const std::string text = escape(verdict + ": " + message);
  if (skipped) return "      <skipped message=\"" + text + "\"/>\n";
  const std::string element = failed ? "failure" : "error";
  return "      <" + element + " message=\"" + text + "\" type=\"" + escape(verdict) + "\">" + text + "</" + element + ">\n";
}

/// "stored 41 ms after the press; measured 0.61 s ± 0.01 s, limit at most 500 ms".
std::string explain(const Json& requirement, const Json& measurement) {
  const Language& lang = Language::get("en");
  const RowNumbers numbers = row_numbers(requirement.value("limit", Json()), measurement, lang);
  std::string text =
      requirement_text(requirement, lang) + " Measured " + numbers.measured + " (" + numbers.uncertainty + "), limit " + numbers.limit + ".";
  const std::string reason = text_or(requirement, "reason");
  return reason.empty() ? text : text + " " + reason;
}

std::string testcase(const std::string& suite, const std::string& name, const std::string& body) {
  return "    <testcase classname=\"saksi." + escape(suite) + "\" name=\"" + escape(name) + "\"" +
         (body.empty() ? "/>\n" : ">\n" + body + "    </testcase>\n");
}

std::string attributes(const Counts& counts) {
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", counts.tests, counts.failures, counts.errors, counts.skipped);
}

std::string testsuite(const ReportInput& run, Counts& all) {
  Counts counts;
  std::string cases;
  for (const Json& requirement : list_of(run.verdicts, "requirements")) {
    const Json& measurement = measurement_of(run.verdicts, text_or(requirement, "measurement"));
    cases += testcase(run.name, text_or(requirement, "id"), outcome(text_or(requirement, "verdict"), explain(requirement, measurement), counts));
  }
  const std::string verdict = text_or(run.verdicts, "verdict");
  if (counts.tests == 0 || (verdict == "infra-error" && counts.errors == 0)) {
    cases += testcase(run.name, "run", outcome(verdict, text_or(run.verdicts, "reason", "no requirement was judged"), counts));
  }
  all.tests += counts.tests;
  all.failures += counts.failures;
  all.errors += counts.errors;
  all.skipped += counts.skipped;
  const bool timed = run.performance.is_object() && run.performance.contains("wall_s") && run.performance["wall_s"].is_number();
  const std::string time = timed ? fmt::format(" time=\"{:.3f}\"", run.performance["wall_s"].get<double>()) : "";
  const std::string log = run.replay_command.empty() ? "" : "    <system-out>" + escape(run.replay_command) + "</system-out>\n";
  return "  <testsuite name=\"" + escape(run.name) + "\" " + attributes(counts) + time + ">\n" + cases + log + "  </testsuite>\n";
}

/// The requirement of a claim: one test, whatever the number of presses.
std::string claim_suite(const Json& claim, Counts& all) {
  Counts counts;
  const std::string body = outcome(text_or(claim, "verdict"), text_or(claim, "reason"), counts);
  all.tests += counts.tests;
  all.failures += counts.failures;
  all.errors += counts.errors;
  all.skipped += counts.skipped;
  const std::string id = text_or(claim.value("requirement", Json::object()), "id");
  return "  <testsuite name=\"claim\" " + attributes(counts) + ">\n" + testcase("claim", id, body) + "  </testsuite>\n";
}

}  // namespace

std::string junit(const std::vector<ReportInput>& runs, const Json& claim) {
  Counts all;
  std::string suites;
  for (const ReportInput& run : runs) suites += testsuite(run, all);
  if (claim.is_object()) suites += claim_suite(claim, all);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"saksi\" " + attributes(all) + ">\n" + suites + "</testsuites>\n";
}

void write_junit(const std::string& path, const std::vector<ReportInput>& runs, const Json& claim) { write_file(path, junit(runs, claim)); }

}  // namespace saksi::report
