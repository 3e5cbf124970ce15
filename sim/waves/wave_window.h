#ifndef SAKSI_SIM_WAVES_WAVE_WINDOW_H_
#define SAKSI_SIM_WAVES_WAVE_WINDOW_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw-models/board/board.h"
#include "sim/player/wave_trigger.h"

namespace saksi::sim {

/// Records the waves around an event of a run that goes on undisturbed.
///
/// Until the event, forks of the run are made now and then, which wait; when the event has come, the latest one from before the window is let go,
/// runs the stretch again (runs are deterministic), with waves on in the window, and ends. That process, the *recorder*, takes no part in what the
/// run leaves; the one that was started only waits for it at its end, in finish(). The file is whole however either of them ends: see WaveRecorder.
class WaveWindow {
 public:
  /// `known_ns` is when the event will come, if that is certain: then one fork will do, and nothing is run again. `in_fork` is called in each fork as
  /// soon as it has been made: it must let go of what is the run's own. To be made before time passes.
  WaveWindow(const WaveTrigger& trigger, std::optional<int64_t> known_ns, hw::Board& board, std::string path, std::function<void()> in_fork);
  /// Ends the forks that wait, and waits for a recorder.
  ~WaveWindow();
  WaveWindow(const WaveWindow&) = delete;
  WaveWindow& operator=(const WaveWindow&) = delete;

  /// Something has happened, in the words of WaveTrigger.
  void saw(const std::string& word, const std::string& detail, int64_t t_ns);
  /// To be called whenever the kernel pauses, `over` when it will run no further. Gives when it wants to be called again. In a recorder it ends the
  /// process when the window is over.
  int64_t pause(int64_t now_ns, bool over);

  /// True in a recorder.
  bool is_recorder() const { return role_ == Role::kRecorder; }
  /// In a recorder, when the simulation has failed: ends the process, and the file with what has happened so far.
  [[noreturn]] void abandon();

  /// At the end of the run: waits until the file is there, and says in a line what it is, or why there is none. `progress` gets milliseconds done
  /// and to do.
  std::string finish(int64_t now_ns, const std::function<void(double, double)>& progress);

 private:
  enum class Role { kRun, kRecorder };
  /// A fork that waits, or records.
  struct Fork {
    int64_t t_ns;
    pid_t pid;
    int to;    ///< the window goes here
    int from;  ///< and from here comes what the recorder says
  };
  struct Span {
    int64_t from_ns;
    int64_t to_ns;
  };

  bool matches(const std::string& word, const std::string& detail) const;
  bool make_fork(int64_t now_ns);
  void wait_as_fork(int requests, int answers);
  void forget_old_forks(int64_t now_ns);
  static void end_fork(const Fork& fork);
  void wake();
  int64_t record(int64_t now_ns, bool over);
  [[noreturn]] void end_recorder();
  void say(const std::string& line) const;
  static void crashed(int signal);

  const WaveTrigger trigger_;
  hw::Board& board_;
  const std::string path_;
  const std::function<void()> in_fork_;

  [[noreturn]] void end_run(int64_t now_ns);

  Role role_ = Role::kRun;
  int seen_ = 0;                     ///< events that match
  std::optional<int64_t> event_ns_;  ///< time of the one that counts
  std::vector<Fork> forks_;          ///< by time
  int64_t next_fork_ns_ = 0;
  std::optional<Fork> recorder_;

  // In a recorder.
  Span span_{0, 0};
  int answers_ = -1;
  bool is_open_ = false;
};

}  // namespace saksi::sim

#endif
