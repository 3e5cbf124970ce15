#include "judge/recording/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/recording_format.h"

namespace saksi::judge {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UsageError(path.string() + ": cannot be read; check the path and its permissions");
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Reads the fields of one event line and complains with its place.
class EventParser {
 public:
  EventParser(const std::string& place, const std::string& line) : place_(place), json_(Json::parse(line, nullptr, false)) {
    if (!json_.is_object()) fail("a JSON object was expected");
  }

  Event parse() const {
    Event event;
    event.t_ns = integer("t_ns");
    if (event.t_ns < 0) fail("\"t_ns\" is negative");
    event.from = text("from");
    event.kind = text("event");
    namespace format = recording;
    if (event.kind == format::kEventSupply) event.mv = integer("mv");
    if (event.kind == format::kEventPress || event.kind == format::kEventRelease) event.name = text("button");
    if (event.kind == format::kEventCard) event.action = text("action");
    if (event.kind == format::kEventLed) {
      event.name = text("led");
      event.on = boolean("on");
    }
    if (event.kind == format::kEventRail) {
      event.name = text("rail");
      event.mv = integer("mv");
      event.ua = integer("ua");
    }
    if (json_.contains("u_ns")) event.u_ns = integer("u_ns");
    if (event.u_ns < 0) fail("\"u_ns\" is negative");
    return event;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { throw UsageError(place_ + ": " + message); }

  const Json& field(const char* key) const {
    if (!json_.contains(key)) fail(fmt::format("key \"{}\" is missing", key));
    return json_[key];
  }
  int64_t integer(const char* key) const {
    if (!field(key).is_number_integer()) fail(fmt::format("\"{}\" must be a whole number", key));
    return field(key).get<int64_t>();
  }
  std::string text(const char* key) const {
    if (!field(key).is_string()) fail(fmt::format("\"{}\" must be a text", key));
    return field(key).get<std::string>();
  }
  bool boolean(const char* key) const {
    if (!field(key).is_boolean()) fail(fmt::format("\"{}\" must be true or false", key));
    return field(key).get<bool>();
  }

  std::string place_;
  Json json_;
};

std::vector<Event> read_events(const fs::path& path) {
  std::vector<Event> events;
  int number = 0;
  for (const std::string& line : lines_of(read_text(path))) {
    ++number;
    if (line.empty()) continue;
    events.push_back(EventParser(fmt::format("{}:{}", path.string(), number), line).parse());
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.t_ns < b.t_ns; });
  return events;
}

std::vector<ConsoleLine> read_console(const fs::path& path) {
  std::vector<ConsoleLine> console;
  int number = 0;
  for (const std::string& line : lines_of(read_text(path))) {
    ++number;
    const size_t space = line.find(' ');
    const char* end = line.data() + std::min(space, line.size());
    int64_t t_ns = 0;
    const auto [stop, error] = std::from_chars(line.data(), end, t_ns);
    if (error != std::errc() || stop != end) {
      throw UsageError(fmt::format("{}:{}: a line must begin with its time in nanoseconds and a space", path.string(), number));
    }
    console.push_back({t_ns, space == std::string::npos ? "" : line.substr(space + 1)});
  }
  return console;
}

Json read_manifest(const fs::path& path) {
  const Json manifest = Json::parse(read_text(path), nullptr, false);
  if (!manifest.is_object()) throw UsageError(path.string() + ": is not a JSON object");
  const Json schema = manifest.value(recording::kKeySchema, Json());
  if (schema != recording::kSchema) {
    throw UsageError(fmt::format("{}: \"schema\" is {}, expected \"{}\"", path.string(), schema.dump(-1, ' ', true, Json::error_handler_t::replace), recording::kSchema));
  }
  return manifest;
}

}  // namespace

bool Recording::recognises(const std::string& folder) {
  std::error_code error;
  return fs::is_regular_file(fs::path(folder) / recording::kManifestFile, error) && fs::is_regular_file(fs::path(folder) / recording::kEventsFile, error);
}

Recording Recording::load(const std::string& folder) {
  const fs::path root(folder);
  Recording result;
  result.folder = folder;
  result.manifest = read_manifest(root / recording::kManifestFile);
  result.events = read_events(root / recording::kEventsFile);
  std::error_code error;
  if (fs::exists(root / recording::kConsoleFile, error)) result.console = read_console(root / recording::kConsoleFile);
  if (fs::exists(root / recording::kCardFile, error)) result.card_image = (root / recording::kCardFile).string();
  for (int n = 1; fs::exists(root / recording::card_snapshot_file(n), error); ++n) {
    result.card_snapshots[n] = (root / recording::card_snapshot_file(n)).string();
  }
  result.digest = recording::folder_digest(folder);
  return result;
}

int64_t Recording::end_ns() const {
  for (const Event& event : events) {
    if (event.kind == recording::kEventEnd) return event.t_ns;
  }
  return events.empty() ? 0 : events.back().t_ns;
}

Claims::Claims(const Json& claims) : claims_(claims) {
  if (!claims_.is_object()) throw UsageError("manifest.json: device.claims must be an object");
}

std::optional<double> Claims::number(const std::string& key) const {
  const auto found = claims_.find(key);
  if (found == claims_.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<std::string> Claims::led(const std::string& role) const {
  const auto leds = claims_.find(recording::kClaimLeds);
  if (leds == claims_.end() || !leds->is_object()) return std::nullopt;
  const auto found = leds->find(role);
  if (found == leds->end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

bool Claims::offers(const std::string& key) const {
  const Json* here = &claims_;
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('.', begin), key.size());
    if (!here->is_object()) return false;
    const auto found = here->find(key.substr(begin, end - begin));
    if (found == here->end()) return false;
    here = &*found;
    begin = end + 1;
  }
  if (here->is_null()) return false;
  if (here->is_boolean()) return here->get<bool>();
  if (here->is_number()) return here->get<double>() != 0;
  return !here->empty() && *here != "";
}

}  // namespace saksi::judge
