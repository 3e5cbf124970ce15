#ifndef SAKSI_SIM_BENCHMARK_SENSOR_FIGURE_H_
#define SAKSI_SIM_BENCHMARK_SENSOR_FIGURE_H_

#include <string>

namespace saksi::sim {

/// A parameter that was set in the model of the sensor or the lens, and what a method found of it in raw frames.
struct SensorFigure {
  std::string name, unit;
  double set = 0, found = 0;
  double limit = 0;  ///< greatest relative error; 0: none
  double error() const { return set != 0 ? found / set - 1 : 0; }
  bool met() const { return limit == 0 || (error() <= limit && error() >= -limit); }
};

}  // namespace saksi::sim

#endif
