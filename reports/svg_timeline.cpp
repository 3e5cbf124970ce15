#include "reports/svg_timeline.h"

#include <algorithm>
#include <map>

#include "base/recording_format.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/svg_plot.h"

namespace saksi::report {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr char kPressStroke[] = "stroke=\"#1a1d21\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"";
constexpr char kCutStroke[] = "stroke=\"#a3161a\" stroke-width=\"3\"";
constexpr char kStoredFill[] = "fill=\"#bcd5f0\" stroke=\"#0b4f9e\"";
constexpr char kFrameStroke[] = "stroke=\"#0b4f9e\" stroke-width=\"2\"";
constexpr char kExposedFill[] = "fill=\"#fff\" stroke=\"#4a5158\"";
constexpr char kWriteFill[] = "fill=\"#4a5158\"";

/// A light tint of the LED's colour with a dark edge: to be told apart without colour by its row's label.
std::string led_fill(const std::string& led) {
  const std::map<std::string, std::string> known = {{"red", "#e5484d"}, {"green", "#46a758"}, {"amber", "#f5a524"}, {"blue", "#4a8fe0"}};
  auto found = known.find(led);
  return "fill=\"" + (found == known.end() ? "#9aa2aa" : found->second) + "\" stroke=\"#1a1d21\"";
}

bool is_cut(const judge::Event& event) { return event.kind == recording::kEventSupply && event.mv == 0; }

std::string bench_label(const judge::Event& event, const Language& lang) {
  if (event.kind == recording::kEventPress) return lang("timeline.press");
  if (is_cut(event)) return lang("timeline.supply_cut");
  if (event.kind == recording::kEventSupply) {
    NumberStyle volts{0.001, 1, ""};
    return lang("timeline.supply_on", number(static_cast<double>(event.mv), volts, lang));
  }
  if (event.kind == recording::kEventCard) return lang(event.action == recording::kCardPull ? "timeline.card_pull" : "timeline.card_insert");
  return "";
}

/// Labels in two lanes, so that two events close together can both be read.
void draw_bench(SvgPlot& plot, const ReportInput& input, const Language& lang) {
  const double top = plot.row(lang("timeline.bench"), 44);
  double lane_end[2] = {0, 0};
  for (const judge::Event& event : input.recording->events) {
    const std::string label = event.from == recording::kFromBench ? bench_label(event, lang) : "";
    if (label.empty() || !plot.within(event.t_ns)) continue;
    const double x = plot.x(event.t_ns);
    const double width = 7.2 * static_cast<double>(label.size()) + 14;
    const int lane = x >= lane_end[0] ? 0 : 1;
    const bool leftwards = x + width > SvgPlot::kRight;
    lane_end[lane] = leftwards ? SvgPlot::kWidth : x + width;
    plot.line(x, top + 4, x, top + 44, is_cut(event) ? kCutStroke : "stroke=\"#1a1d21\" stroke-width=\"1.5\"");
    plot.text(leftwards ? x - 5 : x + 5, top + (lane == 0 ? 16 : 34), leftwards ? "end" : "start", label,
              is_cut(event) ? "style=\"font-weight:700\"" : "");
  }
}

struct Span {
  int64_t begin_ns;
  int64_t end_ns;
};

/// When each LED was lit; a cut of the supply puts it out.
std::map<std::string, std::vector<Span>> lit_spans(const judge::Recording& recording) {
  std::map<std::string, std::vector<Span>> spans;
  std::map<std::string, int64_t> since;
  auto put_out = [&](const std::string& led, int64_t t_ns) {
    auto lit = since.find(led);
    if (lit == since.end()) return;
    spans[led].push_back({lit->second, t_ns});
    since.erase(lit);
  };
  for (const judge::Event& event : recording.events) {
    if (is_cut(event)) {
      while (!since.empty()) put_out(since.begin()->first, event.t_ns);
    }
    if (event.kind != recording::kEventLed) continue;
    spans[event.name];
    if (event.on) since.emplace(event.name, event.t_ns);
    if (!event.on) put_out(event.name, event.t_ns);
  }
  while (!since.empty()) put_out(since.begin()->first, recording.end_ns());
  return spans;
}

void draw_span(SvgPlot& plot, const Span& span, double top, double height, const std::string& style) {
  if (span.end_ns < plot.begin_ns() || span.begin_ns > plot.end_ns()) return;
  const double begin = plot.x(span.begin_ns);
  plot.rect(begin, top, std::max(1.0, plot.x(span.end_ns) - begin), height, style);
}

void draw_leds(SvgPlot& plot, const ReportInput& input, const Language& lang) {
  for (const auto& [led, spans] : lit_spans(*input.recording)) {
    const double top = plot.row(lang("timeline.led", led), 28);
    for (const Span& span : spans) draw_span(plot, span, top + 7, 14, led_fill(led));
  }
}

void draw_stored(SvgPlot& plot, const ReportInput& input, bool single_frames, const Language& lang) {
  const double top = plot.row(lang("timeline.stored"), 34);
  std::map<std::string, Span> clips;
  for (const StoredFrame& frame : input.frames) {
    if (!frame.photon_ns) continue;
    Span& span = clips.try_emplace(frame.clip, Span{*frame.photon_ns, *frame.photon_ns}).first->second;
    span.begin_ns = std::min(span.begin_ns, *frame.photon_ns);
    span.end_ns = std::max(span.end_ns, *frame.photon_ns);
  }
  for (const auto& clip : clips) draw_span(plot, clip.second, top + 8, 18, kStoredFill);
  if (!single_frames) return;
  for (const StoredFrame& frame : input.frames) {
    if (!frame.photon_ns || !plot.within(*frame.photon_ns)) continue;
    plot.line(plot.x(*frame.photon_ns), top + 4, plot.x(*frame.photon_ns), top + 30, kFrameStroke);
  }
}

void draw_exposures(SvgPlot& plot, const ReportInput& input, const Language& lang) {
  if (input.exposures.empty()) return;
  const double top = plot.row(lang("timeline.exposed"), 28);
  for (const Exposure& exposure : input.exposures) {
    const int64_t begin = exposure.t_row0_ns - exposure.exposure_ns / 2;
    draw_span(plot, {begin, begin + exposure.exposure_ns}, top + 8, 12, kExposedFill);
  }
}

/// Sectors written, in bins of four units' width.
void draw_writes(SvgPlot& plot, const ReportInput& input, const Language& lang) {
  if (input.block_writes.empty()) return;
  constexpr double kBin = 4, kHeight = 40;
  std::map<int, int64_t> sectors;
  int64_t most = 0;
  for (const BlockWrite& write : input.block_writes) {
    if (!plot.within(write.t_ns)) continue;
    int64_t& bin = sectors[static_cast<int>((plot.x(write.t_ns) - SvgPlot::kLeft) / kBin)];
    bin += write.count;
    most = std::max(most, bin);
  }
  const double top = plot.row(lang("timeline.writes"), kHeight + 8);
  for (const auto& [bin, count] : sectors) {
    const double height = std::max(2.0, kHeight * static_cast<double>(count) / static_cast<double>(most));
    plot.rect(SvgPlot::kLeft + bin * kBin, top + 6 + kHeight - height, kBin - 1, height, kWriteFill);
  }
}

/// Lines across all rows for what everything else is read against.
void draw_marks(SvgPlot& plot, const ReportInput& input) {
  for (const judge::Event& event : input.recording->events) {
    if (!plot.within(event.t_ns)) continue;
    if (event.kind == recording::kEventPress) plot.line(plot.x(event.t_ns), 8, plot.x(event.t_ns), plot.bottom(), kPressStroke);
    if (is_cut(event)) plot.line(plot.x(event.t_ns), 8, plot.x(event.t_ns), plot.bottom(), kCutStroke);
  }
}

/// The drawing in words.
std::string in_words(const ReportInput& input, const SvgPlot& plot, const Language& lang) {
  std::string words;
  auto add = [&](const std::string& what, int64_t t_ns) {
    const std::string at = number(static_cast<double>(t_ns) * 1e-9, {1, 3, "s"}, lang);
    words += (words.empty() ? "" : "; ") + what + " " + at;
  };
  for (const judge::Event& event : input.recording->events) {
    const std::string label = event.from == recording::kFromBench ? bench_label(event, lang) : "";
    if (!label.empty() && plot.within(event.t_ns)) add(label, event.t_ns);
  }
  for (const auto& [led, spans] : lit_spans(*input.recording)) {
    for (const Span& span : spans) {
      if (plot.within(span.begin_ns)) add(lang("timeline.led", led), span.begin_ns);
    }
  }
  std::vector<int64_t> photons;
  for (const StoredFrame& frame : input.frames) {
    if (frame.photon_ns) photons.push_back(*frame.photon_ns);
  }
  if (!photons.empty()) {
    add(lang("timeline.first"), *std::min_element(photons.begin(), photons.end()));
    add(lang("timeline.last"), *std::max_element(photons.begin(), photons.end()));
  }
  return words;
}

std::string legend_item(const std::string& mark, const std::string& text) {
  return "<li><svg viewBox=\"0 0 26 16\" aria-hidden=\"true\">" + mark + "</svg>" + escape(text) + "</li>";
}

std::string legend_box(const std::string& style, const std::string& text) {
  return legend_item("<rect x=\"1\" y=\"2\" width=\"24\" height=\"12\" " + style + "/>", text);
}

std::string legend_line(const std::string& style, const std::string& text) {
  return legend_item("<line x1=\"13\" y1=\"0\" x2=\"13\" y2=\"16\" " + style + "/>", text);
}

}  // namespace

