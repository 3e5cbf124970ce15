// What `monitor` commands and memory reads see of the run: the part of Debugger that looks and does not touch.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "sim/debug/debugger.h"

namespace saksi::sim {

namespace {

/// Most bytes of block registers that one read of memory gives.
constexpr size_t kBlockBytesMax = 256;

/// Forks the simulation, lets the copy do something with it, and gives what the copy writes. Whatever that does to the copy, this process
/// knows nothing of it. Empty if the host cannot fork.
std::string ask_copy(const std::function<void(int out)>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "";
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    try {
      work(ends[1]);
    } catch (const std::exception&) {
      _exit(1);  // the copy must never go on as if it were the run
    }
    _exit(0);
  }
  close(ends[1]);
  std::string bytes;
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(ends[0], buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    bytes.append(buffer, static_cast<size_t>(got));
  }
  close(ends[0]);
  if (pid > 0) waitpid(pid, nullptr, 0);
  return bytes;
}

bool put(int out, const void* data, size_t size) { return write(out, data, size) == static_cast<ssize_t>(size); }

}  // namespace

MonitorTarget Debugger::monitor_target() {
  MonitorTarget target;
  target.blocks = board_.blocks();
  target.time = [this] { return time_text(); };
  target.read = [this](uint32_t address, uint32_t size, uint32_t count, uint32_t stride) { return read_in_copy(address, size, count, stride); };
  target.write = [this](uint32_t address, uint32_t size, uint32_t value) { return write_block(address, size, value); };
  target.trace = [this](uint64_t count) { return trace_before(count); };
  target.checkpoints = [this] { return checkpoints_text(); };
  target.reset = [this] {
    restart_wanted_ = true;
    return std::string("back at the first instruction; type `maintenance flush register-cache` to have gdb look anew\n");
  };
  return target;
}

std::string Debugger::read_memory(uint32_t address, size_t size) const {
  std::string bytes(size, '\0');
  if (cpu_.read_memory(address, bytes.data(), size)) return bytes;
  char first = 0;
  if (!cpu_.read_memory(address, &first, 1)) return read_blocks(address, std::min(size, kBlockBytesMax));
  // Memory ends within the range: as much as there is.
  size_t good = 1;
  for (size_t bad = size; bad - good > 1;) {
    const size_t middle = good + (bad - good) / 2;
    (cpu_.read_memory(address, bytes.data(), middle) ? good : bad) = middle;
  }
  cpu_.read_memory(address, bytes.data(), good);
  bytes.resize(good);
  return bytes;
}

/// What the guest would read there, in accesses as wide as the alignment allows.
std::string Debugger::read_blocks(uint32_t address, size_t size) const {
  return ask_copy([&](int out) {
    for (uint32_t at = 0; at < size;) {
      const uint32_t place = address + at;
      const uint32_t width = place % 4 == 0 && size - at >= 4 ? 4 : place % 2 == 0 && size - at >= 2 ? 2 : 1;
      uint32_t value = 0;
      if (!board_.debug_access(false, place, width, &value) || !put(out, &value, width)) return;
      at += width;
    }
  });
}

/// Each register in a copy of its own, so that the effects of reading one do not show in the next.
std::vector<uint32_t> Debugger::read_in_copy(uint32_t address, uint32_t size, uint32_t count, uint32_t stride) const {
  const std::string bytes = ask_copy([&](int out) {
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t value = 0;
      if (!board_.debug_access(false, address + i * stride, size, &value) || !put(out, &value, sizeof value)) return;
    }
  });
  std::vector<uint32_t> values(bytes.size() / sizeof(uint32_t));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(uint32_t));
  if (values.size() != count) values.clear();
  return values;
}

std::string Debugger::time_text() const {
  const uint64_t ps = board_.cpu_time_ps();
  const char* state = !board_.cpu_powered() ? "off" : board_.cpu_sleeping() ? "asleep in WFI" : "about to execute";
  return fmt::format("virtual time {}.{:09} s ({} ns)\nposition {} (instructions begun), {} completed\nthe CPU is {}, pc 0x{:08x} {}\n",
                     ps / 1'000'000'000'000, ps / 1000 % 1'000'000'000, ps / 1000, cpu_.position(), cpu_.instructions(), state, cpu_.pc(),
                     symbols_.describe(cpu_.pc()));
}

/// Nothing is recorded beforehand: a worker runs the last stretch once more and notes it.
std::string Debugger::trace_before(uint64_t count) {
  const uint64_t position = cpu_.position();
  const uint64_t first = position - std::min(position, count);
  const Checkpoints::Entry* from = checkpoints_.before(first + 1);
  if (!from || position == 0) return "no instruction was executed before this place, or no checkpoint is that old\n";
  nlohmann::json body = request("trace", here());
  body["trace_length"] = position - first;
  body["stop_points"] = nlohmann::json::array();
  const auto result = ask_worker(*from, std::move(body));
  return result && result->contains("text") ? result->at("text").get<std::string>() : "cancelled\n";
}

std::string Debugger::checkpoints_text() const {
  std::string text = "   position       virtual time\n";
  for (const Checkpoints::Entry& entry : checkpoints_.entries()) {
    text += fmt::format("{:>11}  {:>15.6f} s\n", entry.place.position, static_cast<double>(entry.time_ns) * 1e-9);
  }
  return text + fmt::format("{} of at most {}; this place is position {}\n", checkpoints_.entries().size(), Checkpoints::kMax, cpu_.position());
}

}  // namespace saksi::sim
