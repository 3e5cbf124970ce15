// Goal: the clock tells virtual time as the data sheet says, keeps it or loses it with its back-up cell, and says when it is not to be trusted.
// Method: transfers on the I2C interface in virtual time; dates are checked against a table made with another program (date -u).
#include "hw-models/rtc/pcf85063a.h"

#include <string>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/rtc/calendar.h"
#include "regs/pcf85063a_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::pcf85063a;
using Bytes = std::vector<uint8_t>;

sc_core::sc_time seconds(double value) { return sc_core::sc_time(value, sc_core::SC_SEC); }

class RtcTest : public SystemcTest {
 protected:
  void make(const Pcf85063aConfig& config) {
    part_ = std::make_unique<Pcf85063a>("rtc", config);
    part_->power_on();
  }
  Bytes read(uint8_t address, size_t size) {
    Bytes bytes(size);
    EXPECT_TRUE(part_->write(&address, 1, sc_core::sc_time_stamp()));
    EXPECT_TRUE(part_->read(bytes.data(), size, sc_core::sc_time_stamp()));
    return bytes;
  }
  void write(Bytes bytes) { EXPECT_TRUE(part_->write(bytes.data(), bytes.size(), sc_core::sc_time_stamp())); }
  /// Years to seconds, as one writes them.
  std::string shown() {
    const Bytes b = read(r::kSeconds, 7);
    char text[32];
    snprintf(text, sizeof text, "%02X-%02X-%02X %02X:%02X:%02X", b[6], b[5], b[3], b[2], b[1], b[0] & 0x7F);
    return text;
  }
  bool has_stopped() { return (read(r::kSeconds, 1)[0] & 0x80) != 0; }

  std::unique_ptr<Pcf85063a> part_;
};

