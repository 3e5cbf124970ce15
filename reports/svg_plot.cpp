#include "reports/svg_plot.h"

#include <algorithm>
#include <cmath>

#include "reports/markup.h"
#include "reports/numbers.h"

namespace saksi::report {

constexpr char kGrid[] = "stroke=\"#e3e6ea\"";

double SvgPlot::x(int64_t t_ns) const {
  const double part = static_cast<double>(std::clamp(t_ns, begin_ns_, end_ns_) - begin_ns_) / static_cast<double>(end_ns_ - begin_ns_);
  return kLeft + part * (kRight - kLeft);
}

double SvgPlot::row(const std::string& label, double height) {
  const double top = bottom_;
  bottom_ += height;
  if (!label.empty()) text(kLeft - 12, top + height / 2 + 4, "end", label);
  line(kLeft, bottom_, kRight, bottom_, kGrid);
  return top;
}

void SvgPlot::rect(double x, double y, double width, double height, const std::string& style) {
  body_ += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" {}/>\n", x, y, width, height, style);
}

void SvgPlot::line(double x1, double y1, double x2, double y2, const std::string& style) {
  body_ += fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" {}/>\n", x1, y1, x2, y2, style);
}

void SvgPlot::polyline(const std::vector<std::pair<double, double>>& points, const std::string& style) {
  body_ += "<polyline points=\"";
  for (const auto& point : points) body_ += fmt::format("{:.1f},{:.1f} ", point.first, point.second);
  body_ += "\" fill=\"none\" " + style + "/>\n";
}

void SvgPlot::text(double x, double y, const std::string& anchor, const std::string& text, const std::string& style) {
  body_ +=
      fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"{}\"{}{}>{}</text>\n", x, y, anchor, style.empty() ? "" : " ", style, escape(text));
}

/// The least of 1, 2, 5 times a power of ten that gives at most ten steps.
static int64_t tick_step_ns(int64_t span_ns) {
  for (int64_t power = 1000; power < span_ns; power *= 10) {
    for (int64_t factor : {1, 2, 5}) {
      if (span_ns / (factor * power) <= 10) return factor * power;
    }
  }
  return span_ns;
}

void SvgPlot::axis(const std::string& title, const int64_t* origin_ns, const Language& lang) {
  const int64_t step = tick_step_ns(end_ns_ - begin_ns_);
  const int64_t origin = origin_ns ? *origin_ns : 0;
  const int64_t unit_ns = origin_ns ? 1'000'000 : 1'000'000'000;
  int decimals = 0;
  for (int64_t rest = step; rest % unit_ns != 0 && decimals < 6; ++decimals) rest *= 10;
  const int64_t first = static_cast<int64_t>(std::ceil(static_cast<double>(begin_ns_ - origin) / static_cast<double>(step)));
  for (int64_t n = first; origin + n * step <= end_ns_; ++n) {
    const double at = x(origin + n * step);
    line(at, bottom_, at, bottom_ + 6, "stroke=\"#4a5158\"");
    text(at, bottom_ + 21, "middle", number(static_cast<double>(n * step) / static_cast<double>(unit_ns), {1, decimals, ""}, lang));
  }
  line(kLeft, bottom_, kRight, bottom_, "stroke=\"#4a5158\"");
  text((kLeft + kRight) / 2, bottom_ + 40, "middle", title, "fill-opacity=\"0.8\"");
  bottom_ += 48;
}

std::string SvgPlot::svg(const std::string& alt) const {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", kWidth, bottom_, escape(alt), body_);
}

}  // namespace saksi::report
