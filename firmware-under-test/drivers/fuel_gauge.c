#include "firmware-under-test/drivers/fuel_gauge.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/drivers/i2c.h"
#include "regs/max17048_regs.h"

enum { kFull = 100 << 8, kPermille = 1000 };

bool fuel_gauge_read(fuel_gauge_t* gauge) {
  const uint8_t first = MAX17048_VCELL;
  uint8_t registers[MAX17048_SOC + 2 - MAX17048_VCELL];
  if (!i2c_transfer(SAKSI_CAM_I2C_GAUGE, &first, sizeof first, registers, sizeof registers)) return false;
  const uint32_t steps = (uint32_t)registers[0] << 8 | registers[1];
  uint32_t charge = (uint32_t)registers[2] << 8 | registers[3];
  if (steps == 0) return false;
  // Of a fresh cell it may tell a little more than all.
  if (charge > kFull) charge = kFull;
  gauge->permille = (charge * kPermille + kFull / 2) / kFull;
  gauge->mv = steps * 5 / 64;  // 78.125 uV each
  return true;
}
