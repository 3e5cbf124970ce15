#include "firmware-under-test/camera/capture.h"

#include <stddef.h>
#include <string.h>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/wdt.h"
#include "firmware-under-test/camera/overlay.h"
#include "firmware-under-test/camera/rate_control.h"
#include "firmware-under-test/drivers/h264.h"

enum { kNoFrame = -1 };

static struct {
  ring_t* ring;
  h264_frame_t frames[CAPTURE_FRAMES];
  bool is_taken[CAPTURE_FRAMES];
  int armed;                  // frame that the receiver will fill next
  int queue[CAPTURE_FRAMES];  // frames that wait for the encoder
  uint64_t times[CAPTURE_FRAMES];
  int queued;
  int coding;  // frame in the encoder
  h264_job_t job;
  uint32_t gop, gop_index;
  uint32_t idr_pic_id;
  uint32_t nal_bytes_max;
  uint32_t qp;
  bool has_rate;
  rate_control_t rate;
  uint64_t last_frame;
  bool has_frame;
  volatile bool has_news;
  capture_losses_t losses;
  isp_statistics_t statistics;
  bool has_statistics;
  uint32_t frame_index;
  uint32_t width, height, stride;
  capture_overlay_t overlay;
} capture;

static void arm_next(void) {
  if (capture.armed != kNoFrame) return;
  for (int i = 0; i < CAPTURE_FRAMES; ++i) {
    if (capture.is_taken[i]) continue;
    capture.is_taken[i] = true;
    capture.armed = i;
    isp_arm(capture.frames[i].luma, capture.frames[i].chroma);
    return;
  }
}

static int dequeue(void) {
  int frame = capture.queue[0];
  --capture.queued;
  for (int i = 0; i < capture.queued; ++i) capture.queue[i] = capture.queue[i + 1];
  return frame;
}

static void give_back(int frame) {
  capture.is_taken[frame] = false;
  arm_next();
}

static void draw_overlay(int frame) {
  char text[OVERLAY_TEXT_BYTES];
  if (!capture.overlay.is_on) return;
  overlay_format(text, capture.overlay.epoch + capture.times[frame], capture.overlay.device, capture.overlay.battery, capture.overlay.officer);
  const overlay_picture_t picture = {capture.frames[frame].luma, capture.frames[frame].chroma, capture.stride, capture.width, capture.height};
  overlay_draw(&picture, text);
}

static bool code(int frame) {
  uint8_t* nal = ring_reserve(capture.ring, capture.nal_bytes_max);
  if (nal == NULL) {
    ++capture.losses.no_room;
    capture.has_news = true;
    return false;
  }
  draw_overlay(frame);
  bool is_idr = capture.gop_index == 0 || ring_needs_idr(capture.ring);
  if (is_idr) capture.gop_index = 0;
  rate_plan_t plan = {.qp = capture.qp};
  if (capture.has_rate) plan = rate_control_plan(&capture.rate, is_idr);
  capture.job = (h264_job_t){capture.frames[frame], nal,     capture.nal_bytes_max, is_idr,        capture.gop_index,
                             capture.idr_pic_id,    plan.qp, plan.plan_bytes,       plan.max_bytes};
  capture.coding = frame;
  h264_start(&capture.job);
  return true;
}

// Gives the encoder its next frame, if it is free and there is one.
static void feed_encoder(void) {
  while (capture.coding == kNoFrame && capture.queued > 0) {
    int frame = dequeue();
    if (!ring_wants(capture.ring, capture.times[frame]) || !code(frame)) give_back(frame);
  }
}

static void on_frame(isp_event_t event, uint64_t readout_start) {
  int frame = capture.armed;
  wdt_report_progress();
  if (event == ISP_FRAME_SKIPPED) {
    ++capture.losses.no_buffer;
    capture.has_news = true;
  } else if (frame != kNoFrame) {
    capture.armed = kNoFrame;
    if (event == ISP_FRAME_DONE) {
      capture.last_frame = clock_now();
      capture.has_frame = true;
      isp_read_statistics(&capture.statistics);
      capture.has_statistics = true;
      ++capture.frame_index;
      capture.times[frame] = readout_start;
      capture.queue[capture.queued++] = frame;
    } else {
      ++capture.losses.failed;
      capture.has_news = true;
      capture.is_taken[frame] = false;
    }
  }
  arm_next();
  feed_encoder();
}

