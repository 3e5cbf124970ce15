#include <fmt/format.h>

#include <memory>

#include "sim/cli/cli.h"
#include "sim/why/why.h"

namespace saksi::sim {

namespace {

struct WhyCommandOptions {
  std::string dir, question, firmware;
  bool json = false;
};

}  // namespace

void add_why_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<WhyCommandOptions>();
  CLI::App* command = app.add_subcommand("why", "Where a byte on the card came from, back to the source line and the photon; or where a frame went");
  command->add_option("run", options->dir, "Folder that 'saksi run' left")->required()->type_name("DIR");
  command->add_option("question", options->question, "card:OFFSET, clip:FRAME or clip:FILE:FRAME")->required();
  command->add_option("--firmware", options->firmware, "The ELF that ran, for source lines; default the reference firmware");
  command->add_flag("--json", options->json, "The answer as JSON");
  command->footer(
      "Examples:\n  saksi why out/press-at-desk card:0x1084200\n  saksi why out/press-at-desk clip:47\n  saksi why out/a clip:CLIP0002.MP4:0 --json");
  command->callback([options, &chosen] {
    chosen = [options] {
      const nlohmann::ordered_json answer = why(options->dir, options->question, options->firmware);
      fmt::print("{}", options->json ? answer.dump(2) + "\n" : why_text(answer));
      return ExitCode::kPass;
    };
  });
}

}  // namespace saksi::sim
