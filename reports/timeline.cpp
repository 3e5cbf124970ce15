#include "reports/timeline.h"

#include <fmt/format.h>

#include <map>

#include "base/recording_format.h"
#include "reports/markup.h"

namespace saksi::report {

namespace {

/// Tracks: processes group threads in the viewer.
enum Process { kBench = 1, kDevice = 2, kTruth = 3, kFirmware = 4 };
constexpr int kConsoleThread = 90;
constexpr int kExposureThread = 1, kEncoderThread = 2, kWriteThread = 3, kStageThread = 10, kStoredThread = 80;

/// Collects trace events: one line each, so that the file can be searched.
class Trace {
 public:
  /// Times are microseconds with three decimals, written from whole nanoseconds.
  static std::string us(int64_t ns) { return fmt::format("{}{}.{:03}", ns < 0 ? "-" : "", std::abs(ns) / 1000, std::abs(ns) % 1000); }

  void name_process(Process process, const std::string& name) {
    add(fmt::format("\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":{}}}", +process, quoted(name)));
  }
  void name_thread(Process process, int thread, const std::string& name) {
    add(fmt::format("\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_name\",\"args\":{{\"name\":{}}}", +process, thread, quoted(name)));
  }
  void instant(Process process, int thread, int64_t t_ns, const std::string& name, const Json& args = Json::object()) {
    add(fmt::format("\"ph\":\"i\",\"s\":\"{}\",\"pid\":{},\"tid\":{},\"ts\":{},\"name\":{},\"args\":{}", process == kBench ? "g" : "t", +process,
                    thread, us(t_ns), quoted(name), args.dump()));
  }
  void span(Process process, int thread, int64_t begin_ns, int64_t end_ns, const std::string& name, const Json& args = Json::object()) {
    add(fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{},\"dur\":{},\"name\":{},\"args\":{}", +process, thread, us(begin_ns),
                    us(end_ns - begin_ns), quoted(name), args.dump()));
  }
  void begin(Process process, int thread, int64_t t_ns, const std::string& name) {
    add(fmt::format("\"ph\":\"B\",\"pid\":{},\"tid\":{},\"ts\":{},\"name\":{}", +process, thread, us(t_ns), quoted(name)));
  }
  void end(Process process, int thread, int64_t t_ns) {
    add(fmt::format("\"ph\":\"E\",\"pid\":{},\"tid\":{},\"ts\":{}", +process, thread, us(t_ns)));
  }
  void counter(Process process, int64_t t_ns, const std::string& name, const Json& values) {
    add(fmt::format("\"ph\":\"C\",\"pid\":{},\"ts\":{},\"name\":{},\"args\":{}", +process, us(t_ns), quoted(name), values.dump()));
  }
  std::string text() const { return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + events_ + "\n]}\n"; }

 private:
  static std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }
  void add(const std::string& fields) { events_ += (events_.empty() ? "{" : ",\n{") + fields + "}"; }
  std::string events_;
};

void add_bench(Trace& trace, const judge::Recording& recording) {
  trace.name_process(kBench, "bench");
  trace.name_thread(kBench, 1, "actions");
  for (const judge::Event& event : recording.events) {
    if (event.from != recording::kFromBench) continue;
    std::string name = event.kind;
    if (!event.name.empty()) name += " " + event.name;
    if (!event.action.empty()) name += " " + event.action;
    if (event.kind == recording::kEventSupply) name = event.mv == 0 ? "supply cut" : fmt::format("supply {} mV", event.mv);
    trace.instant(kBench, 1, event.t_ns, name, {{"u_ns", event.u_ns}});
  }
}

