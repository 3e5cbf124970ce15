#include "tests/lock-step/qemu.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace saksi::test {
namespace {

constexpr int kLogFd = 3;  ///< in QEMU
constexpr char kEnded[] = "it ended. Is qemu-system-riscv32 there (Debian package qemu-system-misc, see './saksi packages')?";
constexpr int kAnswerMsMax = 60'000;
/// Just what our hart has.
constexpr char kCpu[] = "rv32,f=true,d=true,s=false,h=false,zba=true,zbb=true,zbs=true,zbc=false,pmp=true,Zihintpause=false";

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("QEMU: " + what); }

uint32_t nibble(char c) { return static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); }

uint32_t hex(std::string_view text) {
  uint32_t value = 0;
  for (const char c : text) value = value << 4 | nibble(c);
  return value;
}

/// A word as the protocol writes registers: bytes in the order of memory.
uint32_t word_at(std::string_view text, size_t index) {
  const std::string_view digits = text.substr(8 * index, 8);
  if (digits.size() != 8) fail("registers are missing in '" + std::string(text) + "'");
  return __builtin_bswap32(hex(digits));
}

std::string hex_word(uint32_t value) { return fmt::format("{:08x}", __builtin_bswap32(value)); }

}  // namespace

// The process.

Qemu::Qemu() { start(); }

Qemu::~Qemu() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(stub_);
  close(log_);
}

void Qemu::start() {
  int stub[2];
  int log[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stub) != 0 || pipe2(log, O_CLOEXEC) != 0) fail("no socket or pipe");
  const char* const arguments[] = {"qemu-system-riscv32",
                                   "-M",
                                   "virt",
                                   "-cpu",
                                   kCpu,
                                   "-m",
                                   "16M",
                                   "-bios",
                                   "none",
                                   "-nodefaults",
                                   "-display",
                                   "none",
                                   "-S",
                                   "-gdb",
                                   "stdio",
                                   "-singlestep",
                                   "-d",
                                   "cpu,nochain",
                                   "-D",
                                   "/dev/fd/3",
                                   nullptr};
  pid_ = fork();
  if (pid_ < 0) fail("no process");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that is cut short
    dup2(stub[1], STDIN_FILENO);
    dup2(stub[1], STDOUT_FILENO);
    // Duplicating onto itself would leave it to be closed.
    if (log[1] == kLogFd)
      fcntl(kLogFd, F_SETFD, 0);
    else
      dup2(log[1], kLogFd);
    execvp(arguments[0], const_cast<char* const*>(arguments));
    _exit(127);
  }
  close(stub[1]);
  close(log[1]);
  stub_ = stub[0];
  log_ = log[0];
}

bool Qemu::read_some(int from, std::string* to) {
  char buffer[1 << 16];
  const ssize_t got = read(from, buffer, sizeof buffer);
  if (got > 0) to->append(buffer, static_cast<size_t>(got));
  return got > 0;
}

void Qemu::pump() {
  pollfd files[] = {{stub_, POLLIN, 0}, {log_, POLLIN, 0}};
  const int ready = poll(files, 2, kAnswerMsMax);
  if (ready == 0) fail("no answer");
  bool alive = ready > 0;
  if (files[0].revents != 0) alive = alive && read_some(stub_, &stub_text_);
  if (files[1].revents != 0) alive = alive && read_some(log_, &log_text_);
  if (!alive) fail(kEnded);
}

// The gdb remote protocol: "$text#checksum". A next packet is as good as an acknowledgement of the last one.

