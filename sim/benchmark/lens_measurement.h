#ifndef SAKSI_SIM_BENCHMARK_LENS_MEASUREMENT_H_
#define SAKSI_SIM_BENCHMARK_LENS_MEASUREMENT_H_

#include <vector>

#include "hw-models/sensor/lens.h"
#include "sim/benchmark/sensor_figure.h"

namespace saksi::sim {

/// How sharp a lens is: the MTF50 by the slanted-edge method of ISO 12233 (the pixel's own share taken off), from raw frames of the sensor's middle
/// behind the lens. Throws InfraError if it cannot be measured. Needs a process of its own.
std::vector<SensorFigure> measure_sharpness(const hw::LensConfig& lens, int frames);

/// How a lens spreads light over the field: the illumination in the corner, from frames of an even white surface, and the veiling glare, by a black
/// patch in a white field (as ISO 9358). The same conditions.
std::vector<SensorFigure> measure_field(const hw::LensConfig& lens, int frames);

}  // namespace saksi::sim

#endif
