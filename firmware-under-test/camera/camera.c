#include "firmware-under-test/camera/camera.h"

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/bsp/trap.h"
#include "firmware-under-test/bsp/wdt.h"
#include "firmware-under-test/camera/auto_exposure.h"
#include "firmware-under-test/camera/battery.h"
#include "firmware-under-test/camera/button.h"
#include "firmware-under-test/camera/capture.h"
#include "firmware-under-test/camera/card_slot.h"
#include "firmware-under-test/camera/evidence.h"
#include "firmware-under-test/camera/indicator.h"
#include "firmware-under-test/camera/recorder.h"
#include "firmware-under-test/camera/ring.h"
#include "firmware-under-test/camera/settings.h"
#include "firmware-under-test/camera/wall_clock.h"
#include "firmware-under-test/camera/white_balance.h"
#include "firmware-under-test/drivers/i2c.h"
#include "firmware-under-test/drivers/imx219.h"
#include "firmware-under-test/drivers/isp.h"
#include "firmware-under-test/drivers/sdhci.h"

enum {
  kRingBytes = 24 << 20,
  kFatSectorsMax = 16384,  // 2 million clusters: 64 GiB with clusters of 32 KiB
  kMirrorSectors = 64,     // read at once: so many that a command costs little beside its data
  kSensorPatienceMs = 100,
  kSensorPollMs = 2,
  kRetryTicks = CLOCK_HZ,
  kLossReportTicks = CLOCK_HZ,
  kArrayHalfDiagonal = 2051,  // of the sensor, pixels
  kTurnTicks = CLOCK_HZ / 10,
  kSigningTurnTicks = 2 * CLOCK_TICKS_PER_MS
};

// Large memory that nobody needs cleared.
#define BULK __attribute__((section(".bulk"), aligned(64)))
static uint8_t ring_data[kRingBytes] BULK;
static uint8_t frames[CAPTURE_FRAMES][CAPTURE_FRAME_BYTES] BULK;
static uint8_t reconstructed[2][CAPTURE_FRAME_BYTES] BULK;
static uint32_t fat[kFatSectorsMax * SECTOR_BYTES / 4] BULK;
static uint8_t fat_dirty[kFatSectorsMax] BULK;
static uint8_t fat_scratch[kFatSectorsMax * SECTOR_BYTES / 32] BULK;
static media_signing_t signing BULK;
static uint32_t fat_mirror[kMirrorSectors * SECTOR_BYTES / 4] BULK;

static const fat32_memory_t fat_memory = {fat, fat_dirty, fat_scratch, kFatSectorsMax, fat_mirror, kMirrorSectors};
static const capture_memory_t capture_memory = {frames, reconstructed};

static struct {
  settings_t settings;
  ring_t ring;
  fat32_volume_t volume;
  clip_store_t store;
  recorder_t recorder;
  recorder_settings_t recorder_settings;
  card_slot_status_t slot;
  uint64_t slot_retry;  // when to try a failed card again
  imx219_settings_t sensor;
  auto_exposure_t exposure;
  uint32_t exposure_from;  // frames from here on are taken with the exposure as it is now
  white_balance_t white_balance;
  bool has_sensor;
  uint64_t sensor_retry;
  bool is_wanted;  // the officer wants a recording: toggled by each press that is accepted
  uint64_t wanted_since;
  capture_losses_t losses_known;
  bool has_losses;                        // in the current or last clip
  uint32_t lost_no_room, lost_otherwise;  // frames, not yet in the log
  uint64_t loss_report;                   // not before
} camera;

// From the press on nothing is dropped, even if the main level is still busy with the card.
static void on_press(uint64_t time) {
  if (!camera.ring.is_held) ring_hold(&camera.ring, time);
}

static void let_ring_go(void) {
  uint32_t state = irq_save();
  if (!button_has_press()) ring_let_go(&camera.ring);
  irq_restore(state);
}

static void on_recovered(const clip_recovered_t* recovered) {
  if (recovered->is_lost) {
    log_error("%s cannot be recovered: its beginning is gone", recovered->name);
    return;
  }
  if (recovered->was_header_restored) log_warning("header of %s restored from its copy", recovered->name);
  log_warning("recovered %s: %lu fragments, %lu frames; its end is lost, its last %lu frames are not signed", recovered->name,
              (unsigned long)recovered->fragments, (unsigned long)recovered->pictures, (unsigned long)(recovered->pictures - recovered->covered));
}