void Qemu::send(std::string_view text) {
  uint32_t sum = 0;
  for (const char c : text) sum += static_cast<uint8_t>(c);
  const std::string packet = fmt::format("${}#{:02x}", text, sum & 0xFF);
  if (::send(stub_, packet.data(), packet.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(packet.size())) fail(kEnded);
}

bool Qemu::take_packet(std::string* packet) {
  const size_t begin = stub_text_.find('$');
  const size_t end = stub_text_.find('#', begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos || end + 3 > stub_text_.size()) return false;
  *packet = stub_text_.substr(begin + 1, end - begin - 1);
  stub_text_.erase(0, end + 3);
  return true;
}

std::string Qemu::receive() {
  std::string packet;
  while (!take_packet(&packet)) pump();
  return packet;
}

std::string Qemu::request(std::string_view text) {
  send(text);
  const std::string answer = receive();
  if (answer.empty() || answer[0] == 'E') fail(fmt::format("'{}' to '{}'", answer, text.substr(0, 40)));
  return answer;
}

HartState Qemu::state() {
  const std::string answer = request("g");
  HartState state;
  for (size_t i = 0; i < 32; ++i) state.x[i] = word_at(answer, i);
  state.pc = word_at(answer, 32);
  return state;
}

void Qemu::set_state(const HartState& state) {
  std::string text = "G";
  for (const uint32_t value : state.x) text += hex_word(value);
  request(text + hex_word(state.pc));
}

std::vector<uint8_t> Qemu::read_memory(uint32_t address, size_t size) {
  constexpr size_t kPiece = 1024;
  std::vector<uint8_t> data;
  while (data.size() < size) {
    const size_t piece = std::min(kPiece, size - data.size());
    const std::string answer = request(fmt::format("m{:x},{:x}", address + data.size(), piece));
    if (answer.size() != 2 * piece) fail("memory is missing");
    for (size_t i = 0; i < piece; ++i) data.push_back(static_cast<uint8_t>(hex(std::string_view(answer).substr(2 * i, 2))));
  }
  return data;
}

void Qemu::write_memory(uint32_t address, const std::vector<uint8_t>& data) {
  constexpr size_t kPiece = 1024;
  for (size_t done = 0; done < data.size(); done += kPiece) {
    const size_t piece = std::min(kPiece, data.size() - done);
    std::string text = fmt::format("M{:x},{:x}:", address + done, piece);
    for (size_t i = 0; i < piece; ++i) text += fmt::format("{:02x}", data[done + i]);
    request(text);
  }
}

void Qemu::step() {
  request("s");
  log_text_.clear();
  log_at_ = 0;
}

// The log: "name value" pairs, from pc to x31/t6 for each instruction.

std::optional<LoggedState> Qemu::next_logged() {
  constexpr std::string_view kLast = "x31/t6";
  const size_t last = log_text_.find(kLast, log_at_);
  const size_t end = last == std::string::npos ? last : log_text_.find('\n', last);
  if (end == std::string::npos) return std::nullopt;
  LoggedState state;
  const std::pair<std::string_view, uint32_t*> named[] = {{"pc", &state.pc},       {"mstatus", &state.mstatus},  {"mie", &state.mie},
                                                          {"mtvec", &state.mtvec}, {"mepc", &state.mepc},        {"mcause", &state.mcause},
                                                          {"mtval", &state.mtval}, {"mscratch", &state.mscratch}};
  std::string_view text(log_text_.data() + log_at_, end - log_at_);
  const auto next_word = [&text] {
    text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    return word;
  };
  for (std::string_view name = next_word(); !name.empty(); name = next_word()) {
    const uint32_t value = hex(next_word());
    if (name[0] == 'x') {
      size_t number = 0;
      for (size_t i = 1; i < name.size() && name[i] != '/'; ++i) number = 10 * number + nibble(name[i]);
      state.x.at(number) = value;
      continue;
    }
    const auto found = std::find_if(std::begin(named), std::end(named), [&](const auto& entry) { return entry.first == name; });
    if (found != std::end(named)) *found->second = value;
  }
  log_at_ = end + 1;
  return state;
}

void Qemu::run_to(uint32_t pc, const std::function<bool(const LoggedState&)>& see) {
  request(fmt::format("Z0,{:x},4", pc));
  send("c");
  std::string stopped;
  for (bool running = true; running;) {
    // What was logged has been written when the stub tells of the halt, but perhaps not been read.
    running = !take_packet(&stopped);
    pollfd log{log_, POLLIN, 0};
    if (running)
      pump();
    else
      while (poll(&log, 1, 0) > 0 && read_some(log_, &log_text_)) {
      }
    while (const std::optional<LoggedState> state = next_logged()) {
      if (!see(*state)) return;
    }
    log_text_.erase(0, log_at_);
    log_at_ = 0;
  }
  request(fmt::format("z0,{:x},4", pc));
}

}  // namespace saksi::test