std::string svg_timeline(const ReportInput& input, const Language& lang) {
  if (!input.recording || input.recording->events.empty()) return "";
  SvgPlot plot(0, input.recording->end_ns());
  draw_bench(plot, input, lang);
  draw_leds(plot, input, lang);
  draw_stored(plot, input, false, lang);
  draw_writes(plot, input, lang);
  draw_marks(plot, input);
  plot.axis(lang("timeline.axis"), nullptr, lang);
  return plot.svg(lang("timeline.overview_alt", in_words(input, plot, lang)));
}

std::string svg_timeline_at_press(const ReportInput& input, const Language& lang) {
  const std::optional<int64_t> press = first_press_ns(input);
  if (!press) return "";
  SvgPlot plot(*press - kSecond, *press + kSecond);
  draw_bench(plot, input, lang);
  draw_leds(plot, input, lang);
  draw_exposures(plot, input, lang);
  draw_stored(plot, input, true, lang);
  draw_writes(plot, input, lang);
  draw_marks(plot, input);
  plot.axis(lang("timeline.axis_press"), &*press, lang);
  return plot.svg(lang("timeline.zoom_alt", in_words(input, plot, lang)));
}

std::string timeline_legend(const ReportInput& input, const Language& lang) {
  std::string items = legend_line(kPressStroke, lang("timeline.legend_press"));
  const std::vector<judge::Event>& events = input.recording->events;
  if (std::any_of(events.begin(), events.end(), is_cut)) items += legend_line(kCutStroke, lang("timeline.legend_cut"));
  items += legend_box(led_fill("red"), lang("timeline.legend_led")) + legend_box(kStoredFill, lang("timeline.legend_stored")) +
           legend_line(kFrameStroke, lang("timeline.legend_frame"));
  if (!input.exposures.empty()) items += legend_box(kExposedFill, lang("timeline.legend_exposed"));
  if (!input.block_writes.empty()) {
    items += legend_item(
        "<rect x=\"4\" y=\"8\" width=\"4\" height=\"8\" fill=\"#4a5158\"/><rect x=\"10\" y=\"2\" width=\"4\" height=\"14\" fill=\"#4a5158\"/>"
        "<rect x=\"16\" y=\"10\" width=\"4\" height=\"6\" fill=\"#4a5158\"/>",
        lang("timeline.legend_writes"));
  }
  return "<ul class=\"legend\">" + items + "</ul>\n";
}

}  // namespace saksi::report
