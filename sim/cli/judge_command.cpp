#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/wall_clock.h"
#include "judge/seal/seal.h"
#include "judge/seal/time_stamp.h"
#include "judge/signature/date.h"
#include "judge/tamper/tamper_matrix.h"
#include "judge/verdict/judge.h"
#include "reports/report.h"
#include "reports/tamper_page.h"
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
  std::string seal;
  std::string check_seal;
  std::string key;
  std::string who;
  std::string when;
  std::string time_stamp;
  std::string time_stamp_anchor;
  bool tamper_matrix = false;
  std::string keep;
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

void write_text(const std::string& path, const std::string& text, const char* option) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw UsageError(fmt::format("{}: cannot be written; choose another place with {}", path, option));
}

/// Seals the path. A seal that lies in the sealed folder would be missed by itself.
ExitCode seal_command(const JudgeCommandOptions& options) {
  const nlohmann::ordered_json seal = judge::make_seal(options.path, {options.who, options.when, options.key, SAKSI_VERSION});
  write_text(options.seal, judge::seal_text(seal), "--seal");
  const std::vector<uint8_t> request = judge::time_stamp_request(options.seal);
  write_text(options.seal + ".tsq", std::string(request.begin(), request.end()), "--seal");
  if (options.output.json) {
    fmt::print("{}\n", seal.dump(2));
  } else {
    fmt::print("{}: {} files sealed{}\n", options.seal, seal.at("files").size(), options.key.empty() ? ", not signed (--key signs)" : " and signed");
    if (!options.output.quiet)
      fmt::print("{0}.tsq: send it to a time-stamping authority (RFC 3161); check the reply with --check-seal {0} --time-stamp\n", options.seal);
  }
  return ExitCode::kPass;
}

ExitCode check_seal_command(const JudgeCommandOptions& options) {
  judge::SealCheck check = judge::check_seal(options.check_seal, options.path, options.key);
  if (options.time_stamp.empty() != options.time_stamp_anchor.empty()) throw UsageError("--time-stamp and --time-stamp-anchor go together");
  nlohmann::ordered_json json = {{"seal", options.check_seal}, {"signed", check.is_signed}};
  if (!options.time_stamp.empty()) {
    const judge::TimeStamp stamp = judge::check_time_stamp(options.time_stamp, options.check_seal, options.time_stamp_anchor);
    json["time_stamp"] = stamp.time;
    if (!stamp.good) check.findings.push_back("The time-stamp is not one of this seal: " + stamp.reason + ".");
  }
  json["findings"] = check.findings;
  const ExitCode code = check.findings.empty() ? ExitCode::kPass : ExitCode::kFail;
  json["verdict"] = verdict_word(code);
  if (options.output.json) {
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return code;
  }
  fmt::print("{}: {}\n", options.path, code == ExitCode::kPass ? "is what was sealed" : "is not what was sealed");
  if (options.output.quiet) return code;
  if (json.contains("time_stamp") && code == ExitCode::kPass) fmt::print("The seal existed at {}.\n", json["time_stamp"].get<std::string>());
  if (!check.is_signed) fmt::print("The seal is not signed: who could change the files could change it, too.\n");
  for (const std::string& finding : check.findings) fmt::print("  {}\n", finding);
  return code;
}

ExitCode tamper_matrix_command(const JudgeCommandOptions& options) {
  const judge::TamperProgress progress = [&](size_t number, size_t count, const std::string& id) {
    if (!options.output.quiet) fmt::print(stderr, "\r{}/{} {:<32}", number, count, id);
  };
  const nlohmann::ordered_json matrix = judge::tamper_matrix(options.path, signature_options(options), options.keep, progress);
  if (!options.output.quiet) fmt::print(stderr, "\r{:<40}\r", "");
  const std::string out_dir = options.out.empty() ? default_out(options.path) : options.out;
  std::error_code error;
  std::filesystem::create_directories(out_dir, error);
  write_text(out_dir + "/tamper-matrix.json", matrix.dump(2) + "\n", "--out");
  for (const std::string& code : report::languages()) {
    write_text(out_dir + "/tamper-matrix." + code + ".html", report::tamper_page(matrix, report::Language::get(code)), "--out");
  }
  const bool passed = matrix.at("passed").get<bool>();
  if (options.output.json) {
    fmt::print("{}\n", matrix.dump(2));
  } else {
    fmt::print("{}: {}\n", options.path, passed ? "every attack came out as expected" : "an attack came out otherwise than expected");
    for (const auto& attack : matrix.at("attacks")) {
      if (options.output.quiet) break;
      const std::string found = attack["found"].get<std::string>(), expected = attack["expected"].get<std::string>();
      fmt::print("{:<5} {:<28} expected {:<19} found {:<19} {}\n", attack["passed"].get<bool>() ? "ok" : "FAIL", attack["id"].get<std::string>(),
                 expected, found, attack["text"]["en"].get<std::string>());
    }
  }
  return passed ? ExitCode::kPass : ExitCode::kFail;
}

ExitCode judge_command(const JudgeCommandOptions& options) {
  if ((options.seal.empty() ? 0 : 1) + (options.check_seal.empty() ? 0 : 1) + (options.tamper_matrix ? 1 : 0) > 1) {
    throw UsageError("--seal, --check-seal and --tamper-matrix are three things: give one of them");
  }
  if (!options.seal.empty()) return seal_command(options);
  if (!options.check_seal.empty()) return check_seal_command(options);
  if (options.tamper_matrix) return tamper_matrix_command(options);
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
  command->add_option("--today", options->today,
                      "Date (YYYY-MM-DD, UTC) at which certificates are judged; default the computer's, told in verdicts.json");
  command->add_option("--seal", options->seal,
                      "Do not judge, but write a manifest with the SHA-256 of everything, and OUT.tsq, a time-stamp request");
  command->add_option("--check-seal", options->check_seal, "Do not judge, but compare the path with a manifest that --seal wrote");
  command->add_option("--key", options->key,
                      "PEM: the private key that signs a seal; with --check-seal the public key or certificate it must be signed by");
  command->add_option("--who", options->who, "Who seals, for the manifest");
  command->add_option("--when", options->when, "When it is sealed, for the manifest");
  command->add_option("--time-stamp", options->time_stamp, "With --check-seal: an authority's reply (RFC 3161) to the request");
  command->add_option("--time-stamp-anchor", options->time_stamp_anchor, "PEM file with that authority's root certificate");
  command->add_flag("--tamper-matrix", options->tamper_matrix,
                    "Do not judge, but attack the signed clip in every way known, and tell which attacks are found");
  command->add_option("--keep", options->keep, "With --tamper-matrix: folder for the attacked clips");
  add_output_options(*command, options->output);
  command->footer(
      "Examples:\n"
      "  saksi judge out/a/recording\n"
      "  saksi judge card.img --requirements scenarios/requirements/first-light.yaml\n"
      "  saksi judge CLIP0001.MP4 --json\n"
      "  saksi judge CLIP0001.MP4 --trust vendor-ca.pem --today 2026-11-28\n"
      "  saksi judge card.img --seal seal.json --key officer.pem --who 'Exhibit officer 7' --when 2026-11-28T10:00Z\n"
      "  saksi judge card.img --check-seal seal.json\n"
      "  saksi judge --tamper-matrix CLIP0001.MP4 --trust vendor-ca.pem");
  command->callback([options, &chosen] { chosen = [options] { return judge_command(*options); }; });
}

}  // namespace saksi::sim
