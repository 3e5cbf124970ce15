#include "judge/measure/fault_logged.h"

#include <fmt/format.h>

#include "base/recording_format.h"
#include "judge/card/text.h"

namespace saksi::judge {

void measure_fault_logged(const Observations& observations, Measurement& measurement) {
  double count = 0;
  for (const ConsoleLine& line : observations.recording->console) {
    if (line.text.rfind(recording::kConsoleErrorPrefix, 0) != 0) continue;
    if (count == 0) measurement.explain = fmt::format("First at {:.6f} s: {}", static_cast<double>(line.t_ns) / 1e9, valid_utf8(line.text));
    count += 1;
  }
  measurement.value = count;
  if (count == 0) measurement.explain = "No console line begins with \"E:\".";
}

}  // namespace saksi::judge
