#include "reports/search_section.h"

#include <algorithm>
#include <cmath>

#include "reports/html_page.h"
#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

std::string cell(const std::string& text, bool is_number = false) {
  return std::string("<td") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</td>";
}

std::string head(const std::string& text, bool is_number = false) {
  return std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</th>";
}

std::string milliseconds(const Json& ms, const Language& lang) { return ms.is_number() ? number(ms.get<double>(), {1, 0, "ms"}, lang) : "–"; }

/// The figure in words: the range of the worst press, or that no cut kept anything.
std::string figure_text(const Json& search, const Language& lang) {
  const Json& m = search.at("measurement");
  const RowNumbers numbers = row_numbers(search.at("requirement").at("limit"), m, lang);
  const std::string what = lang("search.of_" + text_or(m, "id"));
  if (!m.contains("value")) return lang("search.open", what, numbers.measured, numbers.limit);
  const double upper = m.at("upper_bound").get<double>();
  return lang("search.figure", what, numbers.measured, numbers.uncertainty, number(upper, number_style("s", upper, 1e-3), lang), numbers.limit);
}

std::string presses_table(const Json& search, const Language& lang) {
  std::string rows;
  for (const Json& press : list_of(search, "presses")) {
    rows += "<tr>" + cell(text_or(press, "name")) + cell(milliseconds(press.at("last_not_kept_ms"), lang), true) +
            cell(milliseconds(press.at("first_kept_ms"), lang), true) + cell(std::to_string(list_of(press, "cuts").size()), true) +
            cell(press.at("monotone").get<bool>() ? "" : lang("search.not_monotone")) + "</tr>\n";
  }
  return "<div class=\"scroll\"><table>\n<thead><tr>" + head(lang("search.press")) + head(lang("search.not_kept"), true) +
         head(lang("search.kept"), true) + head(lang("search.cuts"), true) + head("") + "</tr></thead>\n<tbody>\n" + rows +
         "</tbody>\n</table></div>\n";
}

std::string budget_table(const Json& search, const Language& lang) {
  const Json budget = search.at("measurement").value("budget", Json::object());
  std::string rows;
  for (const Json& term : list_of(budget, "terms")) {
    const double u = term.at("u").get<double>();
    rows += "<tr>" + cell(lang("budget.source." + text_or(term, "source"))) + cell(lang("budget.distribution." + text_or(term, "distribution"))) +
            cell(number(u, number_style("s", u, std::max(u, 1e-5)), lang), true) + "</tr>\n";
  }
  if (rows.empty()) return "";
  return "<div class=\"scroll\"><table>\n<thead><tr>" + head(lang("budget.terms")) + head("") + head("u", true) +
         "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table></div>\n";
}

/// A row for each press; a filled mark where a cut kept a frame, an open one where it lost.
std::string drawing(const Json& search, const Language& lang) {
  constexpr double kRow = 26, kMark = 7;
  constexpr int64_t kNsPerMs = 1'000'000;
  const Json& plan = search.at("plan");
  SvgPlot plot(plan.at("from_ms").get<int64_t>() * kNsPerMs, plan.at("to_ms").get<int64_t>() * kNsPerMs);
  int index = 0;
  for (const Json& press : list_of(search, "presses")) {
    const double middle = plot.row(std::to_string(++index), kRow) + kRow / 2;
    plot.line(SvgPlot::kLeft, middle, SvgPlot::kRight, middle, "stroke=\"#e3e6ea\"");
    for (const Json& cut : list_of(press, "cuts")) {
      const double x = plot.x(cut.at("at_ms").get<int64_t>() * kNsPerMs);
      const std::string left = text_or(cut, "left");
      const std::string style = left == "kept"   ? "fill=\"#0b4f9e\" stroke=\"#0b4f9e\""
                                : left == "lost" ? "fill=\"#ffffff\" stroke=\"#9e1b1b\" stroke-width=\"1.5\""
                                                 : "fill=\"#f0c36d\" stroke=\"#8a5a00\"";
      plot.rect(x - kMark / 2, middle - kMark / 2, kMark, kMark, style);
    }
  }
  plot.axis(lang("search.axis"), nullptr, lang);
  return "<figure>\n" + plot.svg(lang("search.plot")) + "<figcaption>" + escape(lang("search.plot")) + "</figcaption>\n</figure>\n";
}

}  // namespace

std::string search_page(const Json& search, const std::string& code) {
  const Language& lang = Language::get(code);
  const std::string verdict = text_or(search, "verdict");
  const std::string header = "<p class=\"kicker\">" + escape(lang("page.kicker")) + "</p>\n<h1>" + escape(lang("search.title")) + "</h1>\n";
  const std::string main = "<section>\n<p class=\"verdict " + verdict + "\">" + verdict_cell(verdict, lang) + "</p>\n<p>" +
                           escape(requirement_text(search.at("requirement"), lang)) + "</p>\n<p>" + escape(figure_text(search, lang)) + "</p>\n" +
                           drawing(search, lang) + presses_table(search, lang) + budget_table(search, lang) + "<p>" + escape(lang("search.method")) +
                           "</p>\n</section>\n";
  return html_page(lang("page.title", lang("search.title"), lang("verdict." + verdict)), header, main, "", lang);
}

}  // namespace saksi::report
