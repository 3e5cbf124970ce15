#include "base/recording_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"

namespace saksi::recording {

namespace {

/// A JSON string literal; bytes that are not UTF-8 become U+FFFD.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

bool is_card_image(const std::string& name) {
  if (name == kCardFile) return true;
  const std::string prefix = "card-";
  const std::string suffix = ".img";
  if (name.size() <= prefix.size() + suffix.size()) return false;
  if (name.rfind(prefix, 0) != 0 || name.substr(name.size() - suffix.size()) != suffix) return false;
  const std::string number = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  return number.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string card_snapshot_file(int n) { return fmt::format("card-{}.img", n); }

std::string console_line(int64_t t_ns, const std::string& text) {
  std::string line = fmt::format("{} ", t_ns);
  for (char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte == '\t' || (byte >= 0x20 && byte < 0x7F)) {
      line += c;
    } else {
      line += fmt::format("\\x{:02X}", byte);
    }
  }
  return line + "\n";
}

std::string digest_line(const std::string& name, uint64_t size, const std::string& sha256_hex) {
  return fmt::format("{} {} {}\n", name, size, sha256_hex);
}

std::string folder_digest(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name == kEventsFile || name == kConsoleFile || is_card_image(name)) names.push_back(name);
  }
  if (error) throw UsageError(folder + ": cannot be read; check the path and its permissions");
  std::sort(names.begin(), names.end());
  if (std::find(names.begin(), names.end(), kEventsFile) == names.end()) {
    throw UsageError(fmt::format("{}: is not a recording folder: it holds no {}", folder, kEventsFile));
  }
  std::string text;
  for (const std::string& name : names) {
    const std::string path = (fs::path(folder) / name).string();
    const Digest digest = is_card_image(name) ? sparse_file_digest(path) : sha256_file(path);
    text += digest_line(name, fs::file_size(path), hex(digest));
  }
  return hex(sha256(text));
}

void EventLog::append(int64_t t_ns, const char* from, const char* event, const std::string& rest) {
  lines_.push_back({t_ns, fmt::format(R"({{"t_ns":{},"from":"{}","event":"{}"{}}})", t_ns, from, event, rest)});
}

void EventLog::supply(int64_t t_ns, int64_t mv, int64_t u_ns) {
  append(t_ns, kFromBench, kEventSupply, fmt::format(R"(,"mv":{},"u_ns":{})", mv, u_ns));
}

void EventLog::press(int64_t t_ns, const std::string& button, int64_t u_ns) {
  append(t_ns, kFromBench, kEventPress, fmt::format(R"(,"button":{},"u_ns":{})", quoted(button), u_ns));
}

void EventLog::release(int64_t t_ns, const std::string& button, int64_t u_ns) {
  append(t_ns, kFromBench, kEventRelease, fmt::format(R"(,"button":{},"u_ns":{})", quoted(button), u_ns));
}

void EventLog::card_insert(int64_t t_ns) { append(t_ns, kFromBench, kEventCard, fmt::format(R"(,"action":"{}")", kCardInsert)); }

void EventLog::card_pull(int64_t t_ns) { append(t_ns, kFromBench, kEventCard, fmt::format(R"(,"action":"{}")", kCardPull)); }

void EventLog::end(int64_t t_ns) { append(t_ns, kFromBench, kEventEnd, ""); }

void EventLog::led(int64_t t_ns, const std::string& led, bool on, int64_t u_ns) {
  append(t_ns, kFromDevice, kEventLed, fmt::format(R"(,"led":{},"on":{},"u_ns":{})", quoted(led), on, u_ns));
}

void EventLog::rail(int64_t t_ns, const std::string& rail, int64_t mv, int64_t ua) {
  append(t_ns, kFromDevice, kEventRail, fmt::format(R"(,"rail":{},"mv":{},"ua":{})", quoted(rail), mv, ua));
}

std::string EventLog::text() const {
  std::vector<const Line*> sorted;
  for (const Line& line : lines_) sorted.push_back(&line);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Line* a, const Line* b) { return a->t_ns < b->t_ns; });
  std::string result;
  for (const Line* line : sorted) result += line->text + "\n";
  return result;
}

void EventLog::write(const std::string& path) const {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text();
  out.close();
  if (!out) throw InfraError(path + ": cannot be written");
}

}  // namespace saksi::recording
