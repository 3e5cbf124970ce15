#include "reports/claim_section.h"

#include <algorithm>
#include <cmath>

#include "reports/html_page.h"
#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

struct Dot {
  double value;
  double uncertainty;
  std::string outcome;
};

std::string cell(const std::string& text, bool is_number = false) {
  return std::string("<td") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</td>";
}

std::string head(const std::string& text, bool is_number = false) {
  return std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + escape(text) + "</th>";
}

std::string unit_of(const Json& claim) { return claim.at("requirement").at("limit").at("unit").get<std::string>(); }

/// A value with three digits behind the point of its unit, or a dash.
std::string value_text(const Json& value, const std::string& unit, const Language& lang) {
  if (!value.is_number()) return "–";
  const double v = value.get<double>();
  return number(v, number_style(unit, v, std::max(std::abs(v) * 0.005, 1e-4)), lang);
}

std::string percent(double share, const Language& lang) { return number(share, {100, 1, "%"}, lang); }

std::string states_table(const Json& claim, const Language& lang) {
  const std::string unit = unit_of(claim);
  std::string rows;
  for (const Json& state : list_of(claim, "states")) {
    const std::string name = text_or(state, "state");
    rows += "<tr>" + cell(name.empty() ? lang("claim.no_state") : name);
    for (const char* key : {"n", "in_time", "late", "undecided"}) rows += cell(state.at(key).dump(), true);
    rows += cell(value_text(state.at("median"), unit, lang), true) + cell(value_text(state.at("max"), unit, lang), true) + "</tr>\n";
  }
  return "<div class=\"scroll\"><table>\n<thead><tr>" + head(lang("claim.state")) + head(lang("claim.presses"), true) +
         head(lang("claim.in_time"), true) +
         head(lang("claim.late"), true) + head(lang("claim.undecided"), true) + head(lang("claim.median"), true) + head(lang("claim.largest"), true) +
         "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table></div>\n";
}

std::string curve_table(const Json& claim, const Language& lang) {
  std::string heads, cells;
  for (const Json& point : list_of(claim.at("plan"), "operating_curve")) {
    heads += head(percent(point.at("late").get<double>(), lang), true);
    cells += cell(percent(point.at("passes").get<double>(), lang), true);
  }
  return "<div class=\"scroll\"><table>\n<thead><tr>" + head(lang("claim.curve_late")) + heads + "</tr></thead>\n<tbody><tr>" +
         cell(lang("claim.curve_passes")) + cells + "</tr></tbody>\n</table></div>\n";
}

std::vector<Dot> sorted_dots(const Json& claim) {
  std::vector<Dot> dots;
  for (const Json& press : list_of(claim, "presses")) {
    if (!press.value("counted", false)) continue;
    const Json value = press.at("value").is_number() ? press.at("value") : press.value("at_least", Json());
    if (value.is_number()) dots.push_back({value.get<double>(), press.at("uncertainty").get<double>(), text_or(press, "outcome")});
  }
  std::sort(dots.begin(), dots.end(), [](const Dot& a, const Dot& b) { return a.value < b.value; });
  return dots;
}

/// A vertical line with its words above.
void mark(SvgPlot& plot, double value, double top, double height, const std::string& text, const std::string& style) {
  const double x = plot.x(std::llround(value * 1e9));
  plot.line(x, top, x, top + height, style);
  plot.text(x, top - 5, "middle", text);
}

/// Values to the right, presses upwards in the order of their values: the share of presses that a value is not less than.
std::string distribution(const Json& claim, const Language& lang) {
  const std::vector<Dot> dots = sorted_dots(claim);
  if (dots.empty()) return "";
  constexpr double kHeight = 200, kAbove = 24, kBelow = 8, kRoom = 1.08;
  const double limit = claim.at("requirement").at("limit").at("max").get<double>();
  const double most = std::max(limit, dots.back().value + dots.back().uncertainty);
  SvgPlot plot(0, std::llround(most * kRoom * 1e9));
  const double top = plot.row("", kAbove + kHeight + kBelow) + kAbove;
  const int n = claim.at("plan").at("n").get<int>();
  const auto y_of = [&](double rank) { return top + kHeight * (1 - rank / n); };
  for (const double share : {0.0, 0.5, 1.0}) {
    plot.line(SvgPlot::kLeft, y_of(share * n), SvgPlot::kRight, y_of(share * n), "stroke=\"#e3e6ea\"");
    plot.text(SvgPlot::kLeft - 8, y_of(share * n) + 4, "end", std::to_string(std::lround(share * n)));
  }
  for (size_t i = 0; i < dots.size(); ++i) {
    const Dot& dot = dots[i];
    const std::string colour = dot.outcome == "in-time" ? "#0b4f9e" : dot.outcome == "late" ? "#9e1b1b" : "#8a5a00";
    const double low = plot.x(std::llround((dot.value - dot.uncertainty) * 1e9)), high = plot.x(std::llround((dot.value + dot.uncertainty) * 1e9));
    const double y = y_of(static_cast<double>(i) + 1);
    plot.line(low, y, high, y, "stroke=\"" + colour + "\" stroke-width=\"1\"");
    plot.rect(plot.x(std::llround(dot.value * 1e9)) - 1.5, y - 1.5, 3, 3, "fill=\"" + colour + "\"");
  }
  mark(plot, limit, top, kHeight, lang("claim.limit"), "stroke=\"#9e1b1b\" stroke-width=\"1.5\"");
  if (claim.at("percentile_bound").is_number()) {
    mark(plot, claim.at("percentile_bound").get<double>(), top, kHeight, lang("claim.bound"), "stroke=\"#0b4f9e\" stroke-dasharray=\"5 3\"");
  }
  plot.axis(lang("claim.axis"), nullptr, lang);
  return "<figure>\n" + plot.svg(lang("claim.plot")) + "<figcaption>" + escape(lang("claim.plot")) + "</figcaption>\n</figure>\n";
}

