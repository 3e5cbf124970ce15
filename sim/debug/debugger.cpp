#include "sim/debug/debugger.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <systemc>

#include "sim/debug/target_description.h"

namespace saksi::sim {

namespace {

using StopKind = GdbStopPoint::Kind;

constexpr int kSignalInterrupt = 2;
constexpr uint64_t kTickPs = 1'000'000'000;  ///< how often, in virtual time, a running guest is looked after: 1 ms
constexpr size_t kStopPointsMax = 4096;
constexpr uint32_t kWidestAccess = 4;

uint64_t kernel_ps() { return sc_core::sc_time_stamp().value(); }

hw::WatchKind watch_kind(StopKind kind) {
  return kind == StopKind::kStore ? hw::WatchKind::kStore : kind == StopKind::kLoad ? hw::WatchKind::kLoad : hw::WatchKind::kAccess;
}

bool is_breakpoint(StopKind kind) { return kind == StopKind::kSoftware || kind == StopKind::kHardware; }

uint64_t little_endian(const std::string& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size() && i < 8; ++i) value |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  return value;
}

std::string bytes_of(uint64_t value, size_t size = 4) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

}  // namespace

/// Calls the debugger every so often in virtual time, and at moments that it asks for.
class Debugger::Ticker : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Ticker);
  Ticker(sc_core::sc_module_name name, Debugger& debugger) : sc_core::sc_module(name), debugger_(debugger) {
    SC_METHOD(periodic);
    sensitive << period_;
    SC_METHOD(once);
    sensitive << moment_;
    dont_initialize();
  }
  void call_at(uint64_t ps) {
    moment_.cancel();
    moment_.notify(ps > kernel_ps() ? sc_core::sc_time::from_value(ps - kernel_ps()) : sc_core::SC_ZERO_TIME);
  }

 private:
  void periodic() {
    debugger_.tick();
    period_.notify(sc_core::sc_time::from_value(kTickPs));
  }
  void once() { debugger_.tick(); }
  Debugger& debugger_;
  sc_core::sc_event period_;
  sc_core::sc_event moment_;
};

Debugger::Debugger(DebugPort& port, hw::Board& board, const hw::SymbolTable& symbols)
    : port_(port),
      server_(port.server),
      board_(board),
      cpu_(board.cpu()),
      symbols_(symbols),
      ticker_(std::make_unique<Ticker>("debugger", *this)),
      checkpoints_(port.supervisor),
      monitor_(monitor_target()),
      session_(*this) {
  cpu_.set_halt_listener([this](const hw::Halt& halt) { halted(halt); });
  cpu_.halt_at(0);
}

Debugger::~Debugger() {
  if (mode_ == Mode::kSearch || mode_ == Mode::kTrace) _exit(0);  // it was sent to a place that never came: nobody hears more of it
  if (mode_ == Mode::kGoto) fmt::print(stderr, "the run did not come to the place that it went back for: it is not deterministic\n");
  cpu_.set_halt_listener(nullptr);
  cpu_.halt_at(hw::CpuDebug::kNever);
  clear_stop_points();
  checkpoints_.end_all();
}

// The run.

bool Debugger::is_idle() const { return !board_.cpu_powered() || board_.cpu_sleeping(); }

Place Debugger::here() const { return {cpu_.position(), is_idle() ? kernel_ps() : 0}; }

bool Debugger::reached(const Place& place) const {
  const uint64_t position = cpu_.position();
  if (position != place.position) return position > place.position;
  return place.idle_ps == 0 ? !is_idle() : board_.cpu_time_ps() >= place.idle_ps;
}

void Debugger::end_if_supervisor_gone() const {
  if (port_.supervisor.supervisor_gone()) _exit(static_cast<int>(ExitCode::kInfraError));
}

/// Between two instructions or while the CPU sleeps: is there a reason to halt? Virtual time is not touched by it.
void Debugger::tick() {
  end_if_supervisor_gone();
  const DebuggerChange* change = timeline_.next_change();
  bool wanted = (goal_.idle_ps != 0 && reached(goal_)) || (change && change->place.idle_ps != 0 && reached(change->place));
  if (work_reply_ >= 0) {
    wanted = wanted || work_cancelled();
  } else if (mode_ != Mode::kWaiting) {
    server_.poll(0);
    interrupted_ = server_.take_interrupt() || interrupted_;
    const bool client_changed = attached_ && (!server_.has_client() || server_.clients() != known_client_);
    wanted = wanted || interrupted_ || client_changed || (mode_ == Mode::kFree && server_.has_debugger()) || checkpoint_due(false);
  }
  if (wanted) cpu_.request_halt();
}

