#include "reports/report_input.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/recording_format.h"

namespace saksi::report {

namespace fs = std::filesystem;

static std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UsageError(path.string() + ": cannot be read");
  return text.str();
}

static Json read_json(const fs::path& path) {
  Json json = Json::parse(read_text(path), nullptr, false);
  if (!json.is_object()) throw UsageError(path.string() + ": is not a JSON object");
  return json;
}

/// Null if the file is not there.
static Json read_json_if_there(const fs::path& path) { return fs::exists(path) ? read_json(path) : Json(); }

/// Hands each line of a .jsonl file to `take`; nothing if the file is not there.
template <typename Take>
static void read_lines(const fs::path& path, Take take) {
  if (!fs::exists(path)) return;
  std::istringstream in(read_text(path));
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) throw UsageError(path.string() + ":" + std::to_string(number) + ": a JSON object was expected");
    take(json);
  }
}

static int64_t integer_or(const Json& object, const char* key, int64_t otherwise = 0) {
  return object.contains(key) && object[key].is_number_integer() ? object[key].get<int64_t>() : otherwise;
}

std::string text_or(const Json& object, const char* key, const std::string& otherwise) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : otherwise;
}

static void read_stages(const fs::path& path, ReportInput& input) {
  const Json json = fs::exists(path) ? Json::parse(read_text(path), nullptr, false) : Json();
  if (!json.is_object() || !json.contains("stages") || !json["stages"].is_array()) return;
  for (const Json& stage : json["stages"]) {
    if (stage.is_object()) input.stages.push_back({text_or(stage, "stage"), integer_or(stage, "begin_ns"), integer_or(stage, "end_ns")});
  }
}

static void read_truth(const fs::path& dir, ReportInput& input) {
  read_stages(dir / "stages.json", input);
  read_lines(dir / "frames.jsonl", [&](const Json& line) {
    input.exposures.push_back(
        {integer_or(line, "frame"), integer_or(line, "t_row0_ns"), integer_or(line, "exposure_ns"), integer_or(line, "t_done_ns")});
  });
  read_lines(dir / "encoder.jsonl", [&](const Json& line) {
    input.encoder_runs.push_back({integer_or(line, "t_start_ns"), integer_or(line, "t_done_ns"), integer_or(line, "bytes")});
  });
  read_lines(dir / "block-writes.jsonl", [&](const Json& line) {
    input.block_writes.push_back({integer_or(line, "t_ns"), integer_or(line, "lba"), integer_or(line, "count", 1), text_or(line, "file"),
                                  integer_or(line, "offset"), integer_or(line, "command", -1), integer_or(line, "t_command_ns")});
  });
}

/// What ends without having begun is dropped, and what does not end ends last, so that the time line nests whatever the file holds.
static void read_spans(const fs::path& path, ReportInput& input) {
  size_t open = 0;
  read_lines(path, [&](const Json& line) {
    const bool begins = text_or(line, "ph") == "B";
    if (!begins && open == 0) return;
    open += begins ? 1 : static_cast<size_t>(-1);
    input.spans.push_back({integer_or(line, "t_ns"), begins, text_or(line, "name")});
  });
  for (; open > 0; --open) input.spans.push_back({input.spans.back().t_ns, false, ""});
}

ReportInput read_folder(const std::string& dir) {
  const fs::path root(dir);
  if (!fs::exists(root / "verdicts.json")) {
    throw UsageError(dir + ": holds no verdicts.json; give a folder that 'run' or 'judge' left");
  }
  ReportInput input;
  input.verdicts = read_json(root / "verdicts.json");
  input.self_check = read_json_if_there(root / "self-check.json");
  input.performance = read_json_if_there(root / "performance.json");
  if (judge::Recording::recognises((root / "recording").string())) {
    input.recording = judge::Recording::load((root / "recording").string());
  }
  read_truth(root / "truth", input);
  read_spans(root / "truth" / "spans.jsonl", input);
  if (fs::exists(root / "profile.folded")) input.profile = read_text(root / "profile.folded");
  input.name = text_or(input.verdicts, "scenario", fs::absolute(root).lexically_normal().filename().string());
  return input;
}

std::optional<int64_t> first_press_ns(const ReportInput& input) {
  if (!input.recording) return std::nullopt;
  for (const judge::Event& event : input.recording->events) {
    if (event.kind == recording::kEventPress) return event.t_ns;
  }
  return std::nullopt;
}

}  // namespace saksi::report
