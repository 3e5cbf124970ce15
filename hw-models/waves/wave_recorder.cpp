#include "hw-models/waves/wave_recorder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>

#include "base/error.h"
#include "hw-models/waves/wave_file.h"

namespace saksi::hw {

namespace {

constexpr size_t kWords = 16384;  ///< read at a time

constexpr int kUnheeded[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};  ///< by the process that writes

/// Holds signals back until that process heeds them no more; what was held back before.
sigset_t block() {
  sigset_t held, before;
  sigemptyset(&held);
  for (const int one : kUnheeded) sigaddset(&held, one);
  sigprocmask(SIG_BLOCK, &held, &before);
  return before;
}
void unblock(const sigset_t& before) { sigprocmask(SIG_SETMASK, &before, nullptr); }

/// The life of the process that writes.
[[noreturn]] void write_file(int fd, const std::string& path, const sigset_t& before) {
  for (const int ignored : kUnheeded) signal(ignored, SIG_IGN);
  unblock(before);
  int code = 0;
  try {
    WaveFile file(path);
    std::vector<uint32_t> words(kWords + 1);
    size_t held = 0;  // bytes of a word whose end has not come
    for (;;) {
      const ssize_t got = read(fd, reinterpret_cast<char*>(words.data()) + held, kWords * sizeof(uint32_t) - held);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      const size_t bytes = held + static_cast<size_t>(got);
      file.take(words.data(), bytes / sizeof(uint32_t));
      held = bytes % sizeof(uint32_t);
      words[0] = words[bytes / sizeof(uint32_t)];
    }
  } catch (const std::exception&) {
    code = 1;
  }
  _exit(code);
}

}  // namespace

WaveRecorder::WaveRecorder(const std::string& path, const std::vector<std::string>& signals) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw InfraError("no pipe can be made to the process that writes waves");
  std::fflush(nullptr);
  const sigset_t before = block();
  writer_ = fork();
  if (writer_ != 0) unblock(before);
  if (writer_ < 0) throw InfraError("no process can be made to write waves");
  if (writer_ == 0) {
    close(ends[1]);
    write_file(ends[0], path, before);
  }
  close(ends[0]);
  signal(SIGPIPE, SIG_IGN);  // a writer that has ended is noticed by the failing write
  pipe_ = std::make_unique<WavePipe>(ends[1], signals);
}

WaveRecorder::~WaveRecorder() { finish(); }

bool WaveRecorder::finish() {
  if (!pipe_) return good_;
  const bool heard = pipe_->heard();
  pipe_.reset();
  int status = 1;
  while (waitpid(writer_, &status, 0) < 0 && errno == EINTR) {
  }
  good_ = heard && status == 0;
  return good_;
}

}  // namespace saksi::hw
