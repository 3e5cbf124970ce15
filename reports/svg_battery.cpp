#include "reports/svg_battery.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "base/recording_format.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

struct Reading {
  int64_t t_ns;
  double volts;
  double milliamperes;
};
using Rails = std::map<std::string, std::vector<Reading>>;

struct Scale {
  double low;
  double high;
  double step;
};

const char* const kStyles[] = {"stroke=\"#0b4f9e\" stroke-width=\"1.8\"", "stroke=\"#8a3b00\" stroke-width=\"1.8\" stroke-dasharray=\"7 3\"",
                               "stroke=\"#14692f\" stroke-width=\"1.8\" stroke-dasharray=\"2 3\""};

Rails read_rails(const judge::Recording& recording) {
  Rails rails;
  for (const judge::Event& event : recording.events) {
    if (event.kind != recording::kEventRail) continue;
    rails[event.name].push_back({event.t_ns, static_cast<double>(event.mv) * 1e-3, static_cast<double>(event.ua) * 1e-3});
  }
  return rails;
}

/// The least of 1, 2, 5 times a power of ten that divides a span into at most `most` parts.
double round_step(double span, int most) {
  double power = 1e-3;
  while (power * 10 * most < span) power *= 10;
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power * most >= span) return factor * power;
  }
  return 10 * power;
}

/// From a round number below the least value to one above the largest.
Scale scale_of(const Rails& rails, double Reading::*value, double least_step) {
  double low = 1e300, high = -1e300;
  for (const auto& rail : rails) {
    for (const Reading& reading : rail.second) {
      low = std::min(low, reading.*value);
      high = std::max(high, reading.*value);
    }
  }
  const double step = std::max(least_step, round_step(high - low, 4));
  return {std::floor(low / step) * step, std::max(std::ceil(high / step), std::floor(low / step) + 1) * step, step};
}

/// A value holds until the next reading: steps. Of the many readings that fall on one place only the extremes are kept.
std::vector<std::pair<double, double>> steps(const SvgPlot& plot, const std::vector<Reading>& readings,
                                             const std::function<double(const Reading&)>& y_of) {
  std::vector<std::pair<double, double>> points;
  for (const Reading& reading : readings) {
    const double x = plot.x(reading.t_ns), y = y_of(reading);
    if (!points.empty()) {
      const size_t n = points.size();
      const bool crowded = n > 2 && x - points[n - 3].first < 0.5;
      if (crowded && y >= std::min(points[n - 1].second, points[n - 2].second) && y <= std::max(points[n - 1].second, points[n - 2].second)) continue;
      points.push_back({x, points.back().second});
    }
    points.push_back({x, y});
  }
  if (!points.empty()) points.push_back({SvgPlot::kRight, points.back().second});
  return points;
}

void draw(SvgPlot& plot, const Rails& rails, double Reading::*value, const Scale& scale, const std::string& label, int decimals,
          const Language& lang) {
  constexpr double kHeight = 120, kAbove = 30, kBelow = 12;
  const double top = plot.row("", kAbove + kHeight + kBelow) + kAbove;
  auto y = [&](double v) { return top + kHeight * (1 - (v - scale.low) / (scale.high - scale.low)); };
  plot.text(SvgPlot::kLeft, top - 11, "start", label, "style=\"font-weight:600\"");
  for (int i = 0; scale.low + i * scale.step <= scale.high + scale.step / 2; ++i) {
    const double v = scale.low + i * scale.step;
    plot.line(SvgPlot::kLeft, y(v), SvgPlot::kRight, y(v), "stroke=\"#e3e6ea\"");
    plot.text(SvgPlot::kLeft - 8, y(v) + 4, "end", number(v, {1, decimals, ""}, lang));
  }
  size_t index = 0;
  for (const auto& rail : rails) {
    plot.polyline(steps(plot, rail.second, [&](const Reading& reading) { return y(reading.*value); }), kStyles[index++ % 3]);
  }
}

std::string in_words(const Rails& rails, const Language& lang) {
  std::string words;
  for (const auto& [rail, readings] : rails) {
    auto by_volts = std::minmax_element(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) { return a.volts < b.volts; });
    auto most =
        std::max_element(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) { return a.milliamperes < b.milliamperes; });
    words += (words.empty() ? "" : "; ") + lang("battery.range", rail, number(by_volts.first->volts, {1, 2, ""}, lang),
                                                number(by_volts.second->volts, {1, 2, ""}, lang), number(most->milliamperes, {1, 0, ""}, lang));
  }
  return words;
}

}  // namespace

std::string svg_battery(const ReportInput& input, const Language& lang) {
  if (!input.recording) return "";
  const Rails rails = read_rails(*input.recording);
  if (rails.empty()) return "";
  SvgPlot plot(0, input.recording->end_ns());
  draw(plot, rails, &Reading::volts, scale_of(rails, &Reading::volts, 0.02), lang("battery.volts"), 2, lang);
  draw(plot, rails, &Reading::milliamperes, scale_of(rails, &Reading::milliamperes, 10), lang("battery.milliamperes"), 0, lang);
  plot.axis(lang("timeline.axis"), nullptr, lang);
  const std::string words = in_words(rails, lang);
  return plot.svg(lang("battery.alt", words)) + "<p class=\"small\">" + words + "</p>\n";
}

}  // namespace saksi::report
