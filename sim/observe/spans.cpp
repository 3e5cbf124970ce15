#include "sim/observe/spans.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/glob.h"

namespace saksi::sim {

namespace {

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

}  // namespace

Spans::Spans(const CallTracker& calls, SpanFilter filter, std::function<int64_t()> now_ns)
    : calls_(calls), filter_(std::move(filter)), now_ns_(std::move(now_ns)) {}

bool Spans::wanted(const CallFrame& frame, size_t level) const {
  if (filter_.names.empty()) return level < filter_.depth;
  for (const std::string& pattern : filter_.names) {
    if (matches_glob(pattern, calls_.name(frame.function))) return true;
  }
  return false;
}

void Spans::add(FunctionId function, bool begins) { events_.push_back({now_ns_(), function, begins}); }

void Spans::open(const CallFrame& frame, size_t level) {
  full_ = full_ || begun_ >= filter_.spans_max;
  const bool kept = !full_ && wanted(frame, level);
  open_.push_back({kept, level});
  if (!kept) return;
  ++begun_;
  add(frame.function, true);
}

void Spans::entered(const CallFrame& frame, size_t depth) {
  const bool from_outside = depth == 0 || frame.kind == CallFrame::Kind::kInterrupt;
  const size_t level = from_outside ? 0 : open_[depth - 1].level + 1;
  open_.resize(depth);
  open(frame, level);
}

void Spans::left(size_t depth) {
  if (open_[depth].kept) add(0, false);
  open_.resize(depth);
}

void Spans::replaced(const CallFrame& frame, size_t depth) {
  const size_t level = open_[depth].level;
  left(depth);
  open(frame, level);
}

void Spans::leave_all() {
  while (!open_.empty()) left(open_.size() - 1);
}

std::string Spans::jsonl() const {
  std::string text;
  for (const Event& event : events_) {
    text += event.begins ? fmt::format("{{\"t_ns\":{},\"ph\":\"B\",\"name\":{}}}\n", event.t_ns, quoted(calls_.name(event.function)))
                         : fmt::format("{{\"t_ns\":{},\"ph\":\"E\"}}\n", event.t_ns);
  }
  return text;
}

std::string Spans::chrome_trace() const {
  std::string text =
      "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"thread_name\",\"args\":{\"name\":\"functions\"}}";
  for (const Event& event : events_) {
    const std::string ts = fmt::format("{}.{:03}", event.t_ns / 1000, event.t_ns % 1000);
    text += event.begins ? fmt::format(",\n{{\"ph\":\"B\",\"pid\":1,\"tid\":1,\"ts\":{},\"name\":{}}}", ts, quoted(calls_.name(event.function)))
                         : fmt::format(",\n{{\"ph\":\"E\",\"pid\":1,\"tid\":1,\"ts\":{}}}", ts);
  }
  return text + "\n]}\n";
}

}  // namespace saksi::sim
