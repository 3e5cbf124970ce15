#ifndef SAKSI_REPORTS_NUMBERS_H_
#define SAKSI_REPORTS_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "reports/language.h"
#include "reports/report_input.h"

namespace saksi::report {

/// How a number and its uncertainty are written: they share unit and decimals.
struct NumberStyle {
  double scale = 1;  ///< factor from the measurement's unit
  int decimals = 0;
  std::string unit;  ///< written behind; empty for counts
};

/// For a measurement: seconds below one as milliseconds, and as many digits as give the uncertainty two.
NumberStyle number_style(const std::string& unit, double magnitude, double uncertainty);

/// "41.2 ms", with the language's decimal mark and a real minus sign.
std::string number(double value, const NumberStyle& style, const Language& lang);

/// The numbers of one requirement and its measurement, in words.
struct RowNumbers {
  std::string measured;     ///< "41 ms", "at least 2.1 s", or "-"
  std::string uncertainty;  ///< "± 9 ms", or "-"
  std::string limit;        ///< "at most 500 ms", "2.0 to 3.1 s", "exactly 0"
};

/// `measurement` may be null: it was not measured.
RowNumbers row_numbers(const Json& limit, const Json& measurement, const Language& lang);

/// A bound of a limit as a number, if it came to one.
std::optional<double> bound_of(const Json& limit, const char* side);

/// A time relative to another, with its sign: "+41 ms", "−2.987 s".
std::string signed_time(int64_t ns, const Language& lang);

/// Thousands set apart as the language does: "12,345" or "12.345".
std::string grouped(int64_t value, const Language& lang);

}  // namespace saksi::report

#endif