void Debugger::halted(const hw::Halt& halt) {
  if (work_reply_ >= 0) return work_step(halt);
  if (attached_ && (!server_.has_client() || server_.clients() != known_client_)) leave();
  std::optional<GdbStop> stop = reason_to_stop(halt);
  if (checkpoint_due(stop.has_value()) && take_checkpoint()) {
    // From here on this is another process, which somebody has made from that checkpoint.
    if (work_reply_ >= 0) return work_step({});
    stop = reason_to_stop({});
  }
  make_changes_again();
  if (stop) serve(*stop);
  arm();
}

std::optional<GdbStop> Debugger::reason_to_stop(const hw::Halt& halt) {
  if (mode_ == Mode::kWaiting) return GdbStop{};
  if (mode_ == Mode::kFree) return server_.has_debugger() ? std::optional(GdbStop{}) : std::nullopt;
  if (interrupted_) return GdbStop{kSignalInterrupt, ""};
  if (mode_ == Mode::kGoto) return reached(goal_) ? std::optional(goal_stop_) : std::nullopt;
  if (halt.reason == hw::Halt::Reason::kWatchpoint) return GdbStop{5, watch_detail(halt)};
  const bool moved = cpu_.position() != resumed_at_ || cpu_.pc() != resumed_pc_;
  if (const auto point = stop_point_here(); point && moved) return GdbStop{5, *point};
  if (mode_ != Mode::kStep || !reached(goal_)) return std::nullopt;
  const bool in_range = cpu_.pc() >= range_begin_ && cpu_.pc() < range_end_;
  if (in_range) goal_ = {cpu_.position() + 1, 0};
  return in_range ? std::nullopt : std::optional(GdbStop{});
}

/// What a stop report says of a breakpoint at pc; nothing: there is none, or the CPU is not about to execute.
std::optional<std::string> Debugger::stop_point_here() const {
  if (is_idle()) return std::nullopt;
  for (const GdbStopPoint& point : stop_points_) {
    if (is_breakpoint(point.kind) && point.address == cpu_.pc()) return point.kind == StopKind::kSoftware ? "swbreak:;" : "hwbreak:;";
  }
  return std::nullopt;
}

std::string Debugger::watch_detail(const hw::Halt& halt) const {
  for (const GdbStopPoint& point : stop_points_) {
    const StopKind other = halt.is_store ? StopKind::kLoad : StopKind::kStore;
    if (is_breakpoint(point.kind) || point.kind == other) continue;
    const bool near = halt.address - point.address < point.size || point.address - halt.address < kWidestAccess;
    if (!near) continue;
    const char* word = point.kind == StopKind::kStore ? "watch" : point.kind == StopKind::kLoad ? "rwatch" : "awatch";
    return fmt::format("{}:{:x};", word, std::max(point.address, halt.address));
  }
  return "";
}

void Debugger::make_changes_again() {
  while (const DebuggerChange* next = timeline_.next_change()) {
    if (!reached(next->place)) return;
    apply(*next);
    timeline_.next_change_done();
  }
}

bool Debugger::change(const DebuggerChange& change) {
  if (!apply(change)) return false;
  timeline_.changed(change);
  return true;
}

bool Debugger::apply(const DebuggerChange& change) {
  const uint64_t whole = little_endian(change.bytes);
  auto value = static_cast<uint32_t>(whole);
  switch (change.kind) {
    case DebuggerChange::Kind::kMemory:
      return cpu_.write_memory(change.where, change.bytes.data(), change.bytes.size());
    case DebuggerChange::Kind::kBus:
      return board_.debug_access(true, change.where, static_cast<uint32_t>(change.bytes.size()), &value);
    case DebuggerChange::Kind::kRegister:
      break;
  }
  if (change.where >= kGdbFirstCsr) return cpu_.set_csr(change.where - kGdbFirstCsr, value);
  if (change.where >= kGdbFirstFloat) {
    cpu_.set_float_reg(change.where - kGdbFirstFloat, whole);
  } else if (change.where == kGdbPc) {
    cpu_.set_pc(value);
  } else {
    cpu_.set_reg(change.where, value);
  }
  return true;
}

/// Sets up the next halt.
void Debugger::arm() {
  uint64_t at = hw::CpuDebug::kNever;
  const uint64_t position = cpu_.position();
  const auto want = [&](const Place& place) {
    if (place.idle_ps != 0) {
      ticker_->call_at(place.idle_ps);
    } else {
      at = std::min(at, place.position);
    }
  };
  if (mode_ != Mode::kContinue && mode_ != Mode::kFree) want(goal_);
  if (mode_ == Mode::kTrace && position + trace_length_ < goal_.position) at = std::min(at, goal_.position - trace_length_);
  if (mode_ == Mode::kGoto && position + kNear < goal_.position) at = std::min(at, goal_.position - kNear);
  if (const DebuggerChange* next = timeline_.next_change()) want(next->place);
  cpu_.halt_at(at);
}

