#ifndef SAKSI_SIM_BENCHMARK_EMVA1288_H_
#define SAKSI_SIM_BENCHMARK_EMVA1288_H_

#include <vector>

#include "hw-models/sensor/sensor_rig.h"

namespace saksi::sim {

/// Samples of one colour of a raw frame, all exposed alike, in digital numbers (DN).
using hw::RawPlane;

/// Mean and temporal variance (DN, DN^2) from two planes exposed alike: EMVA 1288 Release 3.1, eq. 34 to 38. Both of the same size, not empty.
struct TemporalFigures {
  double mean = 0;
  double variance = 0;
};
TemporalFigures temporal_of(const RawPlane& a, const RawPlane& b);

/// Mean and spatial variance of what stays the same from plane to plane: the variance of the planes' mean, less what the temporal noise leaves
/// in it (section 8.1).
class PlaneStack {
 public:
  void add(const RawPlane& plane);
  double mean() const;
  double spatial_variance() const;

 private:
  std::vector<double> sum_, squares_;
  int planes_ = 0;
};

/// One step of the photon transfer: two planes in the light, two in the dark, at the same exposure time.
struct TransferStep {
  double exposure_s = 0;
  double photons = 0;  ///< on a pixel, mean
  TemporalFigures light, dark;
};

/// What the method finds of a camera with a linear response.
struct EmvaFigures {
  double gain_dn_per_e = 0;       ///< K, overall system gain (section 6.6)
  double quantum_efficiency = 0;  ///< eta: responsivity over gain
  double dark_noise_e = 0;        ///< sigma_d, quantisation taken off
  bool is_quantised = false;      ///< the dark variance is below 0.24 DN^2: dark_noise_e is no more than a bound
  double dark_current_e_s = 0;    ///< mu_I, from the mean (section 7.1)
  double dark_offset_dn = 0;      ///< mu_y.dark at no exposure
  double saturation_e = 0;        ///< mu_e.sat, where the variance is at its highest: some deviations below where every pixel is full
  double full_well_e = 0;         ///< where every pixel is full: the last step
  double linearity_error = 0;     ///< mean deviation from the line of relative least squares between 5 % and 95 %, relative (section 6.7)
};

/// Evaluates a series of steps by ascending exposure, from nearly dark to beyond saturation; at least 20. Throws InfraError if the response never
/// saturates or the series is too short.
EmvaFigures evaluate_transfer(const std::vector<TransferStep>& steps);

/// Relative standard deviation of the pixels' sensitivities from a stack at half of saturation and a dark one (section 8.2).
double prnu_of(const PlaneStack& half, const PlaneStack& dark);

}  // namespace saksi::sim

#endif
