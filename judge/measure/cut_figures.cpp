#include "judge/measure/cut_figures.h"

namespace saksi::judge {

void measure_in_sweep(const Observations&, Measurement& measurement) {
  measurement.reason = "one recording cannot answer this; 'saksi sweep' cuts the power at every write and sees what the camera recovers";
}

}  // namespace saksi::judge
