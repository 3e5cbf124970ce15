#ifndef SAKSI_HW_MODELS_SENSOR_LIGHT_SOURCE_H_
#define SAKSI_HW_MODELS_SENSOR_LIGHT_SOURCE_H_

#include <cstdint>

namespace saksi::hw {

/// How a sensor samples its field of view: `columns` x `rows` samples, each the mean over an equal part of a rectangle of the full array.
struct SampleGrid {
  int field_width = 0;  ///< the full array, in pixels; the scene fills it exactly
  int field_height = 0;
  int x = 0;  ///< the rectangle that is sampled, in pixels of the full array
  int y = 0;
  int width = 0;
  int height = 0;
  int columns = 0;  ///< samples across the rectangle
  int rows = 0;

  bool operator==(const SampleGrid& o) const {
    return field_width == o.field_width && field_height == o.field_height && x == o.x && y == o.y && width == o.width && height == o.height &&
           columns == o.columns && rows == o.rows;
  }
  bool operator!=(const SampleGrid& o) const { return !(*this == o); }
};

/// Where the light of one row goes: `columns` values for each colour that is wanted, nullptr for one that is not.
/// Unit: lux seconds at the subject times its reflectance, for each linear BT.709 primary; a grey subject under D65 has three equal values.
struct RowExposure {
  float* red = nullptr;
  float* green = nullptr;
  float* blue = nullptr;
};

/// What the camera looks at.
class LightSource {
 public:
  virtual ~LightSource() = default;

  /// Integrates the light that falls on one row of the grid over [t0_ns, t1_ns), exactly: the sum over all pieces of time between which the
  /// scene stands still. Time is that of the recording's events (t = 0 at the scenario's start). The same question has the same answer,
  /// whatever was asked before. Fast if a frame's rows are asked for in order and frames in order; asking for the past may be slow.
  virtual void expose_row(const SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const RowExposure& out) = 0;
};

}  // namespace saksi::hw

#endif
