#include "reports/sweep_report.h"

#include <cmath>

#include "reports/html_page.h"
#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

namespace {

std::string head(const std::string& text, bool is_number = false) {
  return std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</th>";
}

std::string worst_text(const Json& line, const Language& lang) {
  if (!line.contains("worst")) return "–";
  const double value = line.at("worst").at("value").get<double>();
  const std::string unit = line.at("worst").at("unit").get<std::string>();
  if (unit == "1") return std::to_string(std::lround(value));
  return number(value, number_style(unit, value, std::max(std::abs(value) * 0.005, 1e-4)), lang);
}

std::string row(const Json& line, const Language& lang) {
  const std::string verdict = text_or(line, "verdict");
  std::string first;
  for (const Json& cut : list_of(line, "first_broken")) {
    if (!first.empty()) break;
    first = "<br><code>" + escape(text_or(cut, "cut")) + "</code> " + escape(text_or(cut, "why"));
  }
  return "<tr><td class=\"verdict " + verdict + "\">" + verdict_cell(verdict, lang) + "</td><td>" + escape(requirement_text(line, lang)) + first +
         "</td><td class=\"number\">" + line.at("checked").dump() + "</td><td class=\"number\">" + line.at("broken").dump() +
         "</td><td class=\"number\">" + escape(worst_text(line, lang)) + "</td></tr>\n";
}

std::string damages_text(const Json& sweep) {
  std::string text;
  for (const auto& [word, count] : sweep.at("by_damage").items()) text += (text.empty() ? "" : ", ") + count.dump() + " " + word;
  return text;
}

std::string page(const Json& sweep, const Language& lang) {
  const std::string verdict = text_or(sweep, "verdict");
  const std::string name = text_or(sweep, "scenario");
  const std::string header = "<p class=\"kicker\">" + escape(lang("page.kicker")) + "</p>\n<h1>" + escape(lang("sweep.title", name)) +
                             "</h1>\n<div class=\"banner " + verdict + "\">\n<div class=\"symbol\" aria-hidden=\"true\">" + verdict_symbol(verdict) +
                             "</div>\n<div><p class=\"word\">" + escape(lang("verdict." + verdict)) + "</p>\n<p>" +
                             escape(lang("sweep.counts", sweep.at("writes").get<size_t>(), sweep.at("cuts").get<size_t>(),
                                         sweep.at("cards").get<size_t>(), sweep.at("broken").get<size_t>())) +
                             "</p></div>\n</div>\n";
  std::string rows;
  for (const Json& line : list_of(sweep, "requirements")) rows += row(line, lang);
  const std::string main = "<section>\n<h2>" + escape(lang("sweep.what")) + "</h2>\n<p>" + escape(lang("sweep.how")) + "</p>\n<p>" +
                           escape(lang("sweep.damages", damages_text(sweep))) + "</p>\n<div class=\"scroll\"><table>\n<thead><tr>" +
                           head(lang("table.verdict")) + head(lang("sweep.requirement")) + head(lang("sweep.checked"), true) +
                           head(lang("sweep.broken"), true) + head(lang("sweep.worst"), true) + "</tr></thead>\n<tbody>\n" + rows +
                           "</tbody>\n</table></div>\n</section>\n";
  return html_page(lang("page.title", lang("sweep.title", name), lang("verdict." + verdict)), header, main, "", lang);
}

std::string junit_text(const Json& sweep) {
  std::string cases;
  size_t failures = 0, tests = 0;
  for (const Json& line : list_of(sweep, "requirements")) {
    const std::string verdict = text_or(line, "verdict");
    ++tests;
    cases += "    <testcase classname=\"sweep." + escape(text_or(sweep, "scenario")) + "\" name=\"" + escape(text_or(line, "id")) + "\">";
    if (verdict == "fail") {
      ++failures;
      const Json& first = line.at("first_broken").at(0);
      cases +=
          "<failure message=\"" +
          escape(line.at("broken").dump() + " of " + line.at("checked").dump() + " cuts; " + text_or(first, "cut") + ": " + text_or(first, "why")) +
          "\"/>";
    } else if (verdict != "pass") {
      cases += "<skipped message=\"" + escape(verdict) + "\"/>";
    }
    cases += "</testcase>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"sweep\" tests=\"" + std::to_string(tests) + "\" failures=\"" +
         std::to_string(failures) + "\">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

}  // namespace

std::string report_sweep(const Json& sweep, const std::string& lang, const std::string& out_dir) {
  const std::string path = out_dir + "/sweep.html";
  write_file(path, page(sweep, Language::get(lang)));
  write_file(out_dir + "/junit.xml", junit_text(sweep));
  return path;
}

}  // namespace saksi::report
