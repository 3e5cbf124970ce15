#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "base/wall_clock.h"
#include "sim/cli/cli.h"
#include "sim/cli/table.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

ExitCode demo_command(const std::string& out_dir, const std::string& clip_path) {
  RunRequest request;
  request.clip_path = clip_path;
  request.scenario_path = project_dir() + "/scenarios/start/press-at-desk.yaml";
  request.out_dir = out_dir;
  const PreparedRun prepared = prepare_run(request);
  fmt::print("An officer presses record at a checkpoint desk. The camera is simulated: light, sensor, the encoder's circuit (Verilator),\n"
             "its processor with the real firmware, card and cell. Then the card is judged as if a real camera had left it.\n");
  std::fflush(stdout);
  const double started_s = wall_clock_s();
  const auto progress = [last = -1](double reached_s, double of_s) mutable {
    if (static_cast<int>(reached_s) == last) return;
    last = static_cast<int>(reached_s);
    fmt::print(stderr, "  recording: {} of {:.0f} simulated seconds\n", last, of_s);
  };
  constexpr double kWallLimit = 600;
  const auto results = run_jobs({{"demo", [&] { return run(prepared, progress).code; }}}, 1, kWallLimit, [](size_t, const JobResult&) {});
  if (!results[0].problem.empty()) fmt::print(stderr, "infra-error: {}\n", results[0].problem);
  std::ifstream in(out_dir + "/verdicts.json");
  const auto verdicts = nlohmann::ordered_json::parse(in, nullptr, false);
  if (verdicts.is_object()) fmt::print("\n{}", requirement_table(verdicts));
  std::ifstream performance_in(out_dir + "/performance.json");
  const auto performance = nlohmann::ordered_json::parse(performance_in, nullptr, false);
  fmt::print("\nverdict: {}\nreport:  {}/report.html\n", verdict_word(results[0].code), out_dir);
  if (performance.is_object()) {
    fmt::print("{:.1f} simulated seconds took {:.1f} s:", performance.at("simulated_s").get<double>(), wall_clock_s() - started_s);
    for (const auto& [part, share] : performance.at("share").items()) fmt::print(" {} {:.1f} s,", part, share.get<double>() * performance.at("wall_s").get<double>());
    fmt::print(" {} instructions, {} encoder cycles\n", performance.at("instructions").get<uint64_t>(), performance.at("rtl_cycles").get<uint64_t>());
  }
  return results[0].code;
}

}  // namespace

void add_demo_command(CLI::App& app, Command& chosen) {
  auto out = std::make_shared<std::string>("out/demo");
  auto clip = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("demo", "Run the main scenario on the Verilated encoder and show what came of it");
  command->add_option("--out", *out, "Folder for what the demo makes")->capture_default_str();
  command->add_option("--clip", *clip, "Any video that FFmpeg reads, in place of the scene's own");
  command->callback([out, clip, &chosen] { chosen = [out, clip] { return demo_command(*out, *clip); }; });
}

}  // namespace saksi::sim