/// The reason in the report's language, from the counts.
std::string verdict_text(const Json& claim, const Language& lang) {
  const Json& plan = claim.at("plan");
  const Json& counted = claim.at("counted");
  const std::string verdict = text_or(claim, "verdict");
  const int n = plan.at("n").get<int>(), made = counted.at("n").get<int>();
  const std::string key = verdict != "inconclusive" ? verdict : claim.at("settled").get<bool>() ? "undecided" : "more";
  return lang("claim.is_" + key, made, n, counted.at("in_time").get<int>(), counted.at("late").get<int>(), counted.at("undecided").get<int>(),
              plan.at("late").get<int>(), plan.at("fail_from").get<int>());
}

/// Of presses of which none is late: how many of all may be, all the same. Empty if one was late or undecided, or the plan is not at its end.
std::string zero_text(const Json& claim, const Language& lang) {
  const Json& counted = claim.at("counted");
  const Json& upper = claim.at("late_share").at("upper");
  if (counted.at("late").get<int>() + counted.at("undecided").get<int>() > 0 || !upper.is_number()) return "";
  const double confidence = claim.at("plan").at("confidence").get<double>();
  return lang("claim.zero", counted.at("n").get<int>(), number(confidence, {1, 0, "%"}, lang), number(upper.get<double>(), {100, 2, "%"}, lang),
              number(1 - confidence / 100, {1, 2, ""}, lang));
}

}  // namespace

std::string claim_section(const Json& claim, const Language& lang) {
  const Json& plan = claim.at("plan");
  const std::string verdict = text_or(claim, "verdict");
  const std::string unit = unit_of(claim);
  const std::string share = number(plan.at("share").get<double>(), {1, 0, "%"}, lang);
  const std::string sure = number(plan.at("confidence").get<double>(), {1, 0, "%"}, lang);
  std::string html = "<section>\n<h2>" + escape(lang("claim.title")) + "</h2>\n<p class=\"verdict " + verdict + "\">" + verdict_cell(verdict, lang) +
                     "</p>\n<p>" + escape(requirement_text(claim.at("requirement"), lang)) + "</p>\n<p>" + escape(verdict_text(claim, lang)) +
                     "</p>\n<p>" +
                     escape(lang("claim.bound_is", share, value_text(claim.at("percentile_bound"), unit, lang), sure,
                                 value_text(claim.at("requirement").at("limit").at("max"), unit, lang))) +
                     "</p>\n";
  if (!zero_text(claim, lang).empty()) html += "<p>" + escape(zero_text(claim, lang)) + "</p>\n";
  if (claim.at("not_counted").get<int>() > 0) html += "<p>" + escape(lang("claim.not_counted", claim.at("not_counted").get<int>())) + "</p>\n";
  return html + states_table(claim, lang) + (unit == "s" ? distribution(claim, lang) : "") + "<p>" + escape(lang("claim.curve")) + "</p>\n" +
         curve_table(claim, lang) + "</section>\n";
}

std::string claim_page(const Json& claim, const std::string& code) {
  const Language& lang = Language::get(code);
  const std::string title = lang("page.title", lang("claim.title"), lang("verdict." + text_or(claim, "verdict")));
  const std::string header = "<p class=\"kicker\">" + escape(lang("page.kicker")) + "</p>\n<h1>" + escape(lang("claim.title")) + "</h1>\n";
  return html_page(title, header, claim_section(claim, lang), "", lang);
}

}  // namespace saksi::report
