
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "judge/claims/durable_search.h"
#include "reports/report.h"
#include "sim/cli/cli.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/player/suite_search.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct SearchCommandOptions {
  std::string suite;
  RunRequest base;
  int parallel = 1;
  double wall_limit_s = 3600;
  std::string lang = "en";
  OutputOptions output;
};

/// One cut of one press that is to be made.
struct Cut {
  size_t press;
  int64_t at_ms;
  RunRequest request;
};

class Searcher {
 public:
  Searcher(const SearchCommandOptions& options, const SuiteSearch& suite, judge::Requirement requirement)
      : options_(options),
        suite_(suite),
        plan_{suite.from_ms, suite.to_ms, suite.step_ms, suite.neighbours},
        requirement_(std::move(requirement)),
        entries_(load_suite(options.suite)) {
    for (const SuiteEntry& entry : entries_) presses_.push_back({entry.name, judge::DurableSearch(plan_)});
  }

  /// Makes cuts until every press has its answer. Returns what went wrong with runs.
  std::vector<std::string> search() {
    std::vector<std::string> problems;
    while (problems.empty()) {
      const std::vector<Cut> cuts = next_cuts();
      if (cuts.empty()) break;
      std::vector<Job> jobs;
      for (const Cut& cut : cuts) jobs.push_back({cut.request.name, [&cut] { return run(prepare_run(cut.request), [](double, double) {}).code; }});
      run_jobs(jobs, options_.parallel, options_.wall_limit_s, [&](size_t index, const JobResult& result) {
        if (!take(cuts[index])) problems.push_back(fmt::format("{}: infra-error: {}", cuts[index].request.name, result.problem));
      });
    }
    return problems;
  }

  Json json() const { return judge::judge_search(requirement_, plan_, presses_); }

  /// Folders of cuts that decide nothing go; those beside what was found stay, to look at.
  void tidy() const {
    for (const judge::SearchedPress& press : presses_) {
      for (const auto& [at, left] : press.search.cuts()) {
        if (at != press.search.last_not_kept() && at != press.search.first_kept()) fs::remove_all(folder(press.name, at));
      }
    }
  }

 private:
  std::string folder(const std::string& press, int64_t at_ms) const { return fmt::format("{}/{}/cut-{}-ms", options_.base.out_dir, press, at_ms); }

  std::vector<Cut> next_cuts() const {
    std::vector<Cut> cuts;
    for (size_t i = 0; i < presses_.size(); ++i) {
      const std::optional<int64_t> at = presses_[i].search.next();
      if (!at) continue;
      RunRequest request = options_.base;
      request.scenario_path = entries_[i].scenario_path;
      request.parameters = entries_[i].parameters;
      request.parameters[suite_.parameter] = std::to_string(*at);
      request.seed = entries_[i].seed;
      request.name = fmt::format("{}-cut-{}-ms", presses_[i].name, *at);
      request.out_dir = folder(presses_[i].name, *at);
      cuts.push_back({i, *at, request});
    }
    return cuts;
  }

  /// Takes in what a run's verdicts say. False if it left none.
  bool take(const Cut& cut) {
    std::ifstream in(cut.request.out_dir + "/verdicts.json");
    const Json verdicts = in ? Json::parse(in, nullptr, false) : Json();
    if (!verdicts.is_object()) return false;
    judge::DurableSearch& search = presses_[cut.press].search;
    search.add(cut.at_ms, judge::left_by(verdicts, requirement_.measurement));
    if (!options_.output.quiet && !options_.output.json) tell(cut, search);
    return true;
  }

  static void tell(const Cut& cut, const judge::DurableSearch& search) {
    const auto text = [](const std::optional<int64_t>& ms) { return ms ? fmt::format("{} ms", *ms) : std::string("-"); };
    const judge::CutLeft& left = search.cuts().at(cut.at_ms);
    const char* word = left.kind == judge::CutLeft::Kind::kKept ? "kept" : left.kind == judge::CutLeft::Kind::kLost ? "lost" : "undecided";
    fmt::print(stderr, "  {}: {}{}; not kept until {}, kept from {}\n", cut.request.name, word, left.reason.empty() ? "" : " (" + left.reason + ")",
               text(search.last_not_kept()), text(search.first_kept()));
    std::fflush(stderr);
  }

  const SearchCommandOptions& options_;
  const SuiteSearch& suite_;
  judge::SearchPlan plan_;
  judge::Requirement requirement_;
  std::vector<SuiteEntry> entries_;
  std::vector<judge::SearchedPress> presses_;
};

judge::Requirement search_requirement(const SuiteSearch& suite) {
  const judge::RequirementSet set = judge::RequirementSet::load(suite.requirements_path);
  std::vector<std::string> known;
  for (const judge::Requirement& entry : set.entries()) {
    if (entry.measurement == "press_to_durable" || entry.measurement == "led_to_durable") known.push_back(entry.id);
  }
  for (const std::string& id : known) {
    if (id == suite.requirement) return *set.find(id);
  }
  suite.place->fail_unknown("there is no requirement about press_to_durable or led_to_durable", suite.requirement, known);
}