static void set_slot(card_slot_status_t status) {
  if (status == camera.slot) return;
  camera.slot = status;
  if (status != CARD_SLOT_READY) log_error("%s", card_slot_words(status));
}

static card_slot_status_t prepare_spare(void) {
  const recorder_settings_t* s = &camera.recorder_settings;
  return card_slot_status_of(clip_store_prepare(&camera.store, s->header, s->header_bytes, s->clip_bytes_max));
}

// Recovers what a power cut left and lays out the next clip.
static void prepare_store(bool was_cut) {
  card_slot_status_t status = card_slot_status_of(clip_store_open(&camera.store, &camera.volume, was_cut, on_recovered));
  if (status == CARD_SLOT_READY) status = prepare_spare();
  set_slot(status);
}

static void schedule_card_retry(void) { camera.slot_retry = clock_now() + kRetryTicks; }

static void make_recorder_settings(const parameter_sets_t* sets) {
  const settings_t* s = &camera.settings;
  camera.recorder_settings.header_bytes = mp4_write_header(camera.recorder_settings.header, sets, s->width, s->height);
  camera.recorder_settings.clip_bytes_max = s->max_file_mb << 20;
  camera.recorder_settings.clip_ticks_max = (uint64_t)s->max_file_s * CLOCK_HZ;
  camera.recorder_settings.frame_period = CLOCK_HZ / s->fps;
}

// The smallest read-out of the sensor that holds the picture.
static const imx219_mode_t* choose_mode(void) {
  for (uint32_t i = 0; i + 1 < IMX219_MODES; ++i) {
    const imx219_mode_t* mode = imx219_mode(i);
    isp_settings_t fit = {
        .in_width = mode->width, .in_height = mode->height, .out_width = camera.settings.width, .out_height = camera.settings.height};
    if (isp_fit_crop(&fit)) return mode;
  }
  return imx219_mode(IMX219_MODES - 1);
}

static bool find_sensor(void) {
  uint64_t deadline = clock_now() + kSensorPatienceMs * CLOCK_TICKS_PER_MS;
  uint32_t id = 0;
  while (!imx219_read_chip_id(&id)) {
    if (clock_now() >= deadline) return false;
    clock_sleep_ms(kSensorPollMs);
  }
  if (id == IMX219_CHIP_ID) log_info("sensor imx219 id 0x%04lx", (unsigned long)id);
  return id == IMX219_CHIP_ID;
}

static bool has_auto_exposure(void) { return camera.settings.exposure_us == 0; }
static bool has_auto_colour(void) { return camera.settings.wb_red == 0 || camera.settings.wb_blue == 0; }

static void take_exposure(void) {
  exposure_t exposure = auto_exposure_setting(&camera.exposure);
  camera.sensor.exposure_us = exposure.exposure_us;
  camera.sensor.gain_percent = exposure.gain_percent;
  camera.sensor.digital_gain = exposure.digital_gain;
}

// With gains from the settings, the matrix is that for daylight.
static void set_colour(void) {
  isp_colour_t colour = white_balance_colour(&camera.white_balance);
  if (!has_auto_colour()) {
    colour.red_gain = camera.settings.wb_red;
    colour.blue_gain = camera.settings.wb_blue;
  }
  isp_set_colour(&colour);
}

static bool start_sensor(void) {
  const settings_t* s = &camera.settings;
  const imx219_mode_t* mode = choose_mode();
  camera.sensor = (imx219_settings_t){mode, s->fps, s->exposure_us, s->gain_percent, 256};
  auto_exposure_init(&camera.exposure, s->mains_hz, s->exposure_max_us);
  camera.exposure_from = AUTO_EXPOSURE_LATENCY;
  if (has_auto_exposure()) take_exposure();
  white_balance_init(&camera.white_balance);
  if (!find_sensor()) return false;
  if (!capture_start(s, mode->width, mode->height, kArrayHalfDiagonal / mode->binning, &camera.ring, &capture_memory)) return false;
  set_colour();
  if (!imx219_start(&camera.sensor)) return false;
  log_info("streaming %lux%lu at %lu fps", (unsigned long)s->width, (unsigned long)s->height, (unsigned long)s->fps);
  return true;
}

