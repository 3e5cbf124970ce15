#include "firmware-under-test/drivers/imx219.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/drivers/i2c.h"
#include "regs/imx219_regs.h"

enum {
  kArrayWidth = 3280,
  kArrayHeight = 2464,
  kPixelHz = 182400000,
  kLinePixels = 3448,
  kBlankLinesMin = 32,
  kFrameLinesMax = 65535,
  kExposureLinesMin = 4,
  kExposureMargin = 4,  // exposure ends at least this many lines before the frame does
  kAnalogGainMax = 232
};

static const imx219_mode_t modes[IMX219_MODES] = {{820, 616, 4}, {1640, 1232, 2}, {1920, 1080, 1}};

const imx219_mode_t* imx219_mode(uint32_t index) { return &modes[index]; }

static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high) { return value < low ? low : value > high ? high : value; }

uint32_t imx219_frame_lines(const imx219_settings_t* settings) {
  uint32_t pixels_per_second = kLinePixels * settings->fps;
  uint32_t lines = (kPixelHz + pixels_per_second / 2) / pixels_per_second;
  return clamp(lines, settings->mode->height + kBlankLinesMin, kFrameLinesMax);
}

uint32_t imx219_exposure_lines(const imx219_settings_t* settings) {
  uint64_t scaled = (uint64_t)settings->exposure_us * (kPixelHz / 100000);  // in 1/10 pixel
  uint32_t lines = (uint32_t)((scaled + kLinePixels * 5) / (kLinePixels * 10));
  return clamp(lines, kExposureLinesMin, imx219_frame_lines(settings) - kExposureMargin);
}

// gain = 256 / (256 - n)
static uint8_t gain_code(uint32_t gain_percent) {
  uint32_t percent = clamp(gain_percent, 100, 1066);
  return (uint8_t)clamp(256 - (256 * 100 + percent / 2) / percent, 0, kAnalogGainMax);
}

static bool write8(uint32_t address, uint32_t value) {
  const uint8_t bytes[3] = {(uint8_t)(address >> 8), (uint8_t)address, (uint8_t)value};
  return i2c_transfer(SAKSI_CAM_I2C_SENSOR, bytes, sizeof bytes, 0, 0);
}

// `address` is that of the high byte; the low byte follows.
static bool write16(uint32_t address, uint32_t value) {
  const uint8_t bytes[4] = {(uint8_t)(address >> 8), (uint8_t)address, (uint8_t)(value >> 8), (uint8_t)value};
  return i2c_transfer(SAKSI_CAM_I2C_SENSOR, bytes, sizeof bytes, 0, 0);
}

bool imx219_read_chip_id(uint32_t* chip_id) {
  const uint8_t address[2] = {IMX219_MODEL_ID_H >> 8, IMX219_MODEL_ID_H & 0xFF};
  uint8_t id[2];
  if (!i2c_transfer(SAKSI_CAM_I2C_SENSOR, address, sizeof address, id, sizeof id)) return false;
  *chip_id = (uint32_t)id[0] << 8 | id[1];
  return true;
}

static bool set_geometry(const imx219_mode_t* mode) {
  uint32_t columns = mode->width * mode->binning;
  uint32_t rows = mode->height * mode->binning;
  uint32_t x = (kArrayWidth - columns) / 2;
  uint32_t y = (kArrayHeight - rows) / 2;
  uint32_t binning_code = mode->binning / 2;  // 0 none, 1 by 2, 2 by 4
  return write16(IMX219_X_START_H, x) && write16(IMX219_X_END_H, x + columns - 1) && write16(IMX219_Y_START_H, y) &&
         write16(IMX219_Y_END_H, y + rows - 1) && write16(IMX219_X_OUTPUT_SIZE_H, mode->width) && write16(IMX219_Y_OUTPUT_SIZE_H, mode->height) &&
         write8(IMX219_BINNING_MODE_H, binning_code) && write8(IMX219_BINNING_MODE_V, binning_code);
}

bool imx219_set_exposure(const imx219_settings_t* settings) {
  return write16(IMX219_EXPOSURE_H, imx219_exposure_lines(settings)) && write8(IMX219_ANALOG_GAIN, gain_code(settings->gain_percent)) &&
         write16(IMX219_DIGITAL_GAIN_H, clamp(settings->digital_gain, 256, 4095));
}

bool imx219_start(const imx219_settings_t* settings) {
  return write8(IMX219_MODE_SELECT, 0) && set_geometry(settings->mode) && write16(IMX219_CSI_DATA_FORMAT_H, 0x0A0A) &&
         write16(IMX219_LINE_LENGTH_H, kLinePixels) && write16(IMX219_FRAME_LENGTH_H, imx219_frame_lines(settings)) &&
         imx219_set_exposure(settings) && write8(IMX219_MODE_SELECT, IMX219_MODE_SELECT_STREAMING);
}
