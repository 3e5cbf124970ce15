#include "sim/engine/determinism.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "base/exit_code.h"

namespace saksi::sim {

namespace {

std::string absolute(const std::string& path) { return path.empty() ? path : std::filesystem::absolute(path).string(); }

std::vector<std::string> arguments(const PreparedRun& prepared, const std::string& out_dir) {
  const RunRequest& request = prepared.request;
  std::vector<std::string> args = {program_path(), "run", absolute(request.scenario_path), "--quiet", "--out", out_dir, "--encoder", request.encoder};
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    args.push_back(name);
    args.push_back(value);
  };
  add("--device", absolute(request.device_path));
  add("--board", absolute(request.board_path));
  add("--firmware", absolute(request.firmware_path));
  add("--clip", absolute(request.clip_path));
  add("--size-table", absolute(prepared.size_table));
  add("--seed", std::to_string(prepared.scenario.seed));
  if (request.width) add("--size", fmt::format("{}x{}", *request.width, *request.height));
  if (request.fps) add("--fps", std::to_string(*request.fps));
  if (request.time_limit_s > 0) add("--time-limit", fmt::format("{}", request.time_limit_s));
  for (const auto& [name, value] : request.parameters) add("--set", name + "=" + value);
  return args;
}

[[noreturn]] void exec_elsewhere(const std::vector<std::string>& args) {
  std::vector<char*> argv;
  for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  setenv("TZ", "Asia/Jakarta", 1);
  setenv("LANG", "id_ID.UTF-8", 1);
  setenv("LC_ALL", "C", 1);
  setenv("MALLOC_PERTURB_", "165", 1);
  umask(077);
  if (chdir("/") != 0) _exit(static_cast<int>(ExitCode::kInfraError));
  if (!freopen("/dev/null", "w", stdout)) _exit(static_cast<int>(ExitCode::kInfraError));
  execv(argv[0], argv.data());
  _exit(static_cast<int>(ExitCode::kInfraError));
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Verdicts without the run's name, which is the one thing that may differ (a suite names its runs).
std::string comparable(const std::string& path) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(text_of(path), nullptr, false);
  if (json.is_object()) json.erase("scenario");
  return json.dump();
}

}  // namespace

std::string check_determinism(const PreparedRun& prepared) {
  const std::string out_dir = absolute(prepared.request.out_dir);
  const std::string check_dir = out_dir + "/check";
  std::filesystem::remove_all(check_dir);
  const std::vector<std::string> args = arguments(prepared, check_dir);
  const pid_t pid = fork();
  if (pid < 0) throw InfraError("cannot start the second run");
  if (pid == 0) exec_elsewhere(args);
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) throw InfraError("the second run died");
  const auto code = static_cast<ExitCode>(WEXITSTATUS(status));
  if (code == ExitCode::kUsage || code == ExitCode::kInfraError) throw InfraError("the second run could not be made");

  const std::string first = comparable(out_dir + "/verdicts.json");
  const std::string second = comparable(check_dir + "/verdicts.json");
  if (first == second) return "";
  for (const char* file : {"events.jsonl", "console.log"}) {
    if (text_of(out_dir + "/recording/" + file) != text_of(check_dir + "/recording/" + file)) {
      return fmt::format("recording/{0} differs; compare {1}/recording/{0} with {2}/recording/{0}", file, out_dir, check_dir);
    }
  }
  return fmt::format("the card images or the verdicts differ; compare {} with {}", out_dir, check_dir);
}

}  // namespace saksi::sim