static void try_sensor(void) {
  bool is_first = camera.sensor_retry == 0;
  camera.has_sensor = start_sensor();
  camera.sensor_retry = clock_now() + kRetryTicks;
  if (!camera.has_sensor && is_first) log_error("sensor not found");
  wdt_report_progress();
}

void camera_init(void) {
  bool was_cut = false;
  indicator_init();
  i2c_init();
  settings_defaults(&camera.settings);
  ring_init(&camera.ring, ring_data, sizeof ring_data, 0);
  button_init(on_press);
  card_slot_status_t status = card_slot_open(&camera.volume, &fat_memory, &was_cut);
  if (status == CARD_SLOT_READY) card_slot_read_settings(&camera.volume, &camera.settings);
  uint32_t state = irq_save();
  camera.ring.pre_event = (uint64_t)camera.settings.pre_event_ms * CLOCK_TICKS_PER_MS;
  irq_restore(state);
  const settings_t* s = &camera.settings;
  parameter_sets_t sets;
  parameter_sets_make(&sets, s->width, s->height, s->fps, s->qp);
  make_recorder_settings(&sets);
  recorder_init(&camera.recorder, &camera.recorder_settings, &camera.ring, &camera.store);
  try_sensor();
  evidence_init(s->officer);
  evidence_enable(&camera.recorder_settings.signature, &signing, &sets);
  if (status == CARD_SLOT_READY) {
    prepare_store(was_cut);
  } else {
    set_slot(status);
  }
  schedule_card_retry();
}

static void open_card(void) {
  bool was_cut = false;
  card_slot_status_t status = card_slot_open(&camera.volume, &fat_memory, &was_cut);
  if (status == CARD_SLOT_READY) {
    prepare_store(was_cut);
  } else {
    set_slot(status);
  }
  schedule_card_retry();
  wdt_report_progress();
}

// A clip that the card took away: the pictures since then stay in the ring, by age, until there is a card again. For the clip that
// then goes on, this is the moment of the press.
static void abandon_clip(card_slot_status_t status) {
  if (camera.is_wanted) log_warning("recording interrupted");
  camera.wanted_since = clock_now();
  camera.recorder.is_active = false;
  camera.slot = CARD_SLOT_UNKNOWN;
  set_slot(status);
  schedule_card_retry();
  let_ring_go();
}

static void tend_card(void) {
  bool was_removed;
  bool has_changed = sdhci_take_change(&was_removed);
  bool has_card = sdhci_has_card();
  bool is_usable = camera.slot == CARD_SLOT_READY || camera.slot == CARD_SLOT_FULL;
  if (is_usable && (was_removed || !has_card)) {
    abandon_clip(has_card ? CARD_SLOT_FAILED : CARD_SLOT_EMPTY);
    return;
  }
  bool is_worth_trying =
      has_changed || (camera.slot == CARD_SLOT_FAILED && clock_now() >= camera.slot_retry) || (camera.slot == CARD_SLOT_EMPTY && has_card);
  if (!is_usable && is_worth_trying && has_card) open_card();
}

// After a clip, the next one is laid out.
static void tend_spare(void) {
  if (camera.slot != CARD_SLOT_READY || camera.recorder.is_active || camera.store.spare.bytes != 0) return;
  card_slot_status_t status = prepare_spare();
  if (status == CARD_SLOT_FAILED) schedule_card_retry();
  set_slot(status);
}

static void start_recording(void) {
  uint32_t state = irq_save();
  if (!camera.ring.is_held) ring_hold(&camera.ring, camera.wanted_since);
  irq_restore(state);
  camera.has_losses = false;
  recorder_start(&camera.recorder, camera.wanted_since);
}

static void take_press(uint64_t time) {
  if (camera.is_wanted) {
    camera.is_wanted = false;
    if (camera.recorder.is_active) recorder_stop(&camera.recorder, time);
    return;
  }
  if (camera.slot != CARD_SLOT_READY) {
    log_error("press refused: %s", card_slot_words(camera.slot));
    let_ring_go();
    return;
  }
  camera.is_wanted = true;
  camera.wanted_since = time;
}

// A recording that lost its card goes on in a new clip when there is one again.
static void tend_presses(void) {
  uint64_t time;
  if (!camera.recorder.is_active || camera.recorder.stop_time == CLOCK_NEVER) {
    if (button_take_press(&time)) take_press(time);
  }
  if (camera.is_wanted && !camera.recorder.is_active && camera.slot == CARD_SLOT_READY) start_recording();
}

