#ifndef SAKSI_JUDGE_SIGNATURE_DATE_H_
#define SAKSI_JUDGE_SIGNATURE_DATE_H_

#include <cstdint>
#include <string>

namespace saksi::judge {

constexpr int64_t kSecondsPerDay = 86'400;

/// Midnight UTC of a date "YYYY-MM-DD", in seconds since 1970. Throws UsageError for any other text.
int64_t parse_date(const std::string& text);

/// "YYYY-MM-DD" of a time in seconds since 1970 UTC. Any year from 0 to 9999; beyond, the nearest of these.
std::string date_text(int64_t unix_s);
/// "YYYY-MM-DD HH:MM:SS".
std::string time_text(int64_t unix_s);

/// Seconds since 1970 UTC, rounded down, of a time of media signing: 100 ns units since 1601.
int64_t unix_of_1601(int64_t ticks);

}  // namespace saksi::judge

#endif
