#include "firmware-under-test/drivers/isp.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/isp_regs.h"

#define CAUSES (ISP_IRQ_STATUS_DONE | ISP_IRQ_STATUS_SKIPPED | ISP_IRQ_STATUS_SIZE_ERROR | ISP_IRQ_STATUS_BUS_ERROR)

// For the pictures of this camera's module.
enum {
  kDefectThreshold = 24,
  kShadingK = 1376,  // corner at 0.56: (1 / sqrt(0.56) - 1) * 4096
  kLumaNoise = 40,   // 2.5 steps
  kChromaNoise = 64,
  kSharpening = 8,  // half of what stands out
  kCoring = 32
};

static isp_listener_t listen;

static uint32_t get(uint32_t offset) { return mmio_read32(SAKSI_CAM_ISP_BASE + offset); }
static void set(uint32_t offset, uint32_t value) { mmio_write32(SAKSI_CAM_ISP_BASE + offset, value); }

// All pairs of the block have one layout: the first value at bit 0, the second at bit 16.
static uint32_t pair(uint32_t first, uint32_t second) { return first | second << 16; }

static void on_interrupt(void) {
  uint32_t causes = get(ISP_IRQ_STATUS);
  set(ISP_IRQ_STATUS, causes);
  if ((causes & ISP_IRQ_STATUS_DONE) != 0) {
    listen(ISP_FRAME_DONE, (uint64_t)get(ISP_FRAME_TIME_HI) << 32 | get(ISP_FRAME_TIME_LO));
  }
  if ((causes & (ISP_IRQ_STATUS_SIZE_ERROR | ISP_IRQ_STATUS_BUS_ERROR)) != 0) listen(ISP_FRAME_FAILED, 0);
  if ((causes & ISP_IRQ_STATUS_SKIPPED) != 0) listen(ISP_FRAME_SKIPPED, 0);
}

static void set_corrections(const isp_settings_t* settings) {
  set(ISP_DEFECT, kDefectThreshold);
  set(ISP_SHADING, pair(kShadingK, settings->shading_radius));
  set(ISP_SHADING_CENTRE, pair(settings->in_width / 2, settings->in_height / 2));
  set(ISP_DEMOSAIC, ISP_DEMOSAIC_GRADIENT);
  set(ISP_DENOISE, pair(kLumaNoise, kChromaNoise));
  set(ISP_SHARPEN, pair(kSharpening, kCoring));
}

static uint32_t signed_pair(int32_t first, int32_t second) { return pair((uint32_t)first & 0x1FFF, (uint32_t)second & 0x1FFF); }

void isp_set_colour(const isp_colour_t* colour) {
  const int32_t* m = colour->matrix;
  set(ISP_WB_GAIN_RB, pair(colour->red_gain, colour->blue_gain));
  set(ISP_CCM_R, signed_pair(m[0], m[1]));
  set(ISP_CCM_RB, signed_pair(m[2], 0));
  set(ISP_CCM_G, signed_pair(m[3], m[4]));
  set(ISP_CCM_GB, signed_pair(m[5], 0));
  set(ISP_CCM_B, signed_pair(m[6], m[7]));
  set(ISP_CCM_BB, signed_pair(m[8], 0));
}

void isp_read_statistics(isp_statistics_t* statistics) {
  for (uint32_t i = 0; i < ISP_ZONES; ++i) {
    set(ISP_STAT_ZONE, i);
    uint32_t red_green = get(ISP_STAT_RG);
    uint32_t blue_clipped = get(ISP_STAT_BC);
    statistics->zones[i] = (isp_zone_t){(uint16_t)red_green, (uint16_t)(red_green >> 16), (uint16_t)blue_clipped, (uint16_t)(blue_clipped >> 16)};
  }
}

void isp_init(const isp_settings_t* settings, isp_listener_t listener) {
  listen = listener;
  set(ISP_CTRL, 0);
  set(ISP_IN_SIZE, pair(settings->in_width, settings->in_height));
  set(ISP_CROP_POS, pair(settings->crop_x, settings->crop_y));
  set(ISP_CROP_SIZE, pair(settings->crop_width, settings->crop_height));
  set(ISP_OUT_SIZE, pair(settings->out_width, settings->out_height));
  set(ISP_OUT_STRIDE, settings->stride);
  set(ISP_WB_GAIN_RB, pair(settings->white_balance_red, settings->white_balance_blue));
  set(ISP_GAMMA, ISP_GAMMA_CURVE);
  set_corrections(settings);
  set(ISP_IRQ_STATUS, CAUSES);
  set(ISP_IRQ_ENABLE, CAUSES);
  irq_attach(SAKSI_CAM_ISP_IRQ, on_interrupt);
  set(ISP_CTRL, ISP_CTRL_ENABLE);
}

void isp_arm(uint8_t* luma, uint8_t* chroma) {
  set(ISP_OUT_Y, dma_address(luma));
  set(ISP_OUT_C, dma_address(chroma));
  set(ISP_ARM, ISP_ARM_ARM);
}

static uint32_t even(uint32_t value) { return value & ~1u; }

bool isp_fit_crop(isp_settings_t* s) {
  if (s->out_width * s->in_height >= s->out_height * s->in_width) {
    s->crop_width = even(s->in_width);
    s->crop_height = even(s->in_width * s->out_height / s->out_width);
  } else {
    s->crop_height = even(s->in_height);
    s->crop_width = even(s->in_height * s->out_width / s->out_height);
  }
  if (s->crop_width < s->out_width || s->crop_height < s->out_height) return false;
  s->crop_x = even((s->in_width - s->crop_width) / 2);
  s->crop_y = even((s->in_height - s->crop_height) / 2);
  return true;
}
