#include "firmware-under-test/drivers/rtc.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/drivers/i2c.h"
#include "regs/pcf85063a_regs.h"

enum { kRegisters = PCF85063A_YEARS + 1, kMonths = 12, kFirstYear = 2000, kFourYearsDays = 4 * 365 + 1 };

#define FIRST_SECOND 946684800ull  // 2000-01-01 00:00 UTC
#define END_SECOND 4102444800ull   // 2100-01-01 00:00 UTC
#define DAY_SECONDS 86400u

static const uint8_t month_days[kMonths] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static uint32_t days_of(uint32_t year, uint32_t month) { return month_days[month - 1] + (month == 2 && year % 4 == 0 ? 1u : 0u); }

static uint32_t from_bcd(uint32_t bcd) { return (bcd >> 4) * 10 + (bcd & 0xF); }

static uint8_t to_bcd(uint32_t value) { return (uint8_t)(value / 10 << 4 | value % 10); }

static bool is_bcd(uint32_t value, uint32_t low, uint32_t high) { return (value & 0xF) <= 9 && from_bcd(value) >= low && from_bcd(value) <= high; }

// False if the registers hold no date.
static bool decode(const uint8_t* registers, uint64_t* seconds) {
  const uint32_t second = registers[PCF85063A_SECONDS] & PCF85063A_SECONDS_BCD_MASK, minute = registers[PCF85063A_MINUTES];
  const uint32_t hour = registers[PCF85063A_HOURS], day = registers[PCF85063A_DAYS], month = registers[PCF85063A_MONTHS];
  if (!is_bcd(second, 0, 59) || !is_bcd(minute, 0, 59) || !is_bcd(hour, 0, 23) || !is_bcd(day, 1, 31) || !is_bcd(month, 1, 12)) return false;
  if (!is_bcd(registers[PCF85063A_YEARS], 0, 99)) return false;
  const uint32_t years = from_bcd(registers[PCF85063A_YEARS]);
  if (from_bcd(day) > days_of(kFirstYear + years, from_bcd(month))) return false;
  uint32_t days = years * 365 + (years + 3) / 4 + from_bcd(day) - 1;
  for (uint32_t m = 1; m < from_bcd(month); ++m) days += days_of(kFirstYear + years, m);
  *seconds = FIRST_SECOND + (uint64_t)days * DAY_SECONDS + from_bcd(hour) * 3600 + from_bcd(minute) * 60 + from_bcd(second);
  return true;
}

// Seconds to years, seven registers.
static void encode(uint64_t seconds, uint8_t* registers) {
  const uint64_t since = seconds - FIRST_SECOND;
  uint32_t days = (uint32_t)(since / DAY_SECONDS), rest = (uint32_t)(since % DAY_SECONDS);
  const uint32_t weekday = (days + 6) % 7;  // 2000-01-01 was a Saturday
  uint32_t year = kFirstYear + days / kFourYearsDays * 4, month = 1;
  days %= kFourYearsDays;
  for (uint32_t length = 366; days >= length; length = 365) {
    days -= length;
    ++year;
  }
  while (days >= days_of(year, month)) days -= days_of(year, month++);
  registers[0] = to_bcd(rest % 60);
  registers[1] = to_bcd(rest / 60 % 60);
  registers[2] = to_bcd(rest / 3600);
  registers[3] = to_bcd(days + 1);
  registers[4] = (uint8_t)weekday;
  registers[5] = to_bcd(month);
  registers[6] = to_bcd(year - kFirstYear);
}

bool rtc_read(rtc_time_t* time) {
  const uint8_t first = PCF85063A_CONTROL_1;
  uint8_t registers[kRegisters];
  if (!i2c_transfer(SAKSI_CAM_I2C_RTC, &first, sizeof first, registers, sizeof registers)) return false;
  time->seconds = FIRST_SECOND;
  const bool is_date = decode(registers, &time->seconds);
  // A clock that somebody holds shows an old time as if it were the present one.
  const bool runs = (registers[PCF85063A_CONTROL_1] & (PCF85063A_CONTROL_1_STOP | PCF85063A_CONTROL_1_EXT_TEST)) == 0;
  time->is_trusted = is_date && runs && (registers[PCF85063A_SECONDS] & PCF85063A_SECONDS_OS) == 0;
  return true;
}

bool rtc_set(uint64_t seconds) {
  if (seconds < FIRST_SECOND || seconds >= END_SECOND) return false;
  const uint8_t stop[2] = {PCF85063A_CONTROL_1, PCF85063A_CONTROL_1_STOP}, go[2] = {PCF85063A_CONTROL_1, 0};
  uint8_t time[8] = {PCF85063A_SECONDS};
  encode(seconds, time + 1);
  return i2c_transfer(SAKSI_CAM_I2C_RTC, stop, sizeof stop, 0, 0) && i2c_transfer(SAKSI_CAM_I2C_RTC, time, sizeof time, 0, 0) &&
         i2c_transfer(SAKSI_CAM_I2C_RTC, go, sizeof go, 0, 0);
}
