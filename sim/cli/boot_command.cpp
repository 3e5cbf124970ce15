#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "base/error.h"
#include "hw-models/board/board.h"
#include "sim/cli/cli.h"
#include "sim/engine/boot.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

struct BootCommandOptions {
  std::string image;
  std::string board;
  double max_time_s = 0;
  int trace_cpu = 0;
  hw::CpuEngine cpu_engine = hw::CpuEngine::kTranslated;
  std::string signature;
};

/// The terminal as a serial line: characters come one by one and unechoed; ^A x leaves, as in QEMU.
class RawTerminal {
 public:
  RawTerminal() : is_terminal_(isatty(STDIN_FILENO) != 0) {
    if (!is_terminal_ || tcgetattr(STDIN_FILENO, &saved_) != 0) return;
    termios raw = saved_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawTerminal() {
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &saved_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// What has been typed, or nothing after ^A x. Waits at most wait_ms for it.
  std::optional<std::string> typed(int wait_ms) {
    std::string text;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (open_ && poll(&input, 1, text.empty() ? wait_ms : 0) > 0) {
      char buffer[256];
      const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
      if (got <= 0) {
        open_ = false;
        break;
      }
      for (ssize_t i = 0; i < got; ++i) {
        if (is_terminal_ && escaped_ && buffer[i] == 'x') return std::nullopt;
        escaped_ = is_terminal_ && buffer[i] == kEscape && !escaped_;
        if (!escaped_) text += buffer[i];
      }
    }
    return text;
  }

 private:
  static constexpr char kEscape = 1;  // ^A
  bool is_terminal_;
  bool open_ = true;
  bool escaped_ = false;
  termios saved_{};
};

ExitCode boot_command(const BootCommandOptions& options) {
  BootRequest request;
  request.image_path = options.image;
  request.board_path = options.board.empty() ? project_dir() + "/boards/virt.yaml" : options.board;
  request.max_time_s = options.max_time_s;
  request.trace_length = options.trace_cpu;
  request.cpu_engine = options.cpu_engine;
  request.signature_path = options.signature;
  BootRun boot(request);
  RawTerminal terminal;
  const BootResult result = boot.run([](char c) { std::fputc(c, stdout); },
                                     [&](bool idle) {
                                       std::fflush(stdout);
                                       // An idle guest waits for what is typed or piped in, so it waits in the user's time.
                                       return terminal.typed(idle ? 10 : 0);
                                     });
  std::fflush(stdout);
  if (!result.message.empty()) fmt::print(stderr, "{}\n", result.message);
  if (options.trace_cpu > 0) fmt::print(stderr, "{}", result.trace);
  return result.code;
}

}  // namespace

void add_boot_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<BootCommandOptions>();
  CLI::App* command = app.add_subcommand("boot", "Run any RV32 image on a board, with the terminal as its serial console");
  command->add_option("image", options->image, "ELF file, or a raw image named *.bin")->required()->type_name("ELF|BIN");
  command->add_option("--board", options->board, "Board file; default boards/virt.yaml");
  command->add_option("--max-time", options->max_time_s, "End after this many simulated seconds")->check(CLI::PositiveNumber);
  command->add_option("--trace-cpu", options->trace_cpu, "Print the last N instructions at the end")->check(CLI::Range(1, 10'000'000));
  add_cpu_option(*command, options->cpu_engine);
  command->add_option("--signature", options->signature, "At the end write what lies from the symbol begin_signature to end_signature, a word a line")
      ->type_name("FILE");
  command->footer(
      "Ends at the test finisher or a write to 'tohost': exit code 0 for pass, else 1 and the number on standard error.\n"
      "At a terminal ^A x leaves.\n"
      "Examples:\n"
      "  saksi boot rv32ui-p-add\n"
      "  saksi boot firmware.elf --board boards/saksi-cam.yaml --max-time 2");
  command->callback([options, &chosen] { chosen = [options] { return boot_command(*options); }; });
}

}  // namespace saksi::sim
