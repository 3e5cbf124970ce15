#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "base/error.h"
#include "reports/report.h"
#include "sim/cli/cli.h"
#include "sim/sweep/sweep.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

struct SweepCommandOptions {
  SweepRequest request;
  std::string damages = "torn,shorn,reorder";
  bool no_clip = false;
  bool new_card = false;
  OutputOptions output;
};

std::vector<Damage> read_damages(const std::string& words) {
  std::vector<Damage> damages;
  std::istringstream in(words);
  for (std::string word; std::getline(in, word, ',');) {
    const Damage damage = damage_of(word);
    if (damage != Damage::kNone) damages.push_back(damage);  // the clean cut is always made
  }
  return damages;
}

std::string number_text(const Json& worst) {
  return fmt::format("{:.6g}{}", worst.at("value").get<double>(), worst.at("unit") == "1" ? "" : " " + worst.at("unit").get<std::string>());
}

std::string table(const Json& sweep) {
  std::string text = fmt::format("  {:<27} {:>11} {:>8} {:>9}  {}\n", "requirement", "verdict", "cuts", "broken", "worst");
  for (const Json& line : sweep.at("requirements")) {
    const std::string worst = line.contains("worst") ? number_text(line.at("worst")) + "  " + line.at("worst").at("cut").get<std::string>() : "";
    text += fmt::format("  {:<27} {:>11} {:>8} {:>9}  {}\n", line.at("id").get<std::string>(), line.at("verdict").get<std::string>(),
                        line.at("checked").get<size_t>(), line.at("broken").get<size_t>(), worst);
    const Json& first = line.at("first_broken");
    if (!first.empty()) text += fmt::format("      {}: {}\n", first[0].at("cut").get<std::string>(), first[0].at("why").get<std::string>());
  }
  return text;
}

ExitCode sweep_command(SweepCommandOptions options) {
  SweepRequest& request = options.request;
  request.damages = read_damages(options.damages);
  request.next_clip = !options.no_clip;
  request.used_card = !options.new_card;
  if (request.requirements_path.empty()) request.requirements_path = project_dir() + "/scenarios/requirements/power-cut.yaml";
  const std::string name = load_scenario(request.run.scenario_path, request.run.parameters, request.run.seed).name;
  if (request.run.out_dir.empty()) request.run.out_dir = "out/sweep-" + name;
  const bool shows = !options.output.quiet && !options.output.json;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  size_t last = 0;
  const SweepResult result = sweep(
      request,
      [&](const std::string& text) {
        if (shows) fmt::print(stderr, "  {}: {}\n", name, text);
      },
      [&](size_t done, size_t of, size_t broken) {
        if (!shows || (!terminal && done - last < of / 10 && done < of)) return;
        last = done;
        fmt::print(stderr, "{}  {}: {} of {} cards, {} cuts broke a requirement{}", terminal ? "\r" : "", name, done, of, broken,
                   terminal && done < of ? "" : "\n");
        std::fflush(stderr);
      });
  if (options.output.json) {
    fmt::print("{}\n", result.json.dump(2));
    return result.code;
  }
  fmt::print("{}: {}: {} cuts left {} cards, {} cuts broke a requirement\n", name, verdict_word(result.code), result.json.at("cuts").get<size_t>(),
             result.json.at("cards").get<size_t>(), result.json.at("broken").get<size_t>());
  if (!options.output.quiet) {
    fmt::print("{}  {:.1f} recoveries a second on each of {} workers, {} of {} simulated to their end; report: {}/sweep.html\n", table(result.json),
               result.cards_per_s, request.parallel, result.json.at("simulated").get<size_t>(), result.json.at("cards").get<size_t>(),
               request.run.out_dir);
    for (const Json& left : result.json.at("cases")) {
      fmt::print("  saksi replay {0}/{1} --gdb 1234      up to the cut; --recovery: the start after it\n", request.run.out_dir,
                 left.at("folder").get<std::string>());
    }
  }
  return result.code;
}

}  // namespace

void add_sweep_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<SweepCommandOptions>();
  SweepRequest& request = options->request;
  request.run.encoder = "model";
  request.parallel = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  CLI::App* command = app.add_subcommand("sweep", "Cut the power at every write to the card, let the firmware recover, and judge what is left");
  command->add_option("scenario", request.run.scenario_path, "Scenario file (YAML)")->required()->type_name("SCENARIO.yaml");
  command->add_option("--cuts", request.cuts, "all, a number of cuts spread evenly, or the id of one cut")->capture_default_str();
  command
      ->add_option("--damage", options->damages,
                   "Besides the clean cut, at each cut: torn, shorn, reorder (legal), paired, rollback (not); none for no more")
      ->capture_default_str();
  command->add_option("--repeat", request.repeat, "Random damages of each kind at each cut")->check(CLI::Range(0, 1000))->capture_default_str();
  command->add_option("--damaged", request.damaged, "So many more damages, at random cuts")->check(CLI::Range(0, 10'000'000))->capture_default_str();
  command->add_option("--depth", request.depth, "2: cut every write of each recovery as well")->check(CLI::Range(1, 4))->capture_default_str();
  command->add_flag("--no-clip", options->no_clip, "Make no recording after each recovery");
  command->add_flag("--new-card", options->new_card, "The card was never written before: no old clips lie in its free clusters");
  command->add_flag("--apart", request.apart,
                    "Simulate each recovery by itself, although the camera cannot tell some cards apart: to check it, and slower");
  command->add_option("--damage-seed", request.seed, "Seed of the damages")->capture_default_str();
  command->add_option("--requirements", request.requirements_path, "What is asked of every cut; default scenarios/requirements/power-cut.yaml");
  command->add_option("--device", request.run.device_path, "Device file; default as for run");
  command->add_option("--firmware", request.run.firmware_path, "Firmware to run, an RV32 ELF; default the reference firmware");
  command->add_option("--encoder", request.run.encoder, "Of the run without a cut, as for run")->capture_default_str();
  command->add_option("--seed", request.run.seed, "Seed of the scenario, in place of the file's");
  command->add_option("--lang", request.lang, "Language of the report")->check(CLI::IsMember(report::languages()))->capture_default_str();
  command->add_option("--out", request.run.out_dir, "Folder for what the sweep makes; default out/sweep-<scenario>");
  command->add_option("-j", request.parallel, "Workers")->check(CLI::Range(1, 256))->capture_default_str();
  add_output_options(*command, options->output);
  command->footer(
      "Examples:\n"
      "  saksi sweep scenarios/start/press-at-desk.yaml\n"
      "  saksi sweep scenarios/start/press-at-desk.yaml --cuts 100 --damage none --no-clip\n"
      "  saksi sweep scenarios/start/press-at-desk.yaml --cuts cut=1234,torn=3,seed=7\n"
      "  saksi sweep scenarios/start/press-at-desk.yaml --damage none --damaged 4000\n"
      "  saksi sweep scenarios/start/press-at-desk.yaml --firmware my.elf --depth 2");
  command->callback([options, &chosen] { chosen = [options] { return sweep_command(*options); }; });
}

}  // namespace saksi::sim
