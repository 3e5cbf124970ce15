#include "reports/suite_report.h"

#include <map>

#include "base/exit_code.h"
#include "reports/claim_section.h"
#include "reports/html_page.h"
#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

namespace {

std::string verdict_of(const SuiteRun& run) { return text_or(run.input.verdicts, "verdict", "infra-error"); }

std::string run_row(const SuiteRun& run, const Language& lang) {
  const std::string verdict = verdict_of(run);
  std::string broken;
  for (const Json& requirement : list_of(run.input.verdicts, "requirements")) {
    const std::string its = text_or(requirement, "verdict");
    if (its == "pass" || its == "not-offered") continue;
    broken += (broken.empty() ? "" : "<br>") + verdict_symbol(its) + " " + escape(requirement_text(requirement, lang));
  }
  const Json seed = run.input.verdicts.value("seed", Json());
  return "<tr><td class=\"verdict " + verdict + "\">" + verdict_cell(verdict, lang) + "</td><td><a href=\"" + escape(run.link) + "\">" +
         escape(run.input.name) + "</a></td><td class=\"number\">" + (seed.is_number() ? seed.dump() : "") + "</td><td class=\"number\">" +
         std::to_string(list_of(run.input.verdicts, "requirements").size()) + "</td><td>" + broken + "</td></tr>\n";
}

std::string head_cell(const std::string& text, bool is_number) {
  return std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</th>";
}

}  // namespace

std::string suite_page(const std::vector<SuiteRun>& runs, const std::string& code, const Json& claim) {
  const Language& lang = Language::get(code);
  ExitCode worst = ExitCode::kPass;
  std::map<std::string, int> counts;
  std::string rows;
  for (const SuiteRun& run : runs) {
    worst = worse(worst, verdict_code(verdict_of(run)));
    ++counts[verdict_of(run)];
    rows += run_row(run, lang);
  }
  if (claim.is_object()) worst = runs.empty() ? verdict_code(text_or(claim, "verdict")) : worse(worst, verdict_code(text_or(claim, "verdict")));
  const std::string verdict = verdict_word(worst);
  std::string tally;
  for (const auto& [word, count] : counts) tally += (tally.empty() ? "" : ", ") + std::to_string(count) + " " + lang("verdict." + word);
  const std::string header = "<p class=\"kicker\">" + escape(lang("page.kicker")) + "</p>\n<h1>" + escape(lang("suite.title")) +
                             "</h1>\n<div class=\"banner " + verdict + "\">\n<div class=\"symbol\" aria-hidden=\"true\">" + verdict_symbol(verdict) +
                             "</div>\n<div><p class=\"word\">" + escape(lang("verdict." + verdict)) + "</p>\n<p>" + escape(lang("suite." + verdict)) +
                             "</p>\n<p>" + escape(lang("suite.counts", runs.size(), tally)) + "</p></div>\n</div>\n";
  const std::string table = "<section>\n<h2>" + escape(lang("suite.runs")) + "</h2>\n<div class=\"scroll\"><table>\n<thead><tr>" +
                            head_cell(lang("table.verdict"), false) + head_cell(lang("suite.run"), false) + head_cell(lang("page.seed"), true) +
                            head_cell(lang("suite.requirements"), true) + head_cell(lang("suite.broken"), false) + "</tr></thead>\n<tbody>\n" + rows +
                            "</tbody>\n</table></div>\n</section>\n";
  const std::string main = (claim.is_object() ? claim_section(claim, lang) : "") + table;
  return html_page(lang("page.title", lang("suite.title"), lang("verdict." + verdict)), header, main, "", lang);
}

}  // namespace saksi::report
