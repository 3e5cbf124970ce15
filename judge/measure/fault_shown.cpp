#include "judge/measure/fault_shown.h"

#include <fmt/format.h>

#include <cmath>

#include "base/recording_format.h"
#include "judge/measure/timeline.h"

namespace saksi::judge {

void measure_fault_shown(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const std::optional<std::string> led = observations.claims.led(recording::kClaimLedFault);
  if (!led) {
    measurement.reason = "the device claims no fault LED";
    return;
  }
  if (timeline.sessions().empty() && !timeline.power_on()) {
    measurement.reason = "no press and no power-on";
    return;
  }
  const bool by_press = !timeline.sessions().empty();
  const Moment from = by_press ? timeline.sessions().front().press : *timeline.power_on();
  const std::string since = fmt::format("{} at {:.6f} s", by_press ? "Press" : "Power-on", from.s);
  const std::optional<Moment> lit = timeline.first_lit(*led, from.s);
  if (!lit) {
    measurement.add_at_least(timeline.end_s() - from.s, fmt::format("{}; the fault LED was never lit.", since));
  } else {
    const double u = std::sqrt(from.u_s * from.u_s + lit->u_s * lit->u_s);
    const double after_s = lit->s - from.s;
    const Estimate estimate = after_s == 0 ? Estimate{0, 0} : estimate_of({after_s, after_s}, u, observations.digest, measurement.id);
    measurement.add_sample(estimate, "", fmt::format("{}; fault LED lit {}.", since, after_s == 0 ? "before" : fmt::format("at {:.6f} s", lit->s)));
  }
}

}  // namespace saksi::judge