// Returns whether there may be more to do at once.
static bool tend_recorder(void) {
  if (!camera.recorder.is_active) return false;
  switch (recorder_step(&camera.recorder, clock_now())) {
    case RECORDER_WAITS:
      return false;
    case RECORDER_WROTE:
      return true;
    case RECORDER_FINISHED:
      let_ring_go();
      return true;
    case RECORDER_FULL:
      camera.is_wanted = false;
      let_ring_go();
      set_slot(CARD_SLOT_FULL);
      return true;
    case RECORDER_FAILED:
      abandon_clip(sdhci_has_card() ? CARD_SLOT_FAILED : CARD_SLOT_EMPTY);
      return true;
  }
  return false;
}

// Losses light the LED at once; the log names them once a second at most.
static void tend_losses(void) {
  capture_losses_t now = capture_losses();
  capture_losses_t* known = &camera.losses_known;
  camera.lost_no_room += now.no_room - known->no_room;
  camera.lost_otherwise += now.no_buffer - known->no_buffer + now.failed - known->failed;
  *known = now;
  uint32_t lost = camera.lost_no_room + camera.lost_otherwise;
  if (lost == 0) return;
  if (camera.recorder.is_active) camera.has_losses = true;
  if (clock_now() < camera.loss_report) return;
  if (camera.lost_no_room > 0) log_warning("%lu frames lost: ring full, card too slow", (unsigned long)camera.lost_no_room);
  if (camera.lost_otherwise > 0) log_warning("%lu frames lost in the camera", (unsigned long)camera.lost_otherwise);
  camera.lost_no_room = 0;
  camera.lost_otherwise = 0;
  camera.loss_report = clock_now() + kLossReportTicks;
}

// Exposure and white balance follow the picture.
static void tend_light(void) {
  isp_statistics_t statistics;
  uint32_t index;
  if (!camera.has_sensor || !capture_take_statistics(&statistics, &index)) return;
  if (has_auto_colour()) {
    white_balance_step(&camera.white_balance, &statistics);
    set_colour();
  }
  if (!has_auto_exposure() || (int32_t)(index - camera.exposure_from) < 0) return;
  isp_colour_t colour = white_balance_colour(&camera.white_balance);
  if (!auto_exposure_step(&camera.exposure, &statistics, colour.red_gain, colour.blue_gain)) return;
  take_exposure();
  if (!imx219_set_exposure(&camera.sensor)) log_warning("sensor did not take its exposure");
  camera.exposure_from = capture_frames() + AUTO_EXPOSURE_LATENCY;
}

static void show(void) {
  bool is_alive = camera.has_sensor && capture_is_alive(clock_now());
  bool is_usable = camera.slot == CARD_SLOT_READY;
  bool is_ready = is_usable && is_alive && !camera.recorder.is_active && camera.store.spare.bytes != 0;
  bool is_wrong = !is_usable || !camera.has_sensor || camera.has_losses;
  indicator_show(recorder_is_durable(&camera.recorder), is_ready, is_wrong);
}

// The clock's epoch moves when it is looked at.
static void tend_overlay(void) {
  const capture_overlay_t overlay = {camera.settings.overlay != 0, wall_clock_epoch(), evidence_serial(), camera.settings.officer, battery_text()};
  if (overlay.is_on) capture_set_overlay(&overlay);
}

static bool has_work(void) { return capture_has_news() || button_has_press() || sdhci_has_change(); }

// When there is something to do though nothing has happened.
static uint64_t next_turn(void) {
  uint64_t turn = clock_now() + (recorder_is_signing(&camera.recorder) ? kSigningTurnTicks : kTurnTicks);
  if (wall_clock_due() < turn) turn = wall_clock_due();
  return battery_due() < turn ? battery_due() : turn;
}

void camera_run_once(void) {
  capture_take_news();
  tend_light();
  tend_card();
  tend_spare();
  tend_presses();
  show();
  bool has_more = tend_recorder();
  tend_losses();
  if (!camera.has_sensor && clock_now() >= camera.sensor_retry) try_sensor();
  show();
  trap_check_stack();
  wdt_tend();
  wall_clock_tend();
  battery_tend();
  tend_overlay();
  if (!has_more) clock_wait(has_work, next_turn());
}
