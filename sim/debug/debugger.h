#ifndef SAKSI_SIM_DEBUG_DEBUGGER_H_
#define SAKSI_SIM_DEBUG_DEBUGGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hw-models/board/board.h"
#include "sim/debug/checkpoints.h"
#include "sim/debug/debug_port.h"
#include "sim/debug/gdb_session.h"
#include "sim/debug/monitor.h"
#include "sim/debug/timeline.h"

namespace saksi::sim {

/// Lets gdb debug the guest of a board: halts it, serves the session while it stands still, lets it go on, and takes it back in time.
///
/// Virtual time stands still while the guest is halted, and nothing that the debugger looks at disturbs the run: with halts or without, the
/// recording has the same digest. Before its first instruction the run waits for a debugger. When the debugger detaches or its
/// connection breaks, the run goes on, and another debugger may attach at any time, which halts it.
///
/// Going back is starting again from the checkpoint before (checkpoints.h) and running forward to the place that is meant. The process that
/// made the checkpoint then takes over the connection, and the one that was the run ends. Looking for the last breakpoint is done by workers
/// that run ahead of a checkpoint and report what they met.
class Debugger : private GdbTarget {
 public:
  /// To be made after the board and before the kernel runs. All must outlive it.
  Debugger(DebugPort& port, hw::Board& board, const hw::SymbolTable& symbols);
  ~Debugger() override;

  /// For a run that is driven from a terminal: what must be shown, and what was typed (see boot.h), come through here.
  Timeline& timeline() { return timeline_; }

 private:
  class Ticker;
  enum class Mode {
    kWaiting,  ///< for the first debugger
    kFree,     ///< no debugger
    kContinue,
    kStep,
    kGoto,    ///< to goal_, having gone back
    kSearch,  ///< worker: looks for the last stop point before goal_
    kTrace    ///< worker: goes to goal_ and reports the way
  };

  /// Instructions before a place that was gone back to, at which another checkpoint is made.
  static constexpr uint64_t kNear = 10'000;

  // GdbTarget
  std::optional<uint64_t> read_register(uint32_t number) const override;
  bool write_register(uint32_t number, uint64_t value) override;
  std::string read_memory(uint32_t address, size_t size) const override;
  bool write_memory(uint32_t address, const std::string& bytes) override;
  bool set_stop_point(const GdbStopPoint& point, bool on) override;
  std::string monitor(const std::string& command) override { return monitor_.run(command); }

  // The run: debugger.cpp
  void tick();
  void halted(const hw::Halt& halt);
  bool is_idle() const;
  Place here() const;
  bool reached(const Place& place) const;
  std::optional<GdbStop> reason_to_stop(const hw::Halt& halt);
  std::optional<std::string> stop_point_here() const;
  std::string watch_detail(const hw::Halt& halt) const;
  void make_changes_again();
  bool change(const DebuggerChange& change);
  bool apply(const DebuggerChange& change);
  void arm();
  void set_mode(Mode mode, const Place& goal = {});
  void clear_stop_points();
  void end_if_supervisor_gone() const;

  // The session: debugger.cpp
  void serve(const GdbStop& stop);
  bool answer(const std::string& packet);
  void leave();
  [[noreturn]] void end_by_debugger();

  // Going back: time_travel.cpp
  bool checkpoint_due(bool stopping) const;
  bool take_checkpoint();
  void begin_work(const Checkpoints::Request& request);
  void go_to(const Checkpoints::Entry& from, const Place& goal, const GdbStop& stop, bool forget_changes, const std::vector<std::string>& replies);
  bool reverse_step();
  bool reverse_continue();
  bool restart(const std::vector<std::string>& replies);
  std::optional<nlohmann::json> ask_worker(const Checkpoints::Entry& from, nlohmann::json body);
  nlohmann::json request(const char* op, const Place& goal) const;
  bool work_cancelled() const;
  void note_candidate(const hw::Halt& halt);
  [[noreturn]] void report_work(const nlohmann::json& result) const;
  void work_step(const hw::Halt& halt);

  // For the monitor: monitor_access.cpp
  MonitorTarget monitor_target();
  std::vector<uint32_t> read_in_copy(uint32_t address, uint32_t size, uint32_t count, uint32_t stride) const;
  std::string read_blocks(uint32_t address, size_t size) const;
  bool write_block(uint32_t address, uint32_t size, uint32_t value);
  std::string time_text() const;
  std::string trace_before(uint64_t count);
  std::string checkpoints_text() const;

  DebugPort& port_;
  GdbServer& server_;
  hw::Board& board_;
  hw::CpuDebug& cpu_;
  const hw::SymbolTable& symbols_;
  std::unique_ptr<Ticker> ticker_;
  Checkpoints checkpoints_;
  Timeline timeline_;
  Monitor monitor_;
  GdbSession session_;

  Mode mode_ = Mode::kWaiting;
  Place goal_;
  uint32_t range_begin_ = 0;  ///< kStep
  uint32_t range_end_ = 0;
  GdbStop goal_stop_;                      ///< kGoto: what is reported there
  std::vector<std::string> goal_replies_;  ///< kGoto: sent in place of that report, if any
  std::set<GdbStopPoint> stop_points_;
  bool attached_ = false;  ///< the client has said something
  uint64_t known_client_ = 0;
  uint64_t resumed_at_ = UINT64_MAX;  ///< position and pc at which the guest was let go: no stop point counts there
  uint32_t resumed_pc_ = 0;
  bool interrupted_ = false;     ///< Ctrl-C has come while the guest was running
  bool restart_wanted_ = false;  ///< by `monitor reset`, once its packet is answered

  int work_reply_ = -1;        ///< worker: where the result goes
  uint64_t trace_length_ = 0;  ///< kTrace
  bool tracing_ = false;
  std::optional<Place> candidate_;  ///< kSearch: the last stop point met
  std::string candidate_detail_;
};

}  // namespace saksi::sim

#endif
