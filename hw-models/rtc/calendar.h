#ifndef SAKSI_HW_MODELS_RTC_CALENDAR_H_
#define SAKSI_HW_MODELS_RTC_CALENDAR_H_

#include <cstdint>

namespace saksi::hw {

/// A date of the years 2000 to 2099, in which every fourth year is a leap year.
struct CalendarTime {
  int year = 2000;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
  int hour = 0;
  int minute = 0;
  int second = 0;
};

constexpr int64_t kCalendarFirst_s = 946'684'800;  ///< 2000-01-01 00:00:00 UTC, seconds since 1970
constexpr int64_t kCalendarEnd_s = 4'102'444'800;  ///< 2100-01-01 00:00:00 UTC

/// Seconds since 1970; a day that its month does not have counts on into the next one.
int64_t to_seconds(const CalendarTime& time);
/// Of a time from kCalendarFirst_s on, before kCalendarEnd_s.
CalendarTime to_calendar(int64_t seconds);
/// 0 is Sunday.
int weekday_of(int64_t seconds);

}  // namespace saksi::hw

#endif
