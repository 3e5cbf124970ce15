#include "judge/measure/ready_time.h"

#include <fmt/format.h>

#include <cmath>

#include "base/recording_format.h"
#include "judge/measure/timeline.h"

namespace saksi::judge {

void measure_ready_time(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const std::optional<std::string> led = observations.claims.led(recording::kClaimLedReady);
  if (!led || !timeline.power_on()) {
    measurement.reason = led ? "no power-on" : "the device claims no ready LED";
    return;
  }
  const Moment from = *timeline.power_on();
  const std::optional<Moment> lit = timeline.first_lit(*led, from.s);
  if (!lit) {
    measurement.add_at_least(timeline.end_s() - from.s, fmt::format("Power-on at {:.6f} s; the ready LED was never lit.", from.s));
    return;
  }
  const double u = std::sqrt(from.u_s * from.u_s + lit->u_s * lit->u_s);
  measurement.add_sample(estimate_of({lit->s - from.s, lit->s - from.s}, u, observations.digest, measurement.id), "",
                         fmt::format("Power-on at {:.6f} s; ready LED lit at {:.6f} s.", from.s, lit->s), true, {{"bench_clock", "normal", u}});
}

}  // namespace saksi::judge
