#include "sim/waves/wave_window.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/exit_code.h"
#include "base/glob.h"

namespace saksi::sim {

namespace {

/// The second fork; the later ones each after twice the time. After each, every page of memory that is written costs a copy (some 10,000 pages a
/// fork), which a run of this length outweighs more than ten times; and yet at most half of what has been run is run again, or this much.
constexpr int64_t kSecondForkNs = 30'000'000'000;
constexpr int64_t kStepNs = 10'000;  ///< what is handed over at a time; with it comes the look whether to end

volatile sig_atomic_t end_wanted = 0;
WaveWindow* recording = nullptr;

/// Set by the signals that ask a recorder to end, or a run whose end is what waves are wanted of.
void ask_to_end(int signal) { end_wanted = signal; }

bool read_exactly(int fd, void* data, size_t size) {
  char* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(fd, bytes, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

std::string ms(int64_t ns) { return fmt::format("{:.3f}", static_cast<double>(ns) * 1e-6); }

}  // namespace

WaveWindow::WaveWindow(const WaveTrigger& trigger, std::optional<int64_t> known_ns, hw::Board& board, std::string path, std::function<void()> in_fork)
    : trigger_(trigger), board_(board), path_(std::move(path)), in_fork_(std::move(in_fork)) {
  board_.keep_wave_history();
  if (known_ns) {
    event_ns_ = known_ns;
    next_fork_ns_ = std::max<int64_t>(0, *known_ns - trigger_.before_ns);  // the one fork, just where the window begins
  }
  // What led to the end is wanted most when the user ends a run that does not get on.
  if (trigger_.around == "end") {
    for (const int asked : {SIGINT, SIGTERM}) signal(asked, ask_to_end);
  }
}

WaveWindow::~WaveWindow() {
  if (is_recorder()) return;
  for (const Fork& fork : forks_) end_fork(fork);
  if (recorder_) end_fork(*recorder_);
}

bool WaveWindow::matches(const std::string& word, const std::string& detail) const {
  if (word != trigger_.around) return false;
  if (word == "irq") return detail == trigger_.detail;
  return word != "console" || matches_glob(trigger_.detail, detail);
}

void WaveWindow::saw(const std::string& word, const std::string& detail, int64_t t_ns) {
  if (is_recorder() || event_ns_ || !matches(word, detail)) return;
  if (++seen_ == trigger_.nth) event_ns_ = t_ns;
}

int64_t WaveWindow::pause(int64_t now_ns, bool over) {
  if (is_recorder()) return record(now_ns, over);
  if (end_wanted) end_run(now_ns);
  if (recorder_) return INT64_MAX;
  if (now_ns >= next_fork_ns_ && (!event_ns_ || forks_.empty())) {
    if (make_fork(now_ns)) return record(now_ns, over);
    next_fork_ns_ = std::max(kSecondForkNs, 2 * now_ns);
    forget_old_forks(now_ns);
  }
  if (event_ns_ && !forks_.empty()) wake();
  return recorder_ ? INT64_MAX : next_fork_ns_;
}

// Forks.

/// True in a recorder that was made from it.
bool WaveWindow::make_fork(int64_t now_ns) {
  int requests[2];
  int answers[2];
  if (pipe2(requests, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) throw InfraError("no pipe can be made for recording waves");
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw InfraError(std::string("no process can be made for recording waves: ") + std::strerror(errno));
  if (pid > 0) {
    close(requests[0]);
    close(answers[1]);
    forks_.push_back({now_ns, pid, requests[1], answers[0]});
    return false;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  close(requests[1]);
  close(answers[0]);
  wait_as_fork(requests[0], answers[1]);
  return true;
}

/// The life of a fork. Returns in a recorder.
void WaveWindow::wait_as_fork(int requests, int answers) {
  role_ = Role::kRecorder;
  end_wanted = 0;
  for (const Fork& other : forks_) {
    close(other.to);
    close(other.from);
  }
  forks_.clear();
  in_fork_();
  for (const int ignored : {SIGINT, SIGTERM}) signal(ignored, SIG_IGN);  // until it records, its parent's end is its end
  if (!read_exactly(requests, &span_, sizeof span_)) _exit(0);
  close(requests);
  answers_ = answers;
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, fd);
  for (const int asked : {SIGINT, SIGTERM, SIGHUP}) signal(asked, ask_to_end);
  recording = this;
  for (const int crash : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    struct sigaction action {};
    action.sa_handler = crashed;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(crash, &action, nullptr);
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/// Of those that lie before every window that may still come, only the last is of use.
void WaveWindow::forget_old_forks(int64_t now_ns) {
  const int64_t earliest_ns = now_ns - trigger_.before_ns;
  while (forks_.size() > 1 && forks_[1].t_ns <= earliest_ns) {
    end_fork(forks_.front());
    forks_.erase(forks_.begin());
  }
}

void WaveWindow::end_fork(const Fork& fork) {
  close(fork.to);
  while (waitpid(fork.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  close(fork.from);
}

void WaveWindow::wake() {
  const Span wanted{std::max<int64_t>(0, *event_ns_ - trigger_.before_ns), *event_ns_ + trigger_.after_ns};
  size_t chosen = 0;
  while (chosen + 1 < forks_.size() && forks_[chosen + 1].t_ns <= wanted.from_ns) ++chosen;
  recorder_ = forks_[chosen];
  forks_.erase(forks_.begin() + static_cast<std::ptrdiff_t>(chosen));
  for (const Fork& other : forks_) end_fork(other);
  forks_.clear();
  signal(SIGPIPE, SIG_IGN);
  if (write(recorder_->to, &wanted, sizeof wanted) != static_cast<ssize_t>(sizeof wanted))
    throw InfraError("the process that was to record waves has gone");
}

// The recorder.

int64_t WaveWindow::record(int64_t now_ns, bool over) {
  if (!is_open_ && now_ns >= span_.from_ns) {
    const size_t signals = board_.open_waves(path_, trigger_.signals);
    is_open_ = true;
    say(fmt::format("open {} {} {}", signals, now_ns, span_.to_ns));
  } else if (is_open_) {
    board_.show_waves();
    say(fmt::format("at {}", now_ns));
  }
  if (over || end_wanted || now_ns >= span_.to_ns) end_recorder();
  return is_open_ ? std::min(now_ns + kStepNs, span_.to_ns) : span_.from_ns;
}

void WaveWindow::end_recorder() {
  if (is_open_) say(board_.close_waves() ? "done" : "unwritten");
  _exit(0);
}

void WaveWindow::abandon() { end_recorder(); }

void WaveWindow::say(const std::string& line) const {
  const std::string text = line + "\n";
  // Nobody may listen any more: then the file is all that counts.
  if (write(answers_, text.data(), text.size()) < 0) return;
}

/// The simulation has crashed while it records. What has happened so far is of all the more interest; if even that cannot be got any more, the
/// file has what was handed over.
void WaveWindow::crashed(int signal) {
  constexpr unsigned kPatienceS = 10;
  alarm(kPatienceS);
  WaveWindow* window = recording;
  recording = nullptr;
  if (window) {
    if (window->is_open_) window->board_.close_waves();
    window->say(fmt::format("crashed {}", signal));
  }
  _exit(1);
}

// The end of the run.

/// The run has been asked to end, and its end is what waves are wanted of.
void WaveWindow::end_run(int64_t now_ns) {
  const int asked = end_wanted;
  end_wanted = 0;
  fmt::print(stderr, "\n{}", finish(now_ns, [](double, double) {}));
  std::fflush(nullptr);
  signal(asked, SIG_DFL);
  raise(asked);
  _exit(static_cast<int>(ExitCode::kInfraError));
}

std::string WaveWindow::finish(int64_t now_ns, const std::function<void(double, double)>& progress) {
  saw("end", "", now_ns);
  if (event_ns_ && !recorder_ && !forks_.empty()) wake();
  if (!recorder_) return fmt::format("waves: nothing recorded: {} did not come to pass in this run\n", trigger_.name());
  FILE* answers = fdopen(recorder_->from, "r");
  if (!answers) throw InfraError("what the recorder of waves says cannot be read");
  size_t signals = 0;
  int64_t from_ns = 0, to_ns = 0, at_ns = 0;
  std::string end;
  char line[256];
  while (std::fgets(line, sizeof line, answers)) {
    const bool opened = std::sscanf(line, "open %zu %ld %ld", &signals, &from_ns, &to_ns) == 3;
    if (opened) at_ns = from_ns;
    if (!opened && std::sscanf(line, "at %ld", &at_ns) != 1) end.assign(line, std::strcspn(line, "\n"));
    if (to_ns > from_ns) progress(static_cast<double>(at_ns - from_ns) * 1e-6, static_cast<double>(to_ns - from_ns) * 1e-6);
  }
  std::fclose(answers);
  close(recorder_->to);
  while (waitpid(recorder_->pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  recorder_.reset();
  if (to_ns == 0) return "waves: nothing recorded: the process that was to do it ended before the window\n";
  if (end == "unwritten") return fmt::format("waves: {} could not be written; has the disk room?\n", path_);
  std::string text =
      fmt::format("waves: {}, {} to {} ms, around {}, {} signals of RTL blocks\n", path_, ms(from_ns), ms(at_ns), trigger_.name(), signals);
  if (end != "done") text += "waves: the recorder ended early, by a crash of the simulation; the file is whole up to there\n";
  if (signals == 0) text += "waves: no signal has a name that 'signals' gives; only scope 'board' is in the file\n";
  return text;
}

}  // namespace saksi::sim
