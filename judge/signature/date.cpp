#include "judge/signature/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"

namespace saksi::judge {

namespace {

struct Day {
  int64_t year;
  int month;
  int day;
};

/// Days since 1970-01-01 of a day of the Gregorian calendar, and back: counted in eras of 400 years that begin on the first of March.
int64_t days_of(const Day& d) {
  const int64_t year = d.year - (d.month <= 2 ? 1 : 0);
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Day day_of(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * of_year + 2) / 153;
  const int day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  const int calendar_month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  return {year + era * 400 + (calendar_month <= 2 ? 1 : 0), calendar_month, day};
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

int64_t parse_date(const std::string& text) {
  Day d{};
  int year = 0, used = 0;
  const bool read = text.size() == 10 && std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &d.month, &d.day, &used) == 3 && used == 10;
  d.year = year;
  const int64_t days = days_of(d);
  const Day back = day_of(days);
  // The thirtieth of February comes back as another day.
  if (!read || back.year != d.year || back.month != d.month || back.day != d.day) {
    throw UsageError(fmt::format("'{}' is no date: write YYYY-MM-DD, such as 2026-11-28", text));
  }
  return days * kSecondsPerDay;
}

std::string date_text(int64_t unix_s) {
  constexpr int64_t kFirst = -62'167'219'200, kLast = 253'402'300'799;
  const Day d = day_of(floor_div(std::clamp(unix_s, kFirst, kLast), kSecondsPerDay));
  return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

std::string time_text(int64_t unix_s) {
  const int64_t of_day = unix_s - floor_div(unix_s, kSecondsPerDay) * kSecondsPerDay;
  return fmt::format("{} {:02}:{:02}:{:02}", date_text(unix_s), of_day / 3600, of_day / 60 % 60, of_day % 60);
}

int64_t unix_of_1601(int64_t ticks) {
  constexpr int64_t kBetween = 11'644'473'600;
  return floor_div(ticks, 10'000'000) - kBetween;
}

}  // namespace saksi::judge