void Debugger::set_mode(Mode mode, const Place& goal) {
  mode_ = mode;
  goal_ = goal;
  resumed_at_ = cpu_.position();
  resumed_pc_ = cpu_.pc();
  interrupted_ = false;
  port_.client_waits = mode != Mode::kFree;
}

void Debugger::clear_stop_points() {
  for (const GdbStopPoint& point : std::set<GdbStopPoint>(stop_points_)) set_stop_point(point, false);
}

// What the session may do.

std::optional<uint64_t> Debugger::read_register(uint32_t number) const {
  if (number < kGdbPc) return cpu_.reg(number);
  if (number == kGdbPc) return cpu_.pc();
  if (number < kGdbFirstCsr) return cpu_.float_reg(number - kGdbFirstFloat);
  return cpu_.csr(number - kGdbFirstCsr);
}

bool Debugger::write_register(uint32_t number, uint64_t value) {
  return change({here(), DebuggerChange::Kind::kRegister, number, bytes_of(value, gdb_register_size(number))});
}

bool Debugger::write_memory(uint32_t address, const std::string& bytes) { return change({here(), DebuggerChange::Kind::kMemory, address, bytes}); }

bool Debugger::set_stop_point(const GdbStopPoint& point, bool on) {
  if (on == (stop_points_.count(point) != 0)) return true;
  if (on && stop_points_.size() >= kStopPointsMax) return false;
  if (on) {
    stop_points_.insert(point);
  } else {
    stop_points_.erase(point);
  }
  if (is_breakpoint(point.kind)) {
    const bool any = std::any_of(stop_points_.begin(), stop_points_.end(),
                                 [&](const GdbStopPoint& other) { return is_breakpoint(other.kind) && other.address == point.address; });
    cpu_.set_breakpoint(point.address, any);
  } else {
    cpu_.set_watchpoint(point.address, point.size, watch_kind(point.kind), on);
  }
  return true;
}

// The session.

void Debugger::serve(const GdbStop& stop) {
  const std::string report = session_.report(stop);
  if (port_.client_waits) {
    for (const std::string& reply : goal_replies_) server_.send(reply);
    if (goal_replies_.empty()) server_.send(report);
  }
  goal_replies_.clear();
  port_.client_waits = false;
  for (;;) {
    if (const auto packet = server_.take_packet()) {
      if (!attached_) {
        attached_ = true;
        known_client_ = server_.clients();
        session_.set_agreed({});
      }
      if (!answer(*packet)) return;
      continue;
    }
    const bool gone = !server_.has_client() || server_.clients() != known_client_;
    if (attached_ && gone) return leave();
    if (!server_.has_client() && mode_ == Mode::kFree) return;
    server_.take_interrupt();
    server_.poll(-1, port_.supervisor.lifeline());
    end_if_supervisor_gone();
  }
}

/// True: the guest still stands.
bool Debugger::answer(const std::string& packet) {
  restart_wanted_ = false;
  const GdbAnswer answer = session_.handle(packet);
  if (restart_wanted_) return restart(answer.replies);
  for (const std::string& reply : answer.replies) server_.send(reply);
  server_.set_acks(!session_.agreed().no_acks);
  switch (answer.action.kind) {
    case GdbAction::Kind::kNone:
      return true;
    case GdbAction::Kind::kContinue:
      set_mode(Mode::kContinue, {});
      return false;
    case GdbAction::Kind::kStep:
      set_mode(Mode::kStep, {cpu_.position() + 1, 0});
      range_begin_ = answer.action.range_begin;
      range_end_ = answer.action.range_end;
      return false;
    case GdbAction::Kind::kReverseStep:
      return reverse_step();
    case GdbAction::Kind::kReverseContinue:
      return reverse_continue();
    case GdbAction::Kind::kRestart:
      return restart({});
    case GdbAction::Kind::kDetach:
      leave();
      return false;
    case GdbAction::Kind::kKill:
      end_by_debugger();
  }
  return true;
}

void Debugger::leave() {
  clear_stop_points();
  if (server_.clients() == known_client_) server_.drop_client();  // else the next one is there already
  attached_ = false;
  set_mode(Mode::kFree, {});
  fmt::print(stderr, "the debugger has gone; the run goes on (127.0.0.1:{} takes another)\n", port_.server.port());
  std::fflush(stderr);
}

void Debugger::end_by_debugger() {
  checkpoints_.end_all();
  std::fflush(nullptr);
  fmt::print(stderr, "ended by the debugger\n");
  server_.drop_client();
  _exit(static_cast<int>(ExitCode::kInconclusive));
}

// Registers of blocks, by the monitor.

bool Debugger::write_block(uint32_t address, uint32_t size, uint32_t value) {
  return change({here(), DebuggerChange::Kind::kBus, address, bytes_of(value, size)});
}

}  // namespace saksi::sim
