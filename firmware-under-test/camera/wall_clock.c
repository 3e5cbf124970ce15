#include "firmware-under-test/camera/wall_clock.h"

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/drivers/rtc.h"

enum { kPollTicks = 5 * CLOCK_TICKS_PER_MS, kSearchTicks = 2 * CLOCK_HZ };

#define REPEAT_TICKS (600 * (uint64_t)CLOCK_HZ)
// Seconds from 1601 to 1970.
#define UNIX_SECONDS 11644473600u

static struct {
  bool has_clock, is_trusted;
  bool stands;  // its seconds did not change for as long as they were looked at
  bool is_searching;
  uint64_t epoch;
  uint64_t seconds;  // as last read
  uint64_t begun;    // as read when the search began
  uint64_t due;
  uint64_t give_up;
} wall;

static uint64_t epoch_of(uint64_t seconds, uint64_t now) { return (seconds + UNIX_SECONDS) * CLOCK_HZ - now; }

static void begin_search(uint64_t now, uint64_t seconds) {
  wall.is_searching = true;
  wall.seconds = wall.begun = seconds;
  wall.due = now + kPollTicks;
  wall.give_up = now + kSearchTicks;
}

static void wait_long(uint64_t now) {
  wall.is_searching = false;
  wall.due = now + REPEAT_TICKS;
}

void wall_clock_init(void) {
  rtc_time_t time = {0, false};
  wall.stands = false;
  wall.has_clock = rtc_read(&time);
  uint64_t now = clock_now();
  wall.is_trusted = wall.has_clock && time.is_trusted;
  wall.epoch = epoch_of(wall.has_clock ? time.seconds : 0, wall.has_clock ? now : 0);
  begin_search(now, time.seconds);
  if (!wall.has_clock) wall.due = CLOCK_NEVER;
}

uint64_t wall_clock_due(void) { return wall.due; }

void wall_clock_tend(void) {
  rtc_time_t time;
  if (clock_now() < wall.due) return;
  bool is_read = rtc_read(&time);
  uint64_t now = clock_now();
  if (!is_read) {
    wait_long(now);
    return;
  }
  wall.is_trusted = time.is_trusted;
  if (!wall.is_searching) {
    begin_search(now, time.seconds);
  } else if (time.seconds == wall.seconds + 1) {
    wall.epoch = epoch_of(time.seconds, now);
    wall.stands = false;
    wait_long(now);
  } else if (now >= wall.give_up) {
    wall.stands = time.seconds == wall.begun;  // a card that made us wait may have hidden the change
    wait_long(now);
  } else {
    wall.seconds = time.seconds;
    wall.due = now + kPollTicks;
  }
}

uint64_t wall_clock_epoch(void) { return wall.epoch; }

bool wall_clock_is_trusted(void) { return wall.is_trusted && !wall.stands; }
