#include "hw-models/sensor/lens_projection.h"

#include <cmath>

namespace saksi::hw {

namespace {

constexpr double kPi = 3.14159265358979323846;

}  // namespace

Ray LensProjection::ray(double x_mm, double y_mm) const {
  const double r = std::hypot(x_mm, y_mm);
  if (kind == Kind::kStraightLine) {
    const double length = std::hypot(r, focal_length_mm);
    return {x_mm / length, y_mm / length, focal_length_mm / length};
  }
  if (r == 0) return {};
  const double theta = r / focal_length_mm;
  const double across = std::sin(theta) / r;
  return {x_mm * across, y_mm * across, std::cos(theta)};
}

bool LensProjection::place(const Ray& direction, double* x_mm, double* y_mm) const {
  const double across = std::hypot(direction.x, direction.y);
  if (kind == Kind::kStraightLine && direction.z <= 0) return false;
  if (across == 0) {
    *x_mm = *y_mm = 0;
    return direction.z > 0;
  }
  const double r = focal_length_mm * (kind == Kind::kFisheye ? std::atan2(across, direction.z) : across / direction.z);
  *x_mm = direction.x / across * r;
  *y_mm = direction.y / across * r;
  return true;
}

LensProjection LensProjection::with_view(Kind kind, double degrees, double width_mm) {
  const double half = degrees * kPi / 360;
  return {kind, width_mm / 2 / (kind == Kind::kFisheye ? half : std::tan(half))};
}

double LensProjection::field_of_view_deg(double width_mm) const {
  const double half = width_mm / 2 / focal_length_mm;
  return 2 * (kind == Kind::kFisheye ? half : std::atan(half)) * 180 / kPi;
}

}  // namespace saksi::hw
