#include "firmware-under-test/drivers/sha256.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/sha256_regs.h"

// A tenth of the rate that the block has when it is alone on the memory.
enum { kId = 0x53323536, kTimeoutMs = 5, kBytesPerMs = 10000, kLast = 1 };

typedef struct {
  uint32_t address, bytes, next, flags;
} descriptor_t;

static _Alignas(16) descriptor_t chain[kSha256PiecesMax];
static volatile uint32_t causes;

// The hash that has been begun.
static struct {
  const sha256_piece_t* pieces;
  uint32_t count;
  bool is_in_block;
  uint64_t deadline;
} begun;

static uint32_t get(uint32_t offset) { return mmio_read32(SAKSI_CAM_SHA256_BASE + offset); }
static void set(uint32_t offset, uint32_t value) { mmio_write32(SAKSI_CAM_SHA256_BASE + offset, value); }

static void on_interrupt(void) {
  uint32_t seen = get(SHA256_IRQ_STATUS);
  set(SHA256_IRQ_STATUS, seen);
  causes |= seen;
}

static bool is_done(void) { return causes != 0; }

// Gives the bytes in all. An empty message is one empty piece.
static uint32_t describe(const sha256_piece_t* pieces, uint32_t count) {
  uint32_t total = 0;
  chain[0] = (descriptor_t){0, 0, 0, kLast};
  for (uint32_t i = 0; i < count; ++i) {
    bool is_last = i + 1 == count;
    chain[i] = (descriptor_t){dma_address(pieces[i].data), pieces[i].bytes, is_last ? 0 : dma_address(&chain[i + 1]), is_last ? kLast : 0};
    total += pieces[i].bytes;
  }
  return total;
}

void sha256_begin(const sha256_piece_t* pieces, uint32_t count) {
  begun.pieces = pieces;
  begun.count = count;
  begun.is_in_block = count <= kSha256PiecesMax && get(SHA256_ID) == kId;
  if (!begun.is_in_block) return;
  irq_attach(SAKSI_CAM_SHA256_IRQ, on_interrupt);
  set(SHA256_IRQ_ENABLE, SHA256_IRQ_ENABLE_DONE | SHA256_IRQ_ENABLE_ERROR);
  uint32_t total = describe(pieces, count);
  causes = 0;
  begun.deadline = clock_now() + (uint64_t)(kTimeoutMs + total / kBytesPerMs) * CLOCK_TICKS_PER_MS;
  set(SHA256_DESC_ADDR, dma_address(chain));
  set(SHA256_CTRL, SHA256_CTRL_START);
}

static bool end_in_block(uint8_t digest[kSha256Bytes]) {
  if (!clock_wait(is_done, begun.deadline)) {
    set(SHA256_CTRL, SHA256_CTRL_ABORT);
    return false;
  }
  if ((causes & SHA256_IRQ_STATUS_ERROR) != 0) return false;
  for (uint32_t i = 0; i < kSha256Bytes; ++i) digest[i] = (uint8_t)(get(SHA256_DIGEST0 + i / 4 * 4) >> (24 - i % 4 * 8));
  return true;
}

bool sha256_end(uint8_t digest[kSha256Bytes]) {
  if (begun.is_in_block && end_in_block(digest)) return true;
  sha256_by_software(begun.pieces, begun.count, digest);
  return false;
}

bool sha256(const sha256_piece_t* pieces, uint32_t count, uint8_t digest[kSha256Bytes]) {
  sha256_begin(pieces, count);
  return sha256_end(digest);
}
