#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "hw-models/board/board.h"
#include "hw-models/board/device_tree.h"
#include "sim/cli/cli.h"
#include "sim/cli/probe_options.h"
#include "sim/debug/debug_port.h"
#include "sim/engine/boot.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

struct BootCommandOptions {
  std::vector<std::string> images;  ///< one
  std::string board;
  double max_time_s = 0;
  hw::CpuEngine cpu_engine = hw::CpuEngine::kTranslated;
  std::string signature;
  std::string device_tree;
  ProbeArguments probes;
  int gdb_port = kNoGdb;
};

/// What a signal's handler needs, and the handler: whatever ends the program gives the terminal back as it was.
termios saved_terminal;

extern "C" void restore_terminal_and_die(int signal) {
  tcsetattr(STDIN_FILENO, TCSANOW, &saved_terminal);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

constexpr int kEndingSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPIPE};

/// The terminal as a serial line: every character goes to the guest as it is typed, ^C and ^Z included, unechoed; Enter is a carriage
/// return. ^A x leaves, ^A ^A is ^A, as in QEMU. Input that is no terminal is passed on as it is.
class RawTerminal {
 public:
  RawTerminal() : is_terminal_(isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &saved_terminal) == 0) {
    if (!is_terminal_) return;
    for (const int signal : kEndingSignals) std::signal(signal, restore_terminal_and_die);
    termios raw = saved_terminal;
    raw.c_iflag &= ~static_cast<tcflag_t>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawTerminal() {
    if (!is_terminal_) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_terminal);
    for (const int signal : kEndingSignals) std::signal(signal, SIG_DFL);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// What has been typed, or nothing after ^A x. Waits at most wait_ms for it. Of input that is no terminal, no more than `room` characters.
  std::optional<std::string> typed(int wait_ms, size_t room) {
    std::string text;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (open_ && (is_terminal_ || text.size() < room) && poll(&input, 1, text.empty() ? wait_ms : 0) > 0) {
      char buffer[256];
      const size_t wanted = is_terminal_ ? sizeof buffer : std::min(sizeof buffer, room - text.size());
      const ssize_t got = read(STDIN_FILENO, buffer, wanted);
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
};

ExitCode write_device_tree(const std::string& board_path, const std::string& path) {
  const std::vector<uint8_t> tree = hw::make_device_tree(hw::load_board_spec(board_path));
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(tree.data()), static_cast<std::streamsize>(tree.size()));
  out.close();
  if (!out) throw UsageError(path + ": cannot be written");
  return ExitCode::kPass;
}

BootResult boot_at_terminal(BootRun& boot, RawTerminal& terminal, DebugPort* debug) {
  const BootResult result = boot.run([](char c) { std::fputc(c, stdout); },
                                     [&](bool idle, size_t room) {
                                       std::fflush(stdout);
                                       // An idle guest waits for what is typed or piped in, so it waits in the user's time.
                                       return terminal.typed(idle ? 10 : 0, room);
                                     },
                                     debug);
  std::fflush(stdout);
  return result;
}

ExitCode boot_command(BootCommandOptions options) {
  take_back(options.probes, options.images);
  if (options.images.size() != 1) throw UsageError("boot: one image was expected; saksi boot --help shows how");
  BootRequest request;
  request.image_path = options.images[0];
  request.board_path = options.board.empty() ? project_dir() + "/boards/virt.yaml" : options.board;
  request.max_time_s = options.max_time_s;
  request.cpu_engine = options.cpu_engine;
  request.signature_path = options.signature;
  if (!options.device_tree.empty()) return write_device_tree(request.board_path, options.device_tree);
  request.probes = probe_options(options.probes);
  request.probes.spans_as_chrome_trace = true;
  std::unique_ptr<DebugPort> debug;
  if (options.gdb_port != kNoGdb) debug = std::make_unique<DebugPort>(options.gdb_port);
  BootRun boot(request);
  RawTerminal terminal;
  const auto work = [&] {
    const BootResult result = boot_at_terminal(boot, terminal, debug.get());
    if (!result.message.empty()) fmt::print(stderr, "{}\n", result.message);
    fmt::print(stderr, "{}{}", result.guest, result.trace);
    return result.code;
  };
  if (!debug) return work();
  debug->invite(request.image_path);
  return debug->run(work);
}

}  // namespace

void add_boot_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<BootCommandOptions>();
  CLI::App* command = app.add_subcommand("boot", "Run any RV32 image on a board, with the terminal as its serial console");
  command->add_option("image", options->images, "ELF file, or a raw image named *.bin")->type_name("ELF|BIN")->expected(0, 1);
  command->add_option("--board", options->board, "Board file; default boards/virt.yaml");
  command->add_option("--max-time", options->max_time_s, "End after this many simulated seconds")->check(CLI::PositiveNumber);
  add_cpu_option(*command, options->cpu_engine);
  command->add_option("--signature", options->signature, "At the end write what lies from the symbol begin_signature to end_signature, a word a line")
      ->type_name("FILE");
  command->add_option("--dump-dtb", options->device_tree, "Write the device tree that the image would find in a1 to this file, and end");
  add_probe_options(*command, options->probes, true);
  add_gdb_option(*command, options->gdb_port);
  command->footer(
      "Ends at the test finisher or a write to 'tohost': exit code 0 for pass, else 1 and the number on standard error.\n"
      "It also ends, with 1 and the last instructions, when the image traps with no handler. Faults found by --check-guest give 1 at the end.\n"
      "At a terminal every key goes to the image, ^C too; ^A x leaves, ^A ^A is ^A.\n"
      "Examples:\n"
      "  saksi boot rv32ui-p-add\n"
      "  saksi boot firmware.elf --board boards/saksi-cam.yaml --max-time 2\n"
      "  saksi boot app.elf --check-guest --coverage app.info --hang-after 1\n"
      "  saksi boot firmware.elf --gdb 1234");
  command->callback([options, &chosen] { chosen = [options] { return boot_command(*options); }; });
}

}  // namespace saksi::sim
