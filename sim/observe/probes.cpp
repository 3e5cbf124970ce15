#include "sim/observe/probes.h"

#include <fmt/format.h>

#include <fstream>

#include "base/error.h"

namespace saksi::sim {

namespace {

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

}  // namespace

Probes::Probes(const ProbeOptions& options, const ProbedProgram& program, hw::Board& board)
    : options_(options),
      program_(program),
      board_(board),
      cpu_(board.cpu()),
      layout_(read_elf_layout(program.path)),
      table_(cpu_),
      calls_(cpu_, layout_.symbols),
      tracks_calls_(!options.profile_path.empty() || !options.spans_path.empty() || !options.checks.empty()) {
  if (!options.profile_path.empty()) {
    profile_ = std::make_unique<Profile>(calls_);
    calls_.add_listener(*profile_);
  }
  if (!options.spans_path.empty()) {
    spans_ = std::make_unique<Spans>(calls_, options.span_filter, [this] { return static_cast<int64_t>(cpu_.local_time_ps() / 1000); });
    calls_.add_listener(*spans_);
  }
  if (!options.checks.empty()) {
    check_ = std::make_unique<GuestCheck>(options.checks, program.ram, *program.program, layout_, cpu_, calls_);
    board.set_dma_observer(check_.get());
  }
  if (options.observes()) cpu_.set_observer(this);
}

Probes::~Probes() {
  if (options_.observes()) cpu_.set_observer(nullptr);
  if (check_) board_.set_dma_observer(nullptr);
}

void Probes::executed(const hw::ExecutedRun& run) {
  RunInfo& info = table_.find(run.pc, run.count);
  ++info.times;
  if (tracks_calls_) {
    const bool anew = calls_.begin(run);
    if (profile_) profile_->count(run.count);
    if (check_) check_->executed(run, info, anew);
    calls_.end(run, info);
  }
  if (info.last.opcode == hw::Opcode::kFenceI) table_.forget_code();
}

void Probes::interrupted(uint32_t pc, uint32_t handler) {
  if (tracks_calls_) calls_.interrupted(pc, handler);
}

bool Probes::wants_accesses() const {
  return options_.checks.count(GuestFault::kUnwrittenRead) + options_.checks.count(GuestFault::kCodeWrite) +
             options_.checks.count(GuestFault::kBusyBuffer) >
         0;
}

void Probes::accesses(uint32_t pc, uint32_t address, uint32_t size, bool is_store) { check_->accesses(pc, address, size, is_store); }

const SourceLines& Probes::lines() {
  if (!lines_) lines_ = std::make_unique<SourceLines>(program_.path, layout_.code, program_.project_dir);
  return *lines_;
}

void Probes::finish() {
  if (options_.observes()) cpu_.set_observer(nullptr);
  if (!options_.coverage_path.empty()) {
    write_text(options_.coverage_path, lcov_tracefile(table_, lines(), layout_.symbols, program_.test_name));
  }
  if (profile_) write_text(options_.profile_path, profile_->folded());
  if (spans_) {
    spans_->leave_all();
    write_text(options_.spans_path, options_.spans_as_chrome_trace ? spans_->chrome_trace() : spans_->jsonl());
    if (spans_->is_full()) {
      messages_ += fmt::format("{}: only the first {} function spans are kept; ask for fewer by --spans DEPTH or --spans-name\n", options_.spans_path,
                               options_.span_filter.spans_max);
    }
  }
  if (check_) messages_ += check_->limits() + check_->text(lines());
  if (lines_ && !lines_->problem().empty()) messages_ += lines_->problem() + "\n";
}

}  // namespace saksi::sim
