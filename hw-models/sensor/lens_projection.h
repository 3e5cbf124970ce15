#ifndef SAKSI_HW_MODELS_SENSOR_LENS_PROJECTION_H_
#define SAKSI_HW_MODELS_SENSOR_LENS_PROJECTION_H_

namespace saksi::hw {

/// A direction in the camera's frame: x to the right, y down, z along the optical axis. Length 1.
struct Ray {
  double x = 0;
  double y = 0;
  double z = 1;
};

/// Where a lens brings the light of each direction: its distance r from the optical axis, in the plane of the sensor, for the angle theta to that
/// axis.
struct LensProjection {
  enum class Kind {
    kFisheye,       ///< r = f theta: equal angles, equal distances
    kStraightLine,  ///< r = f tan(theta): straight lines stay straight
  };
  Kind kind = Kind::kFisheye;
  /// Millimetres. With the default an IMX219's 3280 columns of 1.12 um see 120 degrees.
  double focal_length_mm = 1.754;

  /// The direction that is seen at a place of the sensor, in millimetres from the optical axis, x to the right and y down as in the picture.
  Ray ray(double x_mm, double y_mm) const;
  /// Where a direction is seen, in millimetres. False if nowhere: behind the camera, or, for straight lines, 90 degrees and more from the axis.
  bool place(const Ray& direction, double* x_mm, double* y_mm) const;
  /// The lens of that kind through which a sensor of that width sees so many degrees from side to side; below 180 for straight lines.
  static LensProjection with_view(Kind kind, double degrees, double width_mm);
  /// The angle, in degrees, between the two ends of a line of that length through the axis: the field of view across a sensor of that width.
  double field_of_view_deg(double width_mm) const;
};

}  // namespace saksi::hw

#endif
