#include "firmware-under-test/bsp/uart.h"

#include <stdbool.h>
#include <stdint.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/uart_regs.h"

enum { kBaud = 115200, kBufferBytes = 4096, kFifoBytes = 16 };

static char buffer[kBufferBytes];
static volatile uint32_t head;  // bytes ever queued
static volatile uint32_t tail;  // bytes ever sent

static bool can_send(void) { return (mmio_read8(SAKSI_CAM_UART_BASE + UART_LSR) & UART_LSR_THRE) != 0; }

static void fill_fifo(void) {
  for (int i = 0; i < kFifoBytes && tail != head; ++i, ++tail) {
    mmio_write8(SAKSI_CAM_UART_BASE + UART_RBR_THR, (uint8_t)buffer[tail % kBufferBytes]);
  }
}

static void listen(void) { mmio_write8(SAKSI_CAM_UART_BASE + UART_IER, tail != head ? UART_IER_THRE : 0); }

static void on_interrupt(void) {
  if (can_send()) fill_fifo();
  listen();
}

void uart_init(void) {
  uint32_t divisor = SAKSI_CAM_UART_HZ / (16 * kBaud);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_LCR, UART_LCR_DLAB);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_RBR_THR, (uint8_t)divisor);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_IER, (uint8_t)(divisor >> 8));
  mmio_write8(SAKSI_CAM_UART_BASE + UART_LCR, 3);  // 8 bits, no parity, 1 stop bit
  mmio_write8(SAKSI_CAM_UART_BASE + UART_IIR_FCR, UART_IIR_FCR_FIFO_ENABLE | UART_IIR_FCR_RX_RESET | UART_IIR_FCR_TX_RESET);
  mmio_write8(SAKSI_CAM_UART_BASE + UART_IER, 0);
  irq_attach(SAKSI_CAM_UART_IRQ, on_interrupt);
}

void uart_put(char c) {
  uint32_t state = irq_save();
  while (head - tail == kBufferBytes) {
    if (can_send()) fill_fifo();
  }
  buffer[head % kBufferBytes] = c;
  ++head;
  if (can_send()) fill_fifo();
  listen();
  irq_restore(state);
}

void uart_drain(void) {
  while (tail != head) {
    if (can_send()) fill_fifo();
  }
}
