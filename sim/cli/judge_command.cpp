#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/wall_clock.h"
#include "judge/signature/date.h"
#include "judge/verdict/judge.h"
#include "sim/cli/cli.h"
#include "sim/cli/table.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

struct JudgeCommandOptions {
  std::string path;
  std::string requirements;
  std::string out;
  std::string trust;
  std::string today;
  OutputOptions output;
};

/// Beside the input: in the folder of a recording or a file; a card that is mounted is not written to.
std::string default_out(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path input = fs::absolute(path).lexically_normal();
  if (fs::is_directory(input) && fs::exists(input / "manifest.json")) return input.parent_path().string();
  if (fs::is_directory(input)) return "";
  return input.parent_path().string();
}

/// Whom to trust and as of when; without --trust certificates are not judged at all, and no date is needed.
judge::SignatureOptions signature_options(const JudgeCommandOptions& options) {
  judge::SignatureOptions signature;
  if (options.trust.empty() && !options.today.empty()) throw UsageError("--today is the date at which certificates are judged: give --trust with it");
  if (options.trust.empty()) return signature;
  signature.anchors = judge::TrustAnchors::load(options.trust);
  signature.today = options.today.empty() ? wall_date_s() / judge::kSecondsPerDay * judge::kSecondsPerDay : judge::parse_date(options.today);
  return signature;
}

ExitCode judge_command(const JudgeCommandOptions& options) {
  judge::JudgeOptions judge_options;
  judge_options.requirements_file = options.requirements;
  judge_options.default_requirements_file = project_dir() + "/scenarios/requirements/first-light.yaml";
  judge_options.signature = signature_options(options);
  const nlohmann::ordered_json verdicts = judge::judge_recording(options.path, judge_options);
  const std::string out_dir = options.out.empty() ? default_out(options.path) : options.out;
  if (!out_dir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(out_dir, error);
    std::ofstream out(out_dir + "/verdicts.json");
    out << judge::verdicts_text(verdicts);
    if (!out.flush()) throw UsageError(out_dir + "/verdicts.json: cannot be written; choose another folder with --out");
  }
  const std::string word = verdicts.at("verdict").get<std::string>();
  if (options.output.json) {
    fmt::print("{}\n", verdicts.dump(2));
  } else {
    fmt::print("{}: {}\n", options.path, word);
    if (!options.output.quiet) fmt::print("{}", requirement_table(verdicts));
  }
  return judge::verdicts_exit_code(verdicts);
}

}  // namespace

void add_judge_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<JudgeCommandOptions>();
  CLI::App* command = app.add_subcommand("judge", "Judge what a camera left: a recording folder, a card image, a mounted card or an MP4 file");
  command->add_option("path", options->path, "Recording folder, card image, mounted card or MP4 file")->required();
  command->add_option("--requirements", options->requirements, "Requirement file, in place of the recording's own");
  command->add_option("--out", options->out, "Folder for verdicts.json; default beside the input");
  command->add_option("--trust", options->trust, "PEM file with the certificates whose issue is trusted; the clips must then be signed");
  command->add_option("--today", options->today, "Date (YYYY-MM-DD, UTC) at which certificates are judged; default the computer's, told in verdicts.json");
  add_output_options(*command, options->output);
  command->footer(
      "Examples:\n"
      "  saksi judge out/a/recording\n"
      "  saksi judge card.img --requirements scenarios/requirements/first-light.yaml\n"
      "  saksi judge CLIP0001.MP4 --json\n"
      "  saksi judge CLIP0001.MP4 --trust vendor-ca.pem --today 2026-11-28");
  command->callback([options, &chosen] { chosen = [options] { return judge_command(*options); }; });
}

}  // namespace saksi::sim