std::string search_table(const Json& search) {
  const auto cell = [](const Json& ms) { return ms.is_number() ? fmt::format("{} ms", ms.get<int64_t>()) : std::string("-"); };
  std::string text = fmt::format("  {:<32}{:>16}{:>14}{:>8}\n", "press", "not kept until", "kept from", "cuts");
  for (const Json& press : search.at("presses")) {
    text += fmt::format("  {:<32}{:>16}{:>14}{:>8}{}\n", press.at("name").get<std::string>(), cell(press.at("last_not_kept_ms")),
                        cell(press.at("first_kept_ms")), press.at("cuts").size(),
                        press.at("monotone").get<bool>() ? "" : "  an earlier cut kept what a later one lost");
  }
  const Json& m = search.at("measurement");
  const std::string value = m.contains("value") ? fmt::format("{:.4f} +- {:.4f} s, at most {:.4f} s", m.at("value").get<double>(),
                                                               m.at("uncertainty").get<double>(), m.at("upper_bound").get<double>())
                                                : fmt::format("at least {:.4f} s", m.at("at_least").get<double>());
  const std::string reason = search.at("reason").get<std::string>();
  return text + fmt::format("  {}: {}\n{}: {}{}\n", m.at("id").get<std::string>(), value, search.at("requirement").at("id").get<std::string>(),
                            search.at("verdict").get<std::string>(), reason.empty() ? "" : " (" + reason + ")");
}

ExitCode search_command(SearchCommandOptions options) {
  const std::optional<SuiteSearch> suite = is_suite(options.suite) ? suite_search(options.suite) : std::nullopt;
  if (!suite) throw UsageError(options.suite + ": a suite with a 'search' was expected; docs/formats/scenario.md has one");
  if (options.base.out_dir.empty()) options.base.out_dir = "out/" + fs::path(options.suite).stem().string();
  Searcher searcher(options, *suite, search_requirement(*suite));
  const std::vector<std::string> problems = searcher.search();
  for (const std::string& problem : problems) fmt::print(stderr, "{}\n", problem);
  if (!problems.empty()) return ExitCode::kInfraError;
  searcher.tidy();
  const Json search = searcher.json();
  std::ofstream out(options.base.out_dir + "/search.json");
  out << search.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  if (!out.flush()) throw UsageError(options.base.out_dir + "/search.json: cannot be written; choose another folder with --out");
  const report::WrittenSuite written = report::report_search(search, options.lang, options.base.out_dir);
  if (options.output.json) {
    fmt::print("{}\n", search.dump(2));
  } else if (options.output.quiet) {
    fmt::print("{}\n", search.at("verdict").get<std::string>());
  } else {
    fmt::print("{}  report: {}\n", search_table(search), written.html);
  }
  return verdict_code(search.at("verdict").get<std::string>());
}

}  // namespace

void add_search_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<SearchCommandOptions>();
  CLI::App* command = app.add_subcommand("search", "Find by power cuts the first moment from which on a recording survives one");
  command->add_option("suite", options->suite, "Suite file with a 'search'")->type_name("SUITE.yaml")->required();
  command->add_option("--device", options->base.device_path, "Device file; default scenarios/devices/saksi-cam.yaml, or the scenario's own");
  command->add_option("--firmware", options->base.firmware_path, "Firmware to run, an RV32 ELF; default the reference firmware");
  command->add_option("--encoder", options->base.encoder, "What plays the encoder: rtl or its C++ twin, model")
      ->check(CLI::IsMember({"model", "rtl"}))
      ->default_val("model");
  command->add_option("--out", options->base.out_dir,
                      "Folder for search.json, search.html, junit.xml and the cuts beside what was found; default out/<suite>");
  command->add_option("-j", options->parallel, "Cuts at a time, each of another press")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_option("--wall-limit", options->wall_limit_s, "Host seconds after which a run is an infra-error")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--lang", options->lang, "Language of search.html")->check(CLI::IsMember(report::languages()))->capture_default_str();
  add_output_options(*command, options->output);
  command->footer(
      "A recording cannot show what was durable at a moment; a cut at that moment can. Each press is searched by halving, then beside what was\n"
      "found.\n"
      "The figure is that of the worst press, between the latest cut that lost and the earliest behind it that kept.\n"
      "Examples:\n"
      "  saksi search scenarios/suites/press-to-durable.yaml -j 2\n"
      "  saksi search scenarios/suites/led-to-durable.yaml --firmware my.elf");
  command->callback([options, &chosen] { chosen = [options] { return search_command(*options); }; });
}

}  // namespace saksi::sim
