#include <fmt/format.h>

#include <memory>

#include "reports/report.h"
#include "sim/cli/cli.h"

namespace saksi::sim {

namespace {

struct ReportCommandOptions {
  std::vector<std::string> dirs;
  std::string lang = "en";
  std::string out;
  OutputOptions output;
};

/// The last part of a folder's path, with or without a slash at its end.
std::string name_of(std::string dir) {
  while (dir.size() > 1 && dir.back() == '/') dir.pop_back();
  return dir.substr(dir.find_last_of('/') + 1);
}

ExitCode report_command(const ReportCommandOptions& options) {
  for (const std::string& dir : options.dirs) {
    const std::string out = options.out.empty() || options.dirs.size() == 1 ? options.out : options.out + "/" + name_of(dir);
    const report::WrittenReport written = report::report_folder(dir, options.lang, out);
    if (!options.output.quiet) fmt::print("{}: {}\n", written.html, written.verdict);
  }
  if (options.dirs.size() > 1) {
    const report::WrittenSuite suite = report::report_suite(options.dirs, options.lang, options.out.empty() ? "." : options.out);
    if (!options.output.quiet) fmt::print("{}\n", suite.html);
  }
  return ExitCode::kPass;
}

}  // namespace

void add_report_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ReportCommandOptions>();
  CLI::App* command = app.add_subcommand("report", "Write report.html, junit.xml and timeline.json for what a run left");
  command->add_option("dirs", options->dirs, "Folders that run left")->required()->type_name("DIR");
  command->add_option("--lang", options->lang, "Language of the report")->check(CLI::IsMember(report::languages()))->capture_default_str();
  command->add_option("--out", options->out, "Folder for the reports; default beside the input");
  add_output_options(*command, options->output);
  command->footer("Examples:\n  saksi report out/press-at-desk --lang id\n  saksi report out/suite/*/ --out out/reports");
  command->callback([options, &chosen] { chosen = [options] { return report_command(*options); }; });
}

}  // namespace saksi::sim
