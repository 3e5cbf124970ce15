#include "firmware-under-test/drivers/i2c.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/i2c_regs.h"

enum { kTimeoutMs = 20 };  // 2 x 192 bytes at 400 kHz take 9 ms

static volatile bool done;

static void on_interrupt(void) {
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_IRQ_STATUS, I2C_IRQ_STATUS_DONE);
  done = true;
}

static bool is_done(void) { return done; }

void i2c_init(void) {
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CTRL, I2C_CTRL_ENABLE | I2C_CTRL_FAST);
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_IRQ_STATUS, I2C_IRQ_STATUS_DONE);
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_IRQ_ENABLE, I2C_IRQ_ENABLE_DONE);
  irq_attach(SAKSI_CAM_I2C_IRQ, on_interrupt);
}

bool i2c_transfer(uint8_t address, const uint8_t* send, uint32_t send_bytes, uint8_t* receive, uint32_t receive_bytes) {
  for (uint32_t i = 0; i < send_bytes; ++i) mmio_write32(SAKSI_CAM_I2C_BASE + I2C_TX, send[i]);
  done = false;
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CMD,
               (uint32_t)address << I2C_CMD_ADDRESS_SHIFT | send_bytes << I2C_CMD_WRITE_LENGTH_SHIFT | receive_bytes << I2C_CMD_READ_LENGTH_SHIFT);
  bool in_time = clock_wait(is_done, clock_now() + kTimeoutMs * CLOCK_TICKS_PER_MS);
  if (!in_time || (mmio_read32(SAKSI_CAM_I2C_BASE + I2C_STATUS) & I2C_STATUS_NACK) != 0) {
    mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CTRL, 0);  // empties the FIFOs
    mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CTRL, I2C_CTRL_ENABLE | I2C_CTRL_FAST);
    return false;
  }
  for (uint32_t i = 0; i < receive_bytes; ++i) receive[i] = (uint8_t)mmio_read32(SAKSI_CAM_I2C_BASE + I2C_RX);
  return true;
}

void i2c_wake_pulse(void) {
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CTRL, I2C_CTRL_ENABLE);
  i2c_transfer(0, 0, 0, 0, 0);  // nobody is at address 0
  mmio_write32(SAKSI_CAM_I2C_BASE + I2C_CTRL, I2C_CTRL_ENABLE | I2C_CTRL_FAST);
}
