#include "judge/verdict/decision.h"

#include <fmt/format.h>

#include <cmath>

namespace saksi::judge {

namespace {

// Below the last digit that is stored, so that a stored value at its stored limit is inside.
constexpr double kGrain = 5e-7;

/// The sides of a limit as numbers.
struct Sides {
  std::optional<double> min;
  std::optional<double> max;
};

Decision by_interval(const Sides& sides, double low, double high, nlohmann::ordered_json limit) {
  if ((sides.max && low > *sides.max + kGrain) || (sides.min && high < *sides.min - kGrain)) return {ExitCode::kFail, "", std::move(limit)};
  if ((!sides.max || high <= *sides.max + kGrain) && (!sides.min || low >= *sides.min - kGrain)) return {ExitCode::kPass, "", std::move(limit)};
  return {ExitCode::kInconclusive, "the limit lies inside the uncertainty", std::move(limit)};
}

}  // namespace

double rounded(double value) {
  // Adding zero turns a negative zero into a plain one.
  return std::round(value * 1e6) / 1e6 + 0.0;
}

Decision decide(const Requirement& requirement, const Measurement& measurement, const std::vector<Measurement>& all, const Claims& claims) {
  nlohmann::ordered_json limit = nlohmann::ordered_json::object();
  if (requirement.needs_claim && !claims.offers(*requirement.needs_claim)) {
    return {ExitCode::kNotOffered, fmt::format("the device does not claim '{}'", *requirement.needs_claim), requirement.to_json()["limit"]};
  }
  Sides sides;
  std::string reason;
  const auto resolve = [&](const std::optional<Bound>& bound, const char* key) {
    std::optional<double> number;
    if (bound) number = bound->resolve(claims, all, reason);
    if (number) limit[key] = rounded(*number);
    return number;
  };
  sides.min = resolve(requirement.limit.min, "min");
  sides.max = resolve(requirement.limit.max, "max");
  const std::optional<double> equal = resolve(requirement.limit.equal, "equal");
  if (equal) sides.min = sides.max = equal;
  limit["unit"] = requirement.limit.unit;
  if (!reason.empty()) return {ExitCode::kInconclusive, reason, limit};

  if (measurement.value) return by_interval(sides, *measurement.value - measurement.uncertainty, *measurement.value + measurement.uncertainty, limit);
  if (!measurement.at_least) return {ExitCode::kInconclusive, measurement.reason, limit};
  if (sides.max && *measurement.at_least > *sides.max) return {ExitCode::kFail, measurement.explain, limit};
  if (!sides.max && *measurement.at_least >= *sides.min) return {ExitCode::kPass, "", limit};
  return {ExitCode::kInconclusive, "what was waited for had not come by the end, but the limit was not over either", limit};
}

}  // namespace saksi::judge
