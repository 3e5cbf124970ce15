// Going back in time: the part of Debugger that deals with checkpoints and their workers.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "sim/debug/debugger.h"
#include "sim/debug/gdb_packet.h"
#include "sim/observe/cpu_trace.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::json;

constexpr uint64_t kSpacingNs = 100'000'000;  ///< virtual time between checkpoints of a running guest, early in the run
constexpr uint64_t kSpacingPart = 64;         ///< later, this part of the time that has passed
constexpr uint64_t kStopSpacing = 100'000;    ///< instructions between checkpoints made where the guest is halted
constexpr const char* kBegin = "replaylog:begin;";

Json to_json(const Place& place) { return {place.position, place.idle_ps}; }
Place place_of(const Json& json) { return {json.at(0), json.at(1)}; }

}  // namespace

bool Debugger::checkpoint_due(bool stopping) const {
  const auto& entries = checkpoints_.entries();
  if (entries.empty()) return mode_ == Mode::kWaiting && stopping;
  if (mode_ == Mode::kFree) return false;
  const Checkpoints::Entry& last = entries.back();
  const uint64_t position = cpu_.position();
  if (position <= last.place.position) return false;
  if (stopping && position - last.place.position >= kStopSpacing) return true;
  // Whoever goes back one step often goes back another.
  if (mode_ == Mode::kGoto && position + kNear == goal_.position && position - last.place.position > kNear) return true;
  const uint64_t now_ns = board_.cpu_time_ps() / 1000;
  return now_ns - last.time_ns >= std::max(kSpacingNs, now_ns / kSpacingPart);
}

/// True in the processes that come out of the checkpoint later.
bool Debugger::take_checkpoint() {
  const auto request = checkpoints_.take(here(), board_.cpu_time_ps() / 1000);
  if (request) begin_work(*request);
  return request.has_value();
}

Json Debugger::request(const char* op, const Place& goal) const {
  Json points = Json::array();
  for (const GdbStopPoint& point : stop_points_) points.push_back({static_cast<int>(point.kind), point.address, point.size});
  return {{"op", op}, {"goal", to_json(goal)}, {"stop_points", points}, {"timeline", timeline_.to_json()}};
}

/// The first thing that a worker does.
void Debugger::begin_work(const Checkpoints::Request& request) {
  const Json& body = request.body;
  timeline_.adopt(body.at("timeline"));
  clear_stop_points();
  for (const Json& p : body.at("stop_points")) set_stop_point({static_cast<GdbStopPoint::Kind>(p.at(0).get<int>()), p.at(1), p.at(2)}, true);
  const std::string op = body.at("op");
  set_mode(op == "search" ? Mode::kSearch : op == "trace" ? Mode::kTrace : Mode::kGoto, place_of(body.at("goal")));
  if (mode_ != Mode::kGoto) {
    work_reply_ = request.reply;
    trace_length_ = body.value("trace_length", uint64_t{0});
    return;
  }
  if (body.at("forget_changes")) timeline_.forget_changes();
  goal_stop_ = {body.at("signal"), body.at("detail")};
  goal_replies_ = body.at("replies").get<std::vector<std::string>>();
  const GdbSession::Agreed agreed{body.at("no_acks"), body.at("swbreak"), body.at("hwbreak")};
  session_.set_agreed(agreed);
  server_.adopt_client(request.client, from_hex(body.at("unread").get<std::string>()).value_or(""), !agreed.no_acks);
  attached_ = true;
  known_client_ = server_.clients();
  port_.client_waits = true;
  port_.supervisor.announce();
  send_message(request.reply, {{{"ready", true}}, {}});
  close(request.reply);
}

/// Lets a worker take over that goes from `from` to `goal`. Does not return, unless the host has no process for it: then the guest
/// stands where it stood.
void Debugger::go_to(const Checkpoints::Entry& from, const Place& goal, const GdbStop& stop, bool forget_changes,
                     const std::vector<std::string>& replies) {
  Json body = request("goto", goal);
  body["forget_changes"] = forget_changes;
  body["signal"] = stop.signal;
  body["detail"] = stop.detail;
  body["replies"] = replies;
  body["no_acks"] = session_.agreed().no_acks;
  body["swbreak"] = session_.agreed().swbreak;
  body["hwbreak"] = session_.agreed().hwbreak;
  body["unread"] = to_hex(std::string_view(server_.unread()));
  std::fflush(nullptr);
  const int link = checkpoints_.ask(from, std::move(body), server_.client_fd());
  if (link >= 0 && receive_message(link)) {
    checkpoints_.end_after(from.id);
    _exit(0);
  }
  if (link >= 0) close(link);
  fmt::print(stderr, "going back failed: the host gives no more processes\n");
  server_.send(session_.report({}));
}