void add_leds(Trace& trace, const judge::Recording& recording) {
  std::map<std::string, int> threads;
  std::map<std::string, int64_t> since;
  auto put_out = [&](const std::string& led, int64_t t_ns) {
    auto lit = since.find(led);
    if (lit == since.end()) return;
    trace.span(kDevice, threads[led], lit->second, t_ns, led);
    since.erase(lit);
  };
  for (const judge::Event& event : recording.events) {
    if (event.kind == recording::kEventSupply && event.mv == 0) {
      while (!since.empty()) put_out(std::string(since.begin()->first), event.t_ns);
    }
    if (event.kind != recording::kEventLed) continue;
    if (threads.try_emplace(event.name, static_cast<int>(threads.size()) + 1).second)
      trace.name_thread(kDevice, threads[event.name], "LED " + event.name);
    if (event.on) since.emplace(event.name, event.t_ns);
    if (!event.on) put_out(event.name, event.t_ns);
  }
  while (!since.empty()) put_out(std::string(since.begin()->first), recording.end_ns());
}

void add_device(Trace& trace, const ReportInput& input) {
  trace.name_process(kDevice, "device");
  add_leds(trace, *input.recording);
  trace.name_thread(kDevice, kStoredThread, "stored pictures");
  for (const StoredFrame& frame : input.frames) {
    if (frame.photon_ns) trace.instant(kDevice, kStoredThread, *frame.photon_ns, fmt::format("picture {}", frame.index), {{"clip", frame.clip}});
  }
  trace.name_thread(kDevice, kConsoleThread, "console");
  for (const judge::ConsoleLine& line : input.recording->console) trace.instant(kDevice, kConsoleThread, line.t_ns, line.text);
  for (const judge::Event& event : input.recording->events) {
    if (event.kind != recording::kEventRail) continue;
    trace.counter(kDevice, event.t_ns, event.name + " mV", {{"mv", event.mv}});
    trace.counter(kDevice, event.t_ns, event.name + " uA", {{"ua", event.ua}});
  }
}

void add_truth(Trace& trace, const ReportInput& input) {
  trace.name_process(kTruth, "truth (simulation only)");
  trace.name_thread(kTruth, kExposureThread, "exposures");
  for (const Exposure& exposure : input.exposures) {
    const int64_t begin = exposure.t_row0_ns - exposure.exposure_ns / 2;
    trace.span(kTruth, kExposureThread, begin, begin + exposure.exposure_ns, fmt::format("frame {}", exposure.frame),
               {{"t_done_ns", exposure.t_done_ns}});
  }
  trace.name_thread(kTruth, kEncoderThread, "encoder busy");
  for (const EncoderRun& run : input.encoder_runs)
    trace.span(kTruth, kEncoderThread, run.t_start_ns, run.t_done_ns, "encode", {{"bytes", run.bytes}});
  trace.name_thread(kTruth, kWriteThread, "block writes");
  for (const BlockWrite& write : input.block_writes) {
    trace.instant(kTruth, kWriteThread, write.t_ns, write.file.empty() ? "volume" : write.file,
                  {{"lba", write.lba}, {"count", write.count}, {"offset", write.offset}});
  }
}

/// A track for each stage: they overlap.
void add_stages(Trace& trace, const ReportInput& input) {
  for (size_t i = 0; i < input.stages.size(); ++i) {
    const Stage& stage = input.stages[i];
    const int thread = kStageThread + static_cast<int>(i);
    trace.name_thread(kTruth, thread, "frame after the press: " + stage.name);
    trace.span(kTruth, thread, stage.begin_ns, stage.end_ns, stage.name);
  }
}

void add_firmware(Trace& trace, const ReportInput& input) {
  trace.name_process(kFirmware, "firmware (simulation only)");
  trace.name_thread(kFirmware, 1, "functions");
  for (const SpanEdge& edge : input.spans) {
    if (edge.begins) trace.begin(kFirmware, 1, edge.t_ns, edge.name);
    if (!edge.begins) trace.end(kFirmware, 1, edge.t_ns);
  }
}

}  // namespace

std::string timeline(const ReportInput& input) {
  Trace trace;
  if (input.recording) {
    add_bench(trace, *input.recording);
    add_device(trace, input);
  }
  if (!input.exposures.empty() || !input.block_writes.empty()) add_truth(trace, input);
  add_stages(trace, input);
  if (!input.spans.empty()) add_firmware(trace, input);
  return trace.text();
}

void write_timeline(const std::string& path, const ReportInput& input) { write_file(path, timeline(input)); }

}  // namespace saksi::report
