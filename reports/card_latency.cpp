#include "reports/card_latency.h"

#include <algorithm>
#include <map>

#include "reports/html_sections.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

constexpr int64_t kFirstBoundNs = 100'000;

int64_t next_bound(int64_t bound_ns) {
  int64_t power = 1;
  while (power * 10 <= bound_ns) power *= 10;
  return bound_ns / power == 2 ? bound_ns / 2 * 5 : bound_ns * 2;  // 1, 2, 5, 10
}

std::string milliseconds(int64_t ns, const Language& lang) { return number(static_cast<double>(ns) * 1e-6, {1, 1, "ms"}, lang); }

/// Bounds are whole milliseconds but for the first few.
std::string range(const LatencyBar& bar, const Language& lang) {
  const int decimals = bar.from_ns % 1'000'000 == 0 && bar.to_ns % 1'000'000 == 0 ? 0 : 1;
  return lang("card_latency.range", number(static_cast<double>(bar.from_ns) * 1e-6, {1, decimals, ""}, lang),
              number(static_cast<double>(bar.to_ns) * 1e-6, {1, decimals, "ms"}, lang));
}

/// A bar for each range, its length by the number of commands on a logarithmic scale: one slow write in a thousand must be seen.
std::string drawing(const std::vector<LatencyBar>& bars, const Language& lang) {
  constexpr double kRow = 22, kBar = 14, kLeast = 3;
  size_t most = 1;
  for (const LatencyBar& bar : bars) most = std::max(most, bar.commands);
  int decades = 1;
  for (size_t power = 10; power < most; power *= 10) ++decades;
  const auto length = [&](size_t commands) {
    // Linear between the powers of ten: no floating-point logarithm decides what stands in a report.
    double decade = 0;
    size_t power = 1;
    for (; power * 10 <= commands; power *= 10) decade += 1;
    const double place = decade + static_cast<double>(commands - power) / (9.0 * static_cast<double>(power));
    return kLeast + (SvgPlot::kRight - SvgPlot::kLeft - 70 - kLeast) * place / decades;
  };
  SvgPlot plot(0, 1);
  for (const LatencyBar& bar : bars) {
    const double y = plot.row(range(bar, lang), kRow) + (kRow - kBar) / 2;
    if (bar.commands == 0) continue;
    plot.rect(SvgPlot::kLeft, y, length(bar.commands), kBar, "fill=\"#0b4f9e\"");
    plot.text(SvgPlot::kLeft + length(bar.commands) + 6, y + kBar - 2, "start", std::to_string(bar.commands));
  }
  return "<div class=\"scroll\">" + plot.svg(lang("card_latency.alt")) + "</div>\n";
}

}  // namespace

std::vector<int64_t> write_latencies_ns(const ReportInput& input) {
  std::map<int64_t, int64_t> by_command;
  for (const BlockWrite& write : input.block_writes) {
    if (write.command < 0 || write.t_ns < write.t_command_ns) continue;
    int64_t& latency = by_command[write.command];
    latency = std::max(latency, write.t_ns - write.t_command_ns);
  }
  std::vector<int64_t> latencies;
  for (const auto& [command, latency] : by_command) latencies.push_back(latency);
  return latencies;
}

std::vector<LatencyBar> latency_bars(const std::vector<int64_t>& latencies_ns) {
  if (latencies_ns.empty()) return {};
  const auto [least, most] = std::minmax_element(latencies_ns.begin(), latencies_ns.end());
  std::vector<LatencyBar> bars;
  int64_t from = 0, to = kFirstBoundNs;
  while (to <= *least) from = to, to = next_bound(to);
  for (;;) {
    const auto within = [&](int64_t latency) { return latency >= from && latency < to; };
    bars.push_back({from, to, static_cast<size_t>(std::count_if(latencies_ns.begin(), latencies_ns.end(), within))});
    if (to > *most) return bars;
    from = to;
    to = next_bound(to);
  }
}

int64_t latency_percentile_ns(const std::vector<int64_t>& sorted_ns, uint32_t permille) {
  const size_t rank = (sorted_ns.size() * permille + 999) / 1000;
  return sorted_ns[rank == 0 ? 0 : rank - 1];
}

std::string card_latency_section(const ReportInput& input, const Language& lang) {
  std::vector<int64_t> latencies = write_latencies_ns(input);
  if (latencies.empty()) return "";
  const std::string bars = drawing(latency_bars(latencies), lang);
  std::sort(latencies.begin(), latencies.end());
  std::string head, cells;
  const auto add = [&](const std::string& name, const std::string& value) {
    head += "<th scope=\"col\" class=\"number\">" + escape(name) + "</th>";
    cells += "<td class=\"number\">" + escape(value) + "</td>";
  };
  add(lang("card_latency.commands"), std::to_string(latencies.size()));
  add(lang("card_latency.median"), milliseconds(latency_percentile_ns(latencies, 500), lang));
  add(lang("card_latency.p99"), milliseconds(latency_percentile_ns(latencies, 990), lang));
  add(lang("card_latency.longest"), milliseconds(latencies.back(), lang));
  return "<section>\n<h2>" + escape(lang("card_latency.title")) + "</h2>\n<p>" + escape(lang("card_latency.note")) + "</p>\n" + bars +
         "<div class=\"scroll\"><table>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n<tr>" + cells +
         "</tr>\n</tbody>\n</table></div>\n</section>\n";
}

}  // namespace saksi::report