// frame_num counts the pictures since the IDR picture, and idr_pic_id alternates; both only if the picture was good.
static void on_picture(uint32_t nal_bytes) {
  int frame = capture.coding;
  if (frame == kNoFrame) return;
  capture.coding = kNoFrame;
  if (nal_bytes == 0) {
    ++capture.losses.failed;
  } else {
    if (capture.has_rate) rate_control_took(&capture.rate, capture.job.idr, nal_bytes, h264_mean_qp());
    ring_commit(capture.ring, nal_bytes, capture.times[frame], capture.job.idr);
    if (capture.job.idr) capture.idr_pic_id ^= 1;
    if (++capture.gop_index == capture.gop) capture.gop_index = 0;
  }
  capture.has_news = true;
  give_back(frame);
  feed_encoder();
}

static uint32_t coded(uint32_t pixels) { return (pixels + 15) / 16 * 16; }

bool capture_start(const settings_t* settings, uint32_t mode_width, uint32_t mode_height, uint32_t shading_radius, ring_t* ring,
                   const capture_memory_t* memory) {
  uint32_t stride = coded(settings->width);
  uint32_t luma_bytes = stride * coded(settings->height);
  capture_losses_t losses = capture.losses;
  capture_overlay_t overlay = capture.overlay;
  memset(&capture, 0, sizeof capture);
  capture.losses = losses;
  capture.overlay = overlay;
  capture.width = settings->width;
  capture.height = settings->height;
  capture.stride = stride;
  capture.ring = ring;
  capture.armed = kNoFrame;
  capture.coding = kNoFrame;
  capture.gop = settings->gop;
  for (int i = 0; i < CAPTURE_FRAMES; ++i) {
    capture.frames[i] = (h264_frame_t){memory->frames[i], memory->frames[i] + luma_bytes};
  }
  h264_settings_t encoder = {
      .width_mbs = stride / 16, .height_mbs = coded(settings->height) / 16, .stride = stride, .qp_min = RATE_QP_MIN, .qp_max = RATE_QP_MAX};
  for (int i = 0; i < 2; ++i) encoder.reconstructed[i] = (h264_frame_t){memory->reconstructed[i], memory->reconstructed[i] + luma_bytes};
  capture.nal_bytes_max = h264_nal_bytes_max(encoder.width_mbs, encoder.height_mbs);
  if (!h264_init(&encoder, on_picture)) return false;
  capture.qp = settings->qp;
  capture.has_rate = settings->bitrate_kbps != 0;
  if (capture.has_rate) {
    uint32_t macroblocks = encoder.width_mbs * encoder.height_mbs;
    rate_control_start(&capture.rate, settings->bitrate_kbps * 1000, settings->fps, settings->gop, macroblocks, settings->qp);
  }
  isp_settings_t receiver = {.in_width = mode_width,
                             .in_height = mode_height,
                             .out_width = settings->width,
                             .out_height = settings->height,
                             .stride = stride,
                             .shading_radius = shading_radius,
                             .white_balance_red = settings->wb_red,
                             .white_balance_blue = settings->wb_blue};
  if (!isp_fit_crop(&receiver)) return false;
  uint32_t state = irq_save();
  isp_init(&receiver, on_frame);
  arm_next();
  irq_restore(state);
  return true;
}

void capture_set_overlay(const capture_overlay_t* overlay) {
  uint32_t state = irq_save();
  capture.overlay = *overlay;
  irq_restore(state);
}

bool capture_has_news(void) { return capture.has_news || capture.has_statistics; }

bool capture_take_statistics(isp_statistics_t* statistics, uint32_t* index) {
  uint32_t state = irq_save();
  bool has_statistics = capture.has_statistics;
  capture.has_statistics = false;
  *statistics = capture.statistics;
  *index = capture.frame_index;
  irq_restore(state);
  return has_statistics;
}

uint32_t capture_frames(void) {
  uint32_t state = irq_save();
  uint32_t frames = capture.frame_index;
  irq_restore(state);
  return frames;
}

bool capture_take_news(void) {
  bool had_news = capture.has_news;
  capture.has_news = false;
  return had_news;
}

bool capture_is_alive(uint64_t now) {
  uint32_t state = irq_save();
  bool is_alive = capture.has_frame && now < capture.last_frame + CLOCK_HZ;
  irq_restore(state);
  return is_alive;
}

capture_losses_t capture_losses(void) {
  uint32_t state = irq_save();
  capture_losses_t losses = capture.losses;
  irq_restore(state);
  return losses;
}
