// I2C host: one combined transfer at a time (write, then repeated start and read). Main level only.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_I2C_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_I2C_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { I2C_BYTES_MAX = 192 };

void i2c_init(void);

// Up to I2C_BYTES_MAX bytes each way. False if the target does not acknowledge or the transfer does not end in time.
bool i2c_transfer(uint8_t address, const uint8_t* send, uint32_t send_bytes, uint8_t* receive, uint32_t receive_bytes);

// Holds SDA low for 90 us, by address 0 at 100 kHz: wakes parts that wait for that.
void i2c_wake_pulse(void);

#ifdef __cplusplus
}
#endif

#endif
