#include "reports/report.h"

#include <filesystem>

#include "base/error.h"
#include "reports/claim_section.h"
#include "reports/html_report.h"
#include "reports/junit.h"
#include "reports/language.h"
#include "reports/markup.h"
#include "reports/search_section.h"
#include "reports/stills.h"
#include "reports/suite_report.h"
#include "reports/timeline.h"

namespace saksi::report {

namespace fs = std::filesystem;

static void make_folder(const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) throw UsageError(dir.string() + ": cannot be made: " + error.message());
}

/// A run that did not pass leaves a bundle beside its report, which may not be written yet; one that passed is run again from its
/// scenario, which the shell finds below scenarios/.
static std::string replay_command(const ReportInput& input, const std::string& dir) {
  if (!input.recording) return "";
  if (text_or(input.verdicts, "verdict") != "pass") return "./saksi replay " + (fs::path(dir) / "bundle").lexically_normal().string();
  const Json& manifest = input.recording->manifest;
  const Json scenario = manifest.value("inputs", Json::object()).value("scenario", Json());
  if (!scenario.is_object()) return "";
  std::string command = "./saksi run scenarios/*/" + text_or(scenario, "name") + " --seed " + manifest.value("seed", Json(0)).dump();
  const Json parameters = manifest.value("parameters", Json::object());
  for (const auto& [name, value] : parameters.items()) {
    command += " --set " + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return command;
}

static ReportInput read_run(const std::string& dir) {
  ReportInput input = read_folder(dir);
  input.replay_command = replay_command(input, dir);
  return input;
}

WrittenReport report_folder(const std::string& dir, const std::string& lang, const std::string& out_dir) {
  Language::get(lang);
  ReportInput input = read_run(dir);
  read_stills(input);
  const fs::path out = out_dir.empty() ? dir : out_dir;
  make_folder(out);
  const WrittenReport written{(out / "report.html").string(), (out / "junit.xml").string(), (out / "timeline.json").string(),
                              text_or(input.verdicts, "verdict")};
  write_report(written.html, input, lang);
  write_junit(written.junit, {input});
  write_timeline(written.timeline, input);
  return written;
}

WrittenSuite report_suite(const std::vector<std::string>& dirs, const std::string& lang, const std::string& out_dir, const Json& claim) {
  make_folder(out_dir);
  std::vector<SuiteRun> runs;
  std::vector<ReportInput> inputs;
  for (const std::string& dir : dirs) {
    inputs.push_back(read_run(dir));
    runs.push_back({inputs.back(), fs::relative(fs::path(dir) / "report.html", out_dir).generic_string()});
  }
  const WrittenSuite written{(fs::path(out_dir) / "suite.html").string(), (fs::path(out_dir) / "junit.xml").string()};
  write_file(written.html, suite_page(runs, lang, claim));
  write_junit(written.junit, inputs, claim);
  return written;
}

WrittenSuite report_claim(const Json& claim, const std::string& lang, const std::string& out_dir) {
  make_folder(out_dir);
  const WrittenSuite written{(fs::path(out_dir) / "claim.html").string(), (fs::path(out_dir) / "junit.xml").string()};
  write_file(written.html, claim_page(claim, lang));
  write_junit(written.junit, {}, claim);
  return written;
}

WrittenSuite report_search(const Json& search, const std::string& lang, const std::string& out_dir) {
  make_folder(out_dir);
  const WrittenSuite written{(fs::path(out_dir) / "search.html").string(), (fs::path(out_dir) / "junit.xml").string()};
  write_file(written.html, search_page(search, lang));
  write_junit(written.junit, {}, search);
  return written;
}

}  // namespace saksi::report
