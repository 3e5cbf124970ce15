#include "tests/support/command.h"

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace saksi::test {

Outcome run_command(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen(("{ " + command + " ; } 2>&1").c_str(), "r");
  if (!pipe) return outcome;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, pipe)) outcome.output.append(buffer, got);
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

Outcome saksi(const std::string& arguments) { return run_command(quoted(SAKSI_BUILD_DIR "/saksi") + " " + arguments); }

std::string fresh_dir(const std::string& name) {
  const std::string dir = std::string(SAKSI_BUILD_DIR) + "/test-out/" + name;
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  return dir;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

nlohmann::ordered_json read_json(const std::string& path) { return nlohmann::ordered_json::parse(read_file(path), nullptr, false); }

std::string scenario(const std::string& name) { return std::string(SAKSI_SOURCE_DIR) + "/scenarios/" + name; }

nlohmann::ordered_json measurement(const nlohmann::ordered_json& verdicts, const std::string& id) {
  if (!verdicts.is_object()) return nullptr;
  for (const auto& entry : verdicts.at("measurements")) {
    if (entry.at("id") == id) return entry;
  }
  return nullptr;
}

std::string verdict_on(const nlohmann::ordered_json& verdicts, const std::string& id) {
  if (!verdicts.is_object()) return "";
  for (const auto& entry : verdicts.at("requirements")) {
    if (entry.at("id") == id) return entry.at("verdict").get<std::string>();
  }
  return "";
}

}  // namespace saksi::test