TEST(Calendar, DatesOfACentury) {
  struct Case {
    int64_t seconds;
    int year, month, day, hour, minute, second, weekday;
  };
  for (const Case& c :
       {Case{946'684'800, 2000, 1, 1, 0, 0, 0, 6}, Case{951'782'399, 2000, 2, 28, 23, 59, 59, 1}, Case{951'782'400, 2000, 2, 29, 0, 0, 0, 2},
        Case{1'709'164'800, 2024, 2, 29, 0, 0, 0, 4}, Case{1'767'225'600, 2026, 1, 1, 0, 0, 0, 4}, Case{1'798'761'599, 2026, 12, 31, 23, 59, 59, 4},
        Case{4'102'444'799, 2099, 12, 31, 23, 59, 59, 4}}) {
    const CalendarTime time = to_calendar(c.seconds);
    EXPECT_EQ((std::vector<int>{time.year, time.month, time.day, time.hour, time.minute, time.second}),
              (std::vector<int>{c.year, c.month, c.day, c.hour, c.minute, c.second}));
    EXPECT_EQ(to_seconds(time), c.seconds);
    EXPECT_EQ(weekday_of(c.seconds), c.weekday) << c.seconds;
  }
  for (int64_t second = kCalendarFirst_s; second < kCalendarEnd_s; second += 86'400 - 7) EXPECT_EQ(to_seconds(to_calendar(second)), second);
}

TEST_F(RtcTest, CountsFromItsDate) {
  make({});
  EXPECT_EQ(shown(), "26-01-01 00:00:00");
  EXPECT_FALSE(has_stopped());
  run_for(seconds(59.999));
  EXPECT_EQ(shown(), "26-01-01 00:00:59");
  run_for(seconds(0.001));
  EXPECT_EQ(shown(), "26-01-01 00:01:00");
  EXPECT_EQ(read(r::kWeekdays, 1)[0], 4);
}

TEST_F(RtcTest, CarriesOverEveryUnit) {
  Pcf85063aConfig config;
  config.date_s = 1'798'761'599;
  make(config);
  EXPECT_EQ(shown(), "26-12-31 23:59:59");
  run_for(seconds(1));
  EXPECT_EQ(shown(), "27-01-01 00:00:00");
}

TEST_F(RtcTest, CenturyEndsWhereItBegan) {
  Pcf85063aConfig config;
  config.date_s = kCalendarEnd_s - 1;
  make(config);
  run_for(seconds(3));
  EXPECT_EQ(shown(), "00-01-01 00:00:02");
}

TEST_F(RtcTest, DriftsAndIsCorrected) {
  Pcf85063aConfig config;
  config.drift_ppm = 1'000;
  make(config);
  run_for(seconds(999));
  EXPECT_EQ(shown(), "26-01-01 00:16:39") << "999.999 s";
  run_for(seconds(0.002));
  EXPECT_EQ(shown(), "26-01-01 00:16:40");
}

TEST_F(RtcTest, AnOffsetSlowsAFastQuartzDown) {
  Pcf85063aConfig config;
  config.drift_ppm = 5 * 4.34;
  make(config);
  write({r::kOffset, 5});
  run_for(seconds(1e6 - 0.001));
  EXPECT_EQ(shown(), "26-01-12 13:46:39");
  run_for(seconds(0.002));
  EXPECT_EQ(shown(), "26-01-12 13:46:40");
  write({r::kOffset, 0x80 | 0x7F});  // mode 1, -1: faster by 4.069 ppm
  run_for(seconds(40'000));
  EXPECT_EQ(shown(), "26-01-13 00:53:21") << "40 000 s and 25.77 ppm of it";
}

TEST_F(RtcTest, IsSetWithStop) {
  make({});
  write({r::kControl1, r::kControl1Stop.put(1)});
  write({r::kSeconds, 0x58, 0x59, 0x23, 0x28, 0x03, 0x02, 0x24});
  run_for(seconds(7.3));
  EXPECT_EQ(shown(), "24-02-28 23:59:58") << "stands while stopped";
  write({r::kControl1, 0});
  run_for(seconds(1.999));
  EXPECT_EQ(shown(), "24-02-28 23:59:59") << "seconds begin with the release";
  run_for(seconds(0.001));
  EXPECT_EQ(shown(), "24-02-29 00:00:00");
  EXPECT_EQ(read(r::kWeekdays, 1)[0], 4) << "the day after the 3 that was written";
}

TEST_F(RtcTest, ABackUpCellKeepsTheTimeOverACut) {
  make({});
  run_for(seconds(1));
  part_->power_off();
  uint8_t byte = 0;
  EXPECT_FALSE(part_->write(&byte, 1, sc_core::sc_time_stamp()));
  EXPECT_FALSE(part_->read(&byte, 1, sc_core::sc_time_stamp()));
  run_for(seconds(10));
  part_->power_on();
  EXPECT_EQ(shown(), "26-01-01 00:00:11");
  EXPECT_FALSE(has_stopped());
}

TEST_F(RtcTest, WithoutOneItIsLostAndSaysSo) {
  Pcf85063aConfig config;
  config.backup = Pcf85063aConfig::Backup::kOff;
  make(config);
  run_for(seconds(1));
  EXPECT_EQ(shown(), "26-01-01 00:00:01");
  part_->power_off();
  run_for(seconds(10));
  part_->power_on();
  EXPECT_EQ(shown(), "00-01-01 00:00:00");
  EXPECT_TRUE(has_stopped());
  run_for(seconds(2));
  EXPECT_EQ(shown(), "00-01-01 00:00:02");
  EXPECT_TRUE(has_stopped()) << "until somebody sets the time";
  write({r::kSeconds, 0x00, 0x00, 0x12, 0x24, 0x06, 0x05, 0x26});
  EXPECT_FALSE(has_stopped());
  EXPECT_EQ(shown(), "26-05-24 12:00:00");
}

TEST_F(RtcTest, AFlatOneHasLostItBefore) {
  Pcf85063aConfig config;
  config.backup = Pcf85063aConfig::Backup::kFlat;
  make(config);
  EXPECT_EQ(shown(), "00-01-01 00:00:00");
  EXPECT_TRUE(has_stopped());
}

TEST_F(RtcTest, AStoppedOscillatorSaysSoAStoppedCounterDoesNot) {
  Pcf85063aConfig config;
  config.stopped = Pcf85063aConfig::Stopped::kOscillator;
  make(config);
  run_for(seconds(5));
  EXPECT_EQ(shown(), "26-01-01 00:00:00");
  EXPECT_TRUE(has_stopped());
  write({r::kSeconds, 0x00});
  EXPECT_TRUE(has_stopped()) << "it still stands";
}

TEST_F(RtcTest, AStoppedCounterStandsUntilItIsReleased) {
  Pcf85063aConfig config;
  config.stopped = Pcf85063aConfig::Stopped::kCounter;
  make(config);
  run_for(seconds(5));
  EXPECT_EQ(shown(), "26-01-01 00:00:00");
  EXPECT_FALSE(has_stopped());
  EXPECT_EQ(read(r::kControl1, 1)[0] & r::kControl1Stop.put(1), r::kControl1Stop.put(1));
  write({r::kControl1, 0});
  run_for(seconds(5));
  EXPECT_EQ(shown(), "26-01-01 00:00:05");
}

TEST_F(RtcTest, AlarmSetsItsFlagOnce) {
  make({});
  write({r::kSecondAlarm, 0x30, 0x01});
  run_for(seconds(89.9));
  EXPECT_EQ(read(r::kControl2, 1)[0], 0);
  run_for(seconds(0.2));
  EXPECT_EQ(read(r::kControl2, 1)[0], r::kControl2Af.put(1));
  write({r::kControl2, 0});
  EXPECT_EQ(read(r::kControl2, 1)[0], 0);
  write({r::kControl2, r::kControl2Af.put(1)});
  EXPECT_EQ(read(r::kControl2, 1)[0], 0) << "writing 1 does not set it";
}

TEST_F(RtcTest, AddressesWrapAndTheUsersByteStays) {
  make({});
  write({r::kRam, 0xA5});
  EXPECT_EQ(read(r::kRam, 1), Bytes{0xA5});
  const Bytes all = read(r::kTimerMode, 5);
  EXPECT_EQ(all[4], 0xA5) << "mode, then registers 0 to 3";
  write({r::kControl1, 0x58});
  EXPECT_EQ(read(r::kRam, 1), Bytes{0x00}) << "software reset";
  EXPECT_TRUE(has_stopped());
}

TEST_F(RtcTest, NonsenseCountsOnFromTheNearestTime) {
  make({});
  write({r::kSeconds, 0x7F, 0x7F, 0x3F, 0x3F, 0x07, 0x1F, 0xFF});
  EXPECT_EQ(shown(), "99-12-31 23:59:59");
}

}  // namespace
}  // namespace saksi::hw
