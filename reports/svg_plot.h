#ifndef SAKSI_REPORTS_SVG_PLOT_H_
#define SAKSI_REPORTS_SVG_PLOT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reports/language.h"

namespace saksi::report {

/// A drawing of rows over a common time axis, as an SVG element. Lengths are in the drawing's own units; it is 1000 wide.
class SvgPlot {
 public:
  static constexpr double kWidth = 1000;
  static constexpr double kLeft = 132;
  static constexpr double kRight = 974;

  SvgPlot(int64_t begin_ns, int64_t end_ns) : begin_ns_(begin_ns), end_ns_(end_ns > begin_ns ? end_ns : begin_ns + 1) {}

  int64_t begin_ns() const { return begin_ns_; }
  int64_t end_ns() const { return end_ns_; }
  /// The place of a time, kept within the plot.
  double x(int64_t t_ns) const;
  bool within(int64_t t_ns) const { return t_ns >= begin_ns_ && t_ns <= end_ns_; }

  /// Begins a row below the last one, its label at the left; returns its top.
  double row(const std::string& label, double height);
  double bottom() const { return bottom_; }

  /// `style` is SVG attributes, such as `fill="#fff" stroke="#000"`; they are written as they are.
  void rect(double x, double y, double width, double height, const std::string& style);
  void line(double x1, double y1, double x2, double y2, const std::string& style);
  void polyline(const std::vector<std::pair<double, double>>& points, const std::string& style);
  /// `anchor` is start, middle or end.
  void text(double x, double y, const std::string& anchor, const std::string& text, const std::string& style = "");

  /// Draws ticks and numbers below the last row: seconds, or, with `origin_ns`, milliseconds from there.
  void axis(const std::string& title, const int64_t* origin_ns, const Language& lang);

  /// The element; `alt` is what it shows, in words, for those who cannot see it.
  std::string svg(const std::string& alt) const;

 private:
  int64_t begin_ns_;
  int64_t end_ns_;
  double bottom_ = 8;
  std::string body_;
};

}  // namespace saksi::report

#endif
