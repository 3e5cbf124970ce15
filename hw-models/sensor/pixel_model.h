#ifndef SAKSI_HW_MODELS_SENSOR_PIXEL_MODEL_H_
#define SAKSI_HW_MODELS_SENSOR_PIXEL_MODEL_H_

#include <array>
#include <cstdint>
#include <vector>

namespace saksi::hw {

/// What a pixel and its converter make of light, in the terms of EMVA 1288. Defaults: an IMX219 behind an f/2.0 lens.
///
/// The data sheet IMX219PQH5-C has no figures for noise, dark current and non-uniformity: these defaults are assumed, of the order that
/// back-illuminated pixels of this size have.
struct PixelConfig {
  /// Photons on a pixel for one lux second on a white subject: 1e16 for each lux, m2 and s, 1.12 um pixel, lens transmission 0.9, subject to
  /// sensor 1 / (4 * 2.0^2): 1e16 * (1.12e-6)^2 * 0.9 / 16 = 705.6.
  float photons_per_lux_s = 705.6f;
  /// Electrons for a photon in a green pixel, colour filter included: 176.4 electrons for a lux second. (The 40 % grey at 500 lx and 1/30 s that
  /// gives 1840 e- with 1.4 um pixels gives 1176.)
  float quantum_efficiency = 0.25f;
  float red_to_green = 0.51f;  ///< sensitivity ratios, data sheet table 46, taken as under D65
  float blue_to_green = 0.46f;
  float full_well_e = 4800.0f;
  float read_noise_e = 2.5f;      ///< at the converter's input, every gain
  float electrons_per_dn = 5.0f;  ///< at analogue gain 1: the full well fills the converter's 959 steps above black
  int black_level = 64;           ///< data sheet 5-6
  float prnu = 0.008f;            ///< standard deviation of the pixels' sensitivity, relative
  float dsnu_e = 0.6f;            ///< standard deviation of the pixels' offset, electrons
  float dark_current_e_s = 3.0f;  ///< electrons a second and pixel at dark_reference_c; doubles each dark_doubling_k kelvins
  float dark_reference_c = 25.0f;
  float dark_doubling_k = 7.0f;
  float temperature_c = 40.0f;  ///< of the chip, at work
  /// What the filters of red, green and blue pixels let through of each linear BT.709 primary. Rows add up to 1, so that grey under D65 is what the
  /// sensitivities above say; the rest, that each filter passes some of the other colours, is what a colour matrix is for. The data sheet has no
  /// spectra as numbers: assumed, of the order that matrices for this sensor undo.
  std::array<std::array<float, 3>, 3> colour_response = {{{0.80f, 0.16f, 0.04f}, {0.08f, 0.82f, 0.10f}, {0.02f, 0.18f, 0.80f}}};
  /// Pixels that are broken, of all: half of them dead, half hot. Assumed: makers sell sensors with a few hundred and leave them to the ISP.
  float defect_share = 1e-4f;
};

/// Electrons a second in a pixel without light, at the chip's temperature.
float dark_current(const PixelConfig& config);

/// A sample with broken pixels in it.
struct Defect {
  int row = 0;
  int column = 0;
  float gain = 1;      ///< what is left of its sensitivity
  float dark_e_s = 0;  ///< electrons a second beyond the dark current
};

/// How one frame is converted.
struct Conversion {
  int analog_gain = 0;     ///< register value n: gain 256 / (256 - n)
  int digital_gain = 256;  ///< 256 is 1.0
  int binned_samples = 1;  ///< pixels averaged into one sample; averaging lowers their noise
  uint64_t frame = 0;      ///< selects the noise
  float exposure_s = 0;    ///< in which dark current flows
  /// The row's fixed pattern by column, in standard deviations times kPatternUnit; nullptr: none. See FixedPattern.
  const int16_t* gain_pattern = nullptr;
  const int16_t* offset_pattern = nullptr;
  /// The row's broken samples.
  const Defect* defects = nullptr;
  int defect_count = 0;
};

/// The light on one row of the sensor, in lux seconds at a white subject. Arrays have `columns` values.
struct RowLight {
  std::array<const float*, 3> colours{};  ///< red, green, blue
  const float* illumination = nullptr;    ///< what the lens lets through here of what it does on its axis; nullptr: all
  std::array<float, 3> glare{};           ///< light that is on every pixel alike
};

constexpr float kPatternUnit = 4096.0f;

/// Light to 10-bit samples, one row at a time: dark current, shot noise and read noise as one Gaussian (variance: electrons + read noise squared,
/// over the number of binned pixels), fixed pattern, broken pixels, full well, gains, black level, converter range. The noise of a sample depends on
/// (seed, frame, row, column) alone. Single-precision arithmetic in a fixed order, so the same on every IEEE machine.
class PixelModel {
 public:
  PixelModel(const PixelConfig& config, uint64_t seed);

  /// Pixels are red and green in even rows, green and blue in odd ones.
  void convert_row(const Conversion& how, int row, int columns, const RowLight& light, uint16_t* samples);

 private:
  void collect(const Conversion& how, int row, int columns, const RowLight& light);
  void add_defects(const Conversion& how);
  void draw_noise(uint64_t frame, int row, int columns);

  PixelConfig config_;
  uint64_t seed_;
  std::vector<float> electrons_;
  std::vector<float> noise_;
};

}  // namespace saksi::hw

#endif
