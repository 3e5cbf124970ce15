#include "sim/benchmark/machine_run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/benchmark/measured_process.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

/// In the child: its last line is the result.
int boot_and_tell(const BootRequest& request) {
  std::string console;
  Json told;
  try {
    BootRequest alone = request;
    alone.second_run = false;
    BootRun boot(alone);
    const BootResult result = boot.run([&](char c) { console += c; }, [](bool, size_t) { return std::optional<std::string>(std::string()); });
    told = {{"passed", result.code == ExitCode::kPass},
            {"ended", result.code != ExitCode::kInconclusive},
            {"problem", result.message},
            {"instructions", result.counts.instructions},
            {"minstret", result.counts.minstret},
            {"mcycle", result.counts.mcycle},
            {"time", result.counts.time},
            {"memory", result.memory_sha256}};
  } catch (const std::exception& error) {
    told = {{"problem", error.what()}};
  }
  told["console"] = console;
  fmt::print("{}\n", told.dump(-1, ' ', false, Json::error_handler_t::replace));
  return 0;
}

}  // namespace

MachineRun run_machine(const BootRequest& request, double wall_limit_s) {
  const ProcessOutcome outcome = run_measured([&] { return boot_and_tell(request); }, wall_limit_s);
  MachineRun run;
  run.user_s = outcome.user_s;
  const Json told = Json::parse(outcome.output, nullptr, false);
  if (!told.is_object()) {
    run.problem = outcome.timed_out ? fmt::format("not at its end after {:.0f} s of host time", wall_limit_s)
                                    : fmt::format("the simulator ended with exit code {}", outcome.exit_code);
    return run;
  }
  run.ended = told.value("ended", false);
  run.passed = told.value("passed", false);
  run.problem = told.value("problem", "");
  run.console = told.value("console", "");
  run.instructions = told.value("instructions", uint64_t{0});
  run.minstret = told.value("minstret", uint64_t{0});
  run.mcycle = told.value("mcycle", uint64_t{0});
  run.time = told.value("time", uint64_t{0});
  run.memory_sha256 = told.value("memory", "");
  return run;
}

}  // namespace saksi::sim
