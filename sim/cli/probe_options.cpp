#include "sim/cli/probe_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr int kTraceMax = 10'000'000;
constexpr size_t kDepthMax = 1000;

const char kDefaultCoverage[] = "coverage.info";
const char kDefaultProfile[] = "profile.folded";
const char kDefaultSpans[] = "spans.json";

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}
bool is_scenario(const std::string& value) { return ends_with(value, ".yaml") || ends_with(value, ".yml"); }
bool is_number(const std::string& value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool is_check_list(const std::string& value) {
  try {
    parse_guest_faults(value);
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

}  // namespace

void add_probe_options(CLI::App& command, ProbeArguments& arguments, bool is_boot) {
  const std::string where = is_boot ? "" : " in the run's folder";
  const std::string group = "Firmware probes";
  const auto optional = [&](const char* name, std::string& value, const std::string& without, const std::string& text) {
    command.add_option(name, value, text)->expected(0, 1)->default_str(without)->group(group);
  };
  optional("--coverage", arguments.coverage, kDefaultCoverage,
           fmt::format("Write which source lines ran, as LCOV; without FILE, {}{}", kDefaultCoverage, where));
  if (is_boot) {
    optional("--profile", arguments.profile, kDefaultProfile,
             fmt::format("Write instructions by call stack (collapsed stacks); without FILE, {}", kDefaultProfile));
    optional("--spans", arguments.spans, kDefaultSpans,
             fmt::format("Write when each function ran, as a Chrome trace; without FILE, {}", kDefaultSpans));
  } else {
    command
        .add_flag("--profile{profile.folded}", arguments.profile, "Count instructions by call stack: profile.folded, and a flame graph in the report")
        ->group(group);
    command.add_flag("--spans{4}", arguments.spans, "--spans=DEPTH: when each function ran, to this depth of calls (4), in timeline.json")
        ->group(group);
  }
  command
      .add_option("--spans-name", arguments.span_names,
                  "Only spans of functions of this name, at any depth; * stands for any characters; may be repeated")
      ->group(group)
      ->allow_extra_args(false);
  optional("--check-guest", arguments.checks, "all",
           "Find what the firmware does wrong: all, or a comma list of unwritten-read, stack-overflow, code-write, busy-buffer");
  command.add_option("--trace-cpu", arguments.trace_length, "Show the last N instructions before the end (32 if the firmware is lost)")
      ->check(CLI::Range(1, kTraceMax))
      ->group(group);
  if (is_boot) {
    command.add_option("--hang-after", arguments.hang_after_s, "End when the image makes no progress for this many simulated seconds")
        ->check(CLI::PositiveNumber)
        ->group(group);
  }
}

void take_back(ProbeArguments& arguments, std::vector<std::string>& files) {
  const auto take = [&](std::string& value, const char* instead) {
    files.insert(files.begin(), value);
    value = instead;
  };
  if (!arguments.checks.empty() && !is_check_list(arguments.checks) && files.empty()) take(arguments.checks, "all");
  for (std::string* value : {&arguments.coverage, &arguments.profile, &arguments.spans}) {
    const char* instead = value == &arguments.coverage ? kDefaultCoverage : value == &arguments.profile ? kDefaultProfile : kDefaultSpans;
    if (files.empty() && !value->empty() && *value != instead && std::filesystem::exists(*value)) take(*value, instead);
  }
  if (is_scenario(arguments.coverage)) take(arguments.coverage, kDefaultCoverage);
  if (is_scenario(arguments.checks)) take(arguments.checks, "all");
}

ProbeOptions probe_options(const ProbeArguments& arguments) {
  ProbeOptions options;
  options.coverage_path = arguments.coverage;
  options.profile_path = arguments.profile;
  options.spans_path = arguments.spans;
  if (is_number(arguments.spans)) {
    options.span_filter.depth = std::strtoul(arguments.spans.c_str(), nullptr, 10);
    if (options.span_filter.depth < 1 || options.span_filter.depth > kDepthMax) throw UsageError("--spans: a depth from 1 to 1000 was expected");
  }
  options.span_filter.names = arguments.span_names;
  if (options.spans_path.empty() && !arguments.span_names.empty()) options.spans_path = kDefaultSpans;
  if (!arguments.checks.empty()) options.checks = parse_guest_faults(arguments.checks);
  options.trace_length = arguments.trace_length;
  options.hang_after_s = arguments.hang_after_s;
  return options;
}

}  // namespace saksi::sim
