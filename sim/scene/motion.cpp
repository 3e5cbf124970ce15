#include "sim/scene/motion.h"

#include <algorithm>
#include <cmath>

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegree = kPi / 180;
constexpr double kGravity = 9.81;
constexpr double kBreathHz = 0.3, kBreathM = 0.005, kBreathDeg = 0.3;
constexpr double kStepHz = 1.9, kFullSpeed = 1.4, kStepM = 0.025, kStepDeg = 1.2, kSwayM = 0.02, kSwayDeg = 1.5;
/// A shock lets the camera swing on its clip, and the swing dies away within half a second.
constexpr double kShockHz = 8, kShockDecay = 6, kShockDegPerG = 2.5, kShockOverS = 1.5;

Pose turned(const Vec3& place, double yaw, double pitch, double roll) {
  const double sy = std::sin(yaw), cy = std::cos(yaw), sp = std::sin(pitch), cp = std::cos(pitch), sr = std::sin(roll), cr = std::cos(roll);
  const Vec3 ahead{sy * cp, -sp, cy * cp}, level{cy, 0, -sy}, below{sy * sp, cp, cy * sp};
  return {place, level * cr + below * sr, below * cr - level * sr, ahead};
}

}  // namespace

double CameraMotion::walking_share(double t_s) const {
  if (config_.body != Body::kWalking || !config_.path.moves()) return 0;
  constexpr double kHalf = 0.25;  // the speed over half a second, about a step
  const auto before = config_.path.at(t_s - kHalf), after = config_.path.at(t_s + kHalf);
  const double speed = std::hypot(after[kX] - before[kX], after[kAhead] - before[kAhead]) / (2 * kHalf);
  return std::min(1.0, speed / kFullSpeed);
}

Pose CameraMotion::at(double t_s) const {
  const auto path = config_.path.at(t_s);
  Vec3 place{path[kX], -path[kHeight], path[kAhead]};
  double yaw = path[kTurn] * kDegree, pitch = path[kPitch] * kDegree, roll = 0;
  if (config_.body != Body::kFixed) {
    const double breath = std::sin(2 * kPi * kBreathHz * t_s + config_.phase);
    place.z += kBreathM * breath;
    pitch += kBreathDeg * kDegree * breath;
  }
  if (const double share = walking_share(t_s); share > 0) {
    const double step = 2 * kPi * kStepHz * t_s + config_.phase, side = step / 2;
    place.y += share * kStepM * std::sin(step);
    place.x += share * kSwayM * std::sin(side);
    pitch += share * kStepDeg * kDegree * std::cos(step);
    roll += share * kSwayDeg * kDegree * std::sin(side);
  }
  for (const Shock& shock : config_.shocks) {
    const double since = t_s - shock.at_s;
    if (since < 0 || since > kShockOverS) continue;
    const double omega = 2 * kPi * kShockHz, swing = std::exp(-kShockDecay * since) * std::sin(omega * since) * shock.g;
    place.y += swing * kGravity / (omega * omega);
    pitch += swing * kShockDegPerG * kDegree;
    roll -= swing * kShockDegPerG * kDegree;
  }
  return turned(place, yaw, pitch, roll);
}

}  // namespace saksi::sim
