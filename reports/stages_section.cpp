#include <algorithm>
#include <set>

#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

/// The stages that these words are known for; others are named as the file names them.
std::string stage_name(const std::string& stage, const Language& lang) {
  static const std::set<std::string> kKnown{"button", "interrupt", "exposure", "readout", "isp", "encoder", "mux", "block_write", "commit"};
  return kKnown.count(stage) ? lang("stages." + stage) : stage;
}

std::string milliseconds(int64_t ns, const Language& lang) { return number(static_cast<double>(ns) * 1e-6, {1, 3, "ms"}, lang); }

/// A waterfall: a row for each stage, its bar where it happened.
std::string waterfall(const ReportInput& input, int64_t press_ns, const Language& lang) {
  constexpr double kRow = 26, kBar = 14, kLeast = 1.5;
  int64_t begin = press_ns, end = press_ns;
  for (const Stage& stage : input.stages) {
    begin = std::min(begin, stage.begin_ns);
    end = std::max(end, stage.end_ns);
  }
  SvgPlot plot(begin, end);
  const double top = plot.bottom();
  for (const Stage& stage : input.stages) {
    const double y = plot.row(stage_name(stage.name, lang), kRow) + (kRow - kBar) / 2;
    plot.rect(plot.x(stage.begin_ns), y, std::max(kLeast, plot.x(stage.end_ns) - plot.x(stage.begin_ns)), kBar, "fill=\"#0b4f9e\"");
  }
  plot.line(plot.x(press_ns), top, plot.x(press_ns), plot.bottom(), "stroke=\"#9e1b1b\" stroke-width=\"1.5\"");
  plot.axis(lang("stages.axis"), &press_ns, lang);
  return "<div class=\"scroll\">" + plot.svg(lang("stages.alt")) + "</div>\n";
}

}  // namespace

std::string stages_section(const ReportInput& input, const Language& lang) {
  const std::optional<int64_t> press_ns = first_press_ns(input);
  if (input.stages.empty() || !press_ns) return "";
  std::string rows;
  for (const Stage& stage : input.stages) {
    rows += "<tr><td>" + escape(stage_name(stage.name, lang)) + "</td><td class=\"number\">" + escape(signed_time(stage.begin_ns - *press_ns, lang)) +
            "</td><td class=\"number\">" + escape(signed_time(stage.end_ns - *press_ns, lang)) + "</td><td class=\"number\">" +
            escape(milliseconds(stage.end_ns - stage.begin_ns, lang)) + "</td></tr>\n";
  }
  const auto head = [&](const char* key, bool is_number) {
    return std::string("<th scope=\"col\"") + (is_number ? " class=\"number\"" : "") + ">" + escape(lang(key)) + "</th>";
  };
  return "<section>\n<h2>" + escape(lang("stages.title")) + "</h2>\n<p>" + escape(lang("stages.note")) + "</p>\n" +
         waterfall(input, *press_ns, lang) + "<div class=\"scroll\"><table>\n<thead><tr>" + head("stages.stage", false) +
         head("stages.begins", true) + head("stages.ends", true) + head("stages.takes", true) + "</tr></thead>\n<tbody>\n" + rows +
         "</tbody>\n</table></div>\n</section>\n";
}

}  // namespace saksi::report
