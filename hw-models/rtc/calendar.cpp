#include "hw-models/rtc/calendar.h"

namespace saksi::hw {

namespace {

constexpr int64_t kDay_s = 86'400;
constexpr int kFourYears_days = 4 * 365 + 1;
constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int days_of(int year, int month) { return kMonthDays[month - 1] + (month == 2 && year % 4 == 0 ? 1 : 0); }

int days_before(int year) {
  const int years = year - 2000;
  return years * 365 + (years + 3) / 4;
}

}  // namespace

int64_t to_seconds(const CalendarTime& time) {
  int64_t days = days_before(time.year) + time.day - 1;
  for (int month = 1; month < time.month; ++month) days += days_of(time.year, month);
  return kCalendarFirst_s + days * kDay_s + time.hour * 3600 + time.minute * 60 + time.second;
}

CalendarTime to_calendar(int64_t seconds) {
  const int64_t since = seconds - kCalendarFirst_s;
  int days = static_cast<int>(since / kDay_s);
  const int rest = static_cast<int>(since % kDay_s);
  CalendarTime time;
  time.year = 2000 + days / kFourYears_days * 4;
  while (days >= days_before(time.year + 1)) ++time.year;
  days -= days_before(time.year);
  while (days >= days_of(time.year, time.month)) days -= days_of(time.year, time.month++);
  time.day = days + 1;
  time.hour = rest / 3600;
  time.minute = rest / 60 % 60;
  time.second = rest % 60;
  return time;
}

int weekday_of(int64_t seconds) {
  constexpr int kFirstDay = 4;  // 1970-01-01 was a Thursday
  return static_cast<int>((seconds / kDay_s + kFirstDay) % 7);
}

}  // namespace saksi::hw
