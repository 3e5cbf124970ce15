#include "firmware-under-test/drivers/h264.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/h264_regs.h"

enum { kId = 0x48323634, kMbBytesMax = 400, kHeaderBytesMax = 64 };

static void (*report)(uint32_t nal_bytes);
static h264_frame_t pictures[2];  // reconstructed
static int good;                  // the one of the last good picture
static uint32_t lines;            // of macroblocks
static uint32_t qp_range;

static uint32_t get(uint32_t offset) { return mmio_read32(SAKSI_CAM_H264_BASE + offset); }
static void set(uint32_t offset, uint32_t value) { mmio_write32(SAKSI_CAM_H264_BASE + offset, value); }

static void on_interrupt(void) {
  uint32_t causes = get(H264_IRQ_STATUS);
  set(H264_IRQ_STATUS, causes);
  if (causes == 0) return;
  if ((causes & H264_IRQ_STATUS_ERROR) == 0) good = 1 - good;
  report((causes & H264_IRQ_STATUS_ERROR) != 0 ? 0 : get(H264_BS_BYTES));
}

bool h264_init(const h264_settings_t* settings, void (*on_done)(uint32_t nal_bytes)) {
  if (get(H264_ID) != kId) return false;
  report = on_done;
  set(H264_PIC_SIZE, settings->width_mbs << H264_PIC_SIZE_WIDTH_MBS_SHIFT | settings->height_mbs << H264_PIC_SIZE_HEIGHT_MBS_SHIFT);
  set(H264_SRC_STRIDE, settings->stride);
  pictures[0] = settings->reconstructed[0];
  pictures[1] = settings->reconstructed[1];
  good = 0;
  set(H264_REC_STRIDE, settings->stride);
  lines = settings->height_mbs;
  qp_range = settings->qp_min << H264_RATE_QP_MIN_SHIFT | settings->qp_max << H264_RATE_QP_MAX_SHIFT;
  set(H264_IRQ_STATUS, H264_IRQ_STATUS_DONE | H264_IRQ_STATUS_ERROR);
  set(H264_IRQ_ENABLE, H264_IRQ_ENABLE_DONE | H264_IRQ_ENABLE_ERROR);
  irq_attach(SAKSI_CAM_H264_IRQ, on_interrupt);
  return true;
}

void h264_start(const h264_job_t* job) {
  uint32_t slice = job->qp << H264_SLICE_QP_SHIFT | H264_SLICE_DEBLOCK | (job->idr ? H264_SLICE_IDR : H264_SLICE_INTER);
  slice |= (job->frame_num << H264_SLICE_FRAME_NUM_SHIFT) & H264_SLICE_FRAME_NUM_MASK;
  slice |= (job->idr_pic_id << H264_SLICE_IDR_PIC_ID_SHIFT) & H264_SLICE_IDR_PIC_ID_MASK;
  set(H264_SRC_Y, dma_address(job->source.luma));
  set(H264_SRC_C, dma_address(job->source.chroma));
  set(H264_REC_Y, dma_address(pictures[1 - good].luma));
  set(H264_REC_C, dma_address(pictures[1 - good].chroma));
  set(H264_REF_Y, dma_address(pictures[good].luma));
  set(H264_REF_C, dma_address(pictures[good].chroma));
  set(H264_BS_ADDR, dma_address(job->nal));
  set(H264_BS_SIZE, job->nal_bytes);
  set(H264_RATE, job->plan_bytes != 0 ? qp_range | H264_RATE_CONTROL : 0);
  set(H264_ROW_BYTES, job->plan_bytes / lines);
  set(H264_MAX_BYTES, job->max_bytes);
  set(H264_SLICE, slice);
  set(H264_CTRL, H264_CTRL_START);
}

uint32_t h264_mean_qp(void) { return get(H264_QP_SUM) * 16 / lines; }

uint32_t h264_nal_bytes_max(uint32_t width_mbs, uint32_t height_mbs) {
  uint32_t payload = width_mbs * height_mbs * kMbBytesMax + kHeaderBytesMax;
  return (payload + payload / 64 + 15) / 16 * 16;
}
