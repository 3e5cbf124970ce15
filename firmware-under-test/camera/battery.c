#include "firmware-under-test/camera/battery.h"

#include <stdio.h>
#include <string.h>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/drivers/fuel_gauge.h"

enum { kTextBytes = 12, kRepeatTicks = 10 * CLOCK_HZ, kPermilleOfPercent = 10 };

static const char unknown[] = "unknown";

// Two texts: the one that is shown is never written, since pictures are given theirs in an interrupt.
static struct {
  char texts[2][kTextBytes];
  uint32_t shown;
  uint64_t due;
} battery;

static void read_gauge(void) {
  fuel_gauge_t gauge;
  char* next = battery.texts[battery.shown ^ 1];
  if (fuel_gauge_read(&gauge)) {
    snprintf(next, kTextBytes, "%lu%%", (unsigned long)((gauge.permille + kPermilleOfPercent / 2) / kPermilleOfPercent));
  } else {
    memcpy(next, unknown, sizeof unknown);
  }
  battery.shown ^= 1;
  battery.due = clock_now() + kRepeatTicks;
}

void battery_init(void) {
  read_gauge();
  if (strcmp(battery_text(), unknown) == 0) {
    log_warning("no fuel gauge: battery unknown");
  } else {
    log_info("battery %s", battery_text());
  }
}

void battery_tend(void) {
  if (clock_now() >= battery.due) read_gauge();
}

uint64_t battery_due(void) { return battery.due; }

const char* battery_text(void) { return battery.texts[battery.shown]; }