bool Debugger::reverse_step() {
  const uint64_t position = cpu_.position();
  const Checkpoints::Entry* from = checkpoints_.before(position);
  if (from) {
    go_to(*from, {position - 1, 0}, {}, false, {});
  } else {
    server_.send(session_.report({5, kBegin}));
  }
  return true;
}

/// Looks through the stretches between checkpoints, the last one first, for the last stop point that was met.
bool Debugger::reverse_continue() {
  Place limit = here();
  const std::vector<Checkpoints::Entry> entries = checkpoints_.entries();
  for (auto from = entries.rbegin(); from != entries.rend() && !stop_points_.empty(); ++from) {
    if (from->place.position >= limit.position) continue;
    const auto result = ask_worker(*from, request("search", limit));
    if (!result || result->contains("cancelled")) {
      server_.send(session_.report({2, ""}));
      return true;
    }
    if (result->contains("found")) {
      go_to(*from, place_of(result->at("found")), {5, result->at("detail")}, false, {});
      return true;
    }
    limit = from->place;
  }
  if (entries.empty() || entries.front().place.position >= cpu_.position()) {
    server_.send(session_.report({5, kBegin}));
  } else {
    go_to(entries.front(), entries.front().place, {5, kBegin}, false, {});
  }
  return true;
}

bool Debugger::restart(const std::vector<std::string>& replies) {
  const auto& entries = checkpoints_.entries();
  if (entries.empty()) {
    server_.send("E.there is no checkpoint to start from");
  } else {
    go_to(entries.front(), entries.front().place, {}, true, replies);
  }
  return true;
}

/// Waits for what a worker finds out. Nothing, if it was cancelled or lost: gdb's Ctrl-C cancels it.
std::optional<Json> Debugger::ask_worker(const Checkpoints::Entry& from, Json body) {
  const int link = checkpoints_.ask(from, std::move(body), -1);
  if (link < 0) return std::nullopt;
  for (;;) {
    pollfd answer{link, POLLIN, 0};
    if (::poll(&answer, 1, 0) > 0) break;
    server_.poll(-1, link);
    end_if_supervisor_gone();
    if (server_.take_interrupt() || !server_.has_client()) {
      shutdown(link, SHUT_WR);
      break;
    }
  }
  const auto message = receive_message(link);
  close(link);
  return message ? std::optional<Json>(message->body) : std::nullopt;
}

// In workers.

bool Debugger::work_cancelled() const {
  pollfd link{work_reply_, POLLIN, 0};
  return ::poll(&link, 1, 0) > 0;
}

void Debugger::report_work(const Json& result) const {
  send_message(work_reply_, {result, {}});
  _exit(0);
}

/// A halt of a worker.
void Debugger::work_step(const hw::Halt& halt) {
  if (work_cancelled()) report_work({{"cancelled", true}});
  make_changes_again();
  if (mode_ == Mode::kSearch) note_candidate(halt);
  if (mode_ == Mode::kTrace && !tracing_ && cpu_.position() + trace_length_ >= goal_.position) {
    tracing_ = true;
    cpu_.set_trace_length(trace_length_);
  }
  if (reached(goal_)) {
    if (mode_ == Mode::kTrace) report_work({{"text", trace_text(cpu_.trace(), symbols_, nullptr)}});
    report_work(candidate_ ? Json{{"found", to_json(*candidate_)}, {"detail", candidate_detail_}} : Json{{"none", true}});
  }
  arm();
}

/// Going backwards, a watchpoint is met where the access has not been made yet: before the instruction, not after it.
void Debugger::note_candidate(const hw::Halt& halt) {
  const uint64_t position = cpu_.position();
  if (halt.reason == hw::Halt::Reason::kWatchpoint && position > 0) {
    candidate_ = Place{position - 1, 0};
    candidate_detail_ = watch_detail(halt);
  }
  if (const auto point = stop_point_here(); point && position < goal_.position) {
    candidate_ = Place{position, 0};
    candidate_detail_ = *point;
  }
}

}  // namespace saksi::sim
