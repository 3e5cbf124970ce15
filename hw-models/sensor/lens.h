#ifndef SAKSI_HW_MODELS_SENSOR_LENS_H_
#define SAKSI_HW_MODELS_SENSOR_LENS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "hw-models/sensor/lens_projection.h"
#include "hw-models/sensor/light_source.h"
#include "hw-models/sensor/pixel_model.h"

namespace saksi::hw {

constexpr double kPixelPitchMm = 1.12e-3;                ///< of the IMX219
constexpr double kSensorWidthMm = 3280 * kPixelPitchMm;  ///< of its array

/// A lens. The defaults are assumed, of the order that small wide-angle lenses with an f-number of 2 have.
struct LensConfig {
  LensProjection projection;
  /// Spatial frequency, in line pairs a millimetre on the sensor, at which the lens leaves half of the contrast; 0: a lens that does not blur. Its
  /// MTF is that of a Gaussian, the same everywhere in the field.
  double mtf50_lp_mm = 130;
  /// Illumination in the corner of the full array over that on the axis, 0 to 1: 1 / (1 + k r^2)^2, the cos^4 law of a straight-line lens.
  double corner_illumination = 0.56;
  /// Part of all light through the lens that ends up spread evenly over the picture (veiling glare, ISO 9358), 0 to 1.
  double veiling_glare = 0.005;
  /// Grease on the front glass, 0 to 1: how much of the light is scattered into its surroundings, at the worst place, left of
  /// the middle; three quarters of the field are smeared, less and less towards the rim.
  double smear = 0;
};

/// The constant k of the illumination 1 / (1 + k r^2)^2, r in half diagonals of the full array.
double shading_constant(double corner_illumination);

/// What a lens makes of a scene's light, row by row of a frame. Exact in space for the sample grid that is asked for. In time a row's light is taken
/// at the row's own exposure; what blur brings in from a neighbouring row is of that row's exposure, as much earlier as later, so that no time is
/// shifted.
class Lens {
 public:
  explicit Lens(const LensConfig& config) : config_(config) {}

  /// When the exposure of a row of the grid ends.
  using RowEnd = std::function<int64_t(int row)>;

  /// Begins a frame. The scene must stay until it is done. Looks at every so many rows first, for the glare and for what smears.
  void begin_frame(LightSource& scene, const SampleGrid& grid, int64_t exposure_ns, RowEnd row_end);
  /// Rows of the frame, to be asked for in order from 0. Valid until the next call.
  RowLight row(int row);

 private:
  using Planes = std::array<std::vector<float>, 3>;
  /// A blur's weights: of the sample itself, and of those k samples away on either side.
  using Kernel = std::vector<float>;

  Kernel kernel_for(double samples_per_mm) const;
  void set_grid(const SampleGrid& grid);
  void expose(int row, Planes* planes);
  void look_ahead();
  const Planes& blurred_across(int row);
  void blur_across(const std::vector<float>& in, std::vector<float>* out) const;
  void blur_down(int row);
  void smear_row(int row);
  void illuminate(int row);

  LensConfig config_;
  SampleGrid grid_;
  LightSource* scene_ = nullptr;
  RowEnd row_end_;
  int64_t exposure_ns_ = 0;

  Kernel across_, down_;
  Planes exposed_, out_;
  std::vector<Planes> kept_;  ///< rows blurred across: row y at y mod their number
  std::vector<int> kept_row_;
  std::vector<float> x_squared_;  ///< by column, in half diagonals squared
  std::vector<float> illumination_;

  /// The frame's light, roughly: means over kBlocks x kBlocks parts.
  static constexpr int kBlocks = 12;
  std::array<std::array<float, kBlocks * kBlocks>, 3> blocks_;
  std::array<float, 3> mean_;
};

}  // namespace saksi::hw

#endif
