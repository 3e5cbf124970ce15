#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/recording_format.h"
#include "judge/recording/recording.h"
#include "judge/verdict/judge.h"
#include "reports/report.h"
#include "sim/cli/claim_progress.h"
#include "sim/cli/cli.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

struct ClaimCommandOptions {
  std::vector<std::string> folders;
  std::string requirement;
  std::string requirements;
  std::string out = "out/claim";
  std::string lang = "en";
  OutputOptions output;
};

/// A recording folder, or the folder of a run that holds one.
std::string recording_in(const std::string& folder) {
  for (const std::string& candidate : {folder, folder + "/recording"}) {
    if (fs::exists(candidate + "/" + recording::kManifestFile)) return candidate;
  }
  throw UsageError(folder + ": neither a recording folder nor a folder that holds one (recording/manifest.json); a card alone does not say when the "
                            "button was pressed");
}

judge::Press press_in(const std::string& folder, const judge::Requirement& requirement) {
  const std::string path = recording_in(folder);
  judge::JudgeOptions options;
  options.default_requirements_file = project_dir() + "/scenarios/requirements/first-light.yaml";
  const nlohmann::ordered_json verdicts = judge::judge_recording(path, options);
  const std::optional<judge::Recording> recording = judge::Recording::load(path);
  const std::string state = recording ? recording->manifest.value(recording::kKeyState, "") : "";
  return judge::press_of(verdicts, requirement, folder, state);
}

ExitCode claim_command(const ClaimCommandOptions& options) {
  const std::string file = options.requirements.empty() ? project_dir() + "/scenarios/requirements/imigrasi.yaml" : options.requirements;
  const judge::Requirement requirement =
      claim_requirement(judge::RequirementSet::load(file), YamlNode::parse("'" + options.requirement + "'", "--requirement"));
  ClaimProgress progress(requirement, options.folders.size());
  for (size_t i = 0; i < options.folders.size(); ++i) {
    progress.add(i, press_in(options.folders[i], requirement));
    if (!options.output.quiet && !options.output.json) fmt::print(stderr, "  {}\n", judge::progress_text(*requirement.percentile, progress.count()));
  }
  const nlohmann::ordered_json claim = progress.json();
  write_claim(claim, options.out);
  const report::WrittenSuite written = report::report_claim(claim, options.lang, options.out);
  if (options.output.json) {
    fmt::print("{}\n", claim.dump(2));
  } else if (options.output.quiet) {
    fmt::print("{}: {}\n", requirement.id, claim.at("verdict").get<std::string>());
  } else {
    fmt::print("{}  report: {}\n", claim_table(claim), written.html);
  }
  return progress.count().verdict;
}

}  // namespace

void add_claim_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ClaimCommandOptions>();
  CLI::App* command = app.add_subcommand("claim", "Count the presses of many recordings for a requirement about a percentile of them");
  command->add_option("folders", options->folders, "Recording folders, or folders that hold recording/, in the order in which they were made")
      ->required();
  command->add_option("--requirement", options->requirement, "Id of the requirement; it has a percentile")->required();
  command->add_option("--requirements", options->requirements, "Requirement file; default scenarios/requirements/imigrasi.yaml");
  command->add_option("--out", options->out, "Folder for claims.json, claim.html and junit.xml")->capture_default_str();
  command->add_option("--lang", options->lang, "Language of claim.html")->check(CLI::IsMember(report::languages()))->capture_default_str();
  add_output_options(*command, options->output);
  command->footer(
      "Each recording is one press, by its worst; the plan's first ones count, the rest is listed.\n"
      "Example:\n"
      "  saksi claim --requirement imigrasi-press-to-record-p95 bench/press-*/recording --out out/vendor-a");
  command->callback([options, &chosen] { chosen = [options] { return claim_command(*options); }; });
}

}  // namespace saksi::sim
