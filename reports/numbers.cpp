#include "reports/numbers.h"

#include <algorithm>
#include <cmath>

namespace saksi::report {

constexpr char kMinus[] = "\xE2\x88\x92";
constexpr char kPlusMinus[] = "\xC2\xB1 ";
constexpr char kNone[] = "\xE2\x80\x93";

NumberStyle number_style(const std::string& unit, double magnitude, double uncertainty) {
  const bool is_time = unit == "s", small = is_time && magnitude < 1;
  NumberStyle style{small ? 1000.0 : 1.0, 0, small ? "ms" : unit == "1" ? "" : unit};
  const int most = small ? 2 : is_time ? 4 : 1;
  if (uncertainty <= 0) {
    style.decimals = small ? 1 : is_time ? 3 : 0;
    return style;
  }
  for (double digits = uncertainty * style.scale; digits < 10 && style.decimals < most; digits *= 10) ++style.decimals;
  return style;
}

std::string number(double value, const NumberStyle& style, const Language& lang) {
  std::string text = fmt::format("{:.{}f}", std::fabs(value * style.scale), style.decimals);
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  size_t mark = text.find('.');
  if (mark != std::string::npos) text.replace(mark, 1, lang("number.decimal"));
  if (value < 0 && !is_zero) text = kMinus + text;
  return style.unit.empty() ? text : text + " " + style.unit;
}

std::optional<double> bound_of(const Json& limit, const char* side) {
  if (!limit.is_object() || !limit.contains(side)) return std::nullopt;
  const Json& bound = limit[side];
  if (bound.is_number()) return bound.get<double>();
  if (bound.is_object() && bound.contains("value") && bound["value"].is_number()) return bound["value"].get<double>();
  return std::nullopt;
}

static std::string limit_text(const Json& limit, const NumberStyle& style, const Language& lang) {
  const auto min = bound_of(limit, "min"), max = bound_of(limit, "max"), equal = bound_of(limit, "equal");
  if (equal) return lang("limit.equal", number(*equal, style, lang));
  if (min && max) {
    NumberStyle bare = style;
    bare.unit.clear();
    return lang("limit.between", number(*min, bare, lang), number(*max, style, lang));
  }
  if (min) return lang("limit.min", number(*min, style, lang));
  if (max) return lang("limit.max", number(*max, style, lang));
  return kNone;
}

/// A limit is written with no more decimals than it takes: 0.5 s is "500 ms", not "500.0 ms".
static int decimals_needed(const Json& limit, const NumberStyle& style) {
  int decimals = 0;
  for (const char* side : {"min", "max", "equal"}) {
    const auto bound = bound_of(limit, side);
    if (!bound) continue;
    int needed = 0;
    double scaled = std::fabs(*bound) * style.scale;
    for (; needed < 2 && std::fabs(scaled - std::nearbyint(scaled)) > 1e-6; ++needed) scaled *= 10;
    decimals = std::max(decimals, needed);
  }
  return decimals;
}

static double number_or(const Json& object, const char* key, double otherwise) {
  return object.is_object() && object.contains(key) && object[key].is_number() ? object[key].get<double>() : otherwise;
}

RowNumbers row_numbers(const Json& limit, const Json& measurement, const Language& lang) {
  const bool has_value = measurement.is_object() && measurement.contains("value") && measurement["value"].is_number();
  const bool has_floor = measurement.is_object() && measurement.contains("at_least") && measurement["at_least"].is_number();
  const double value = has_value ? measurement["value"].get<double>() : number_or(measurement, "at_least", 0);
  const double uncertainty = number_or(measurement, "uncertainty", 0);
  double largest_bound = 0;
  for (const char* side : {"min", "max", "equal"}) largest_bound = std::max(largest_bound, std::fabs(bound_of(limit, side).value_or(0)));

  std::string unit = "1";
  if (limit.is_object() && limit.contains("unit")) unit = limit["unit"].get<std::string>();
  if (measurement.is_object() && measurement.contains("unit")) unit = measurement["unit"].get<std::string>();
  const NumberStyle style = number_style(unit, std::fabs(value), uncertainty);
  NumberStyle limit_style = number_style(unit, largest_bound, 0);
  limit_style.decimals = decimals_needed(limit, limit_style);

  RowNumbers row{kNone, kNone, limit_text(limit, limit_style, lang)};
  if (has_value) {
    row.measured = number(value, style, lang);
    row.uncertainty = uncertainty > 0 ? kPlusMinus + number(uncertainty, style, lang) : lang("table.exact");
  } else if (has_floor) {
    row.measured = lang("limit.min", number(value, style, lang));
  }
  return row;
}

std::string signed_time(int64_t ns, const Language& lang) {
  const double seconds = static_cast<double>(ns) * 1e-9;
  const bool small = std::fabs(seconds) < 1;
  const std::string text = number(seconds, small ? NumberStyle{1000, 1, "ms"} : NumberStyle{1, 3, "s"}, lang);
  return ns < 0 ? text : "+" + text;
}

std::string grouped(int64_t value, const Language& lang) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, lang("number.group"));
  }
  return (value < 0 ? kMinus : "") + digits;
}

}  // namespace saksi::report
