// Goal: --trace leaves a whole file of waves around its event, true in time, without changing the run, however the run ends. Method: a short
// scenario; GTKWave's fst2vcd reads the file, and what it says is held against the recording and the truth; processes are ended in the window.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMs = 1'000'000'000;  // picoseconds
constexpr uint64_t kClockPs = 10'000;

/// The camera is ready at 0.5 s and codes pictures; the press comes at 0.9 s.
std::string short_scenario(const std::string& dir, const std::string& trace = "", const std::string& duration_s = "1.2",
                           const std::string& press_s = "0.9") {
  const std::string path = dir + "/short.yaml";
  write_file(path, "name: short\nlight: " + scenario("scenes/desk.yaml") + "\nduration_s: " + duration_s +
                       "\nactions:\n  - {at_s: 0.1, supply: on}\n  - {at_s: " + press_s + ", press: record}\n" + trace +
                       "require: [ready-in-time]\nrequirements: " + scenario("requirements/first-light.yaml") + "\n");
  return path;
}

/// What of a file of waves the tests look at: wires, by full name.
struct Waves {
  explicit Waves(const std::string& path) {
    const Outcome read = run_command("timeout 120 fst2vcd " + quoted(path));
    readable = read.code == 0;
    std::istringstream in(read.output);
    std::vector<std::string> scopes;
    std::map<std::string, std::vector<std::string>> names_of;
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string first, kind, size, code, name;
      words >> first;
      if (first == "$scope") {
        words >> kind >> name;
        scopes.push_back(name);
      } else if (first == "$upscope") {
        scopes.pop_back();
      } else if (first == "$var") {
        words >> kind >> size >> code >> name;
        std::string full;
        for (const std::string& scope : scopes) full += scope + ".";
        names.push_back(full + name);
        if (size == "1") names_of[code].push_back(full + name);
      } else if (line[0] == '#') {
        times.push_back(std::stoull(line.substr(1)));
      } else if ((line[0] == '0' || line[0] == '1') && !times.empty()) {
        for (const std::string& wire : names_of[line.substr(1)]) changes[wire].emplace_back(times.back(), line[0] == '1');
      }
    }
  }

  /// Times at which a wire rises, not counting how it stood at the beginning.
  std::vector<uint64_t> rises(const std::string& wire) const {
    std::vector<uint64_t> result;
    const auto found = changes.find(wire);
    if (found == changes.end()) return result;
    for (const auto& [ps, level] : found->second) {
      if (level && ps != times.front()) result.push_back(ps);
    }
    return result;
  }
  bool has(const std::string& name) const { return std::find(names.begin(), names.end(), name) != names.end(); }

  bool readable = false;
  std::vector<std::string> names;
  std::vector<uint64_t> times;
  std::map<std::string, std::vector<std::pair<uint64_t, bool>>> changes;
};

std::string waves_in(const std::string& dir) { return dir + "/truth/waves.fst"; }

/// "t_done_ns" of every coded picture in [from, to].
std::vector<uint64_t> pictures_done(const std::string& dir, uint64_t from_ns, uint64_t to_ns) {
  std::vector<uint64_t> result;
  std::istringstream in(read_file(dir + "/truth/encoder.jsonl"));
  for (std::string line; std::getline(in, line);) {
    const uint64_t t_ns = nlohmann::json::parse(line).at("t_done_ns");
    if (t_ns >= from_ns && t_ns <= to_ns) result.push_back(t_ns);
  }
  return result;
}

std::string digest(const std::string& dir) { return read_json(dir + "/verdicts.json").value("digest", ""); }

TEST(Waves, AroundAPressAsTheRecordingHasItAndWithoutChangingIt) {
  const std::string dir = fresh_dir("waves-press");
  const std::string file =
      short_scenario(dir, "trace: {around: press, before_ms: 60, after_ms: 2, signals: [\"*.clk\", \"h264.irq\", h264.clocked]}\n");
  const Outcome plain = saksi("run " + file + " --quiet --out " + dir + "/plain");
  const Outcome traced = saksi("run " + file + " --quiet --trace --out " + dir + "/traced");
  EXPECT_EQ(plain.code, 0) << plain.output;
  EXPECT_EQ(traced.code, 0) << traced.output;
  EXPECT_EQ(digest(dir + "/plain"), digest(dir + "/traced"));
  EXPECT_FALSE(fs::exists(waves_in(dir + "/plain")));
  EXPECT_NE(traced.output.find("truth/waves.fst, 840.000 to 902.000 ms, around press"), std::string::npos) << traced.output;

  const Waves waves(waves_in(dir + "/traced"));
  ASSERT_TRUE(waves.readable);
  EXPECT_EQ(waves.times.front(), 840 * kMs);
  EXPECT_EQ(waves.times.back(), 902 * kMs);
  EXPECT_EQ(waves.rises("board.button_record"), std::vector<uint64_t>{900 * kMs});
  std::vector<uint64_t> irqs_ns;
  for (const uint64_t ps : waves.rises("h264.irq")) irqs_ns.push_back(ps / 1000);
  EXPECT_FALSE(irqs_ns.empty());
  EXPECT_EQ(irqs_ns, pictures_done(dir + "/traced", 840'000'000, 902'000'000)) << "the circuit's irq is at the time of the truth";
  EXPECT_EQ(waves.rises("board.irq_h264"), waves.rises("h264.irq"));
  for (const uint64_t ps : waves.rises("h264.clk")) ASSERT_EQ(ps % kClockPs, 0u);
  // Every clock that was shown, and none twice, while the block was clocked.
  const auto& clocked = waves.changes.at("h264.clocked");
  const auto edges = waves.rises("h264.clk");
  for (size_t i = 0; i + 1 < clocked.size(); ++i) {
    if (!clocked[i].second || i == 0) continue;
    const auto first = std::lower_bound(edges.begin(), edges.end(), clocked[i].first);
    const auto last = std::lower_bound(edges.begin(), edges.end(), clocked[i + 1].first);
    EXPECT_EQ(static_cast<uint64_t>(last - first), (*(last - 1) - *first) / kClockPs + 1);
  }
}

TEST(Waves, SignalsByNameAndAWindowOnTheCommandLine) {
  const std::string dir = fresh_dir("waves-names");
  const std::string file = short_scenario(dir);
  const Outcome outcome =
      saksi("run " + file + " --quiet --trace=500:500.5 --trace-signals h264.u_entropy --trace-signals 'sha256.*addr' --out " + dir + "/out");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const Waves waves(waves_in(dir + "/out"));
  ASSERT_TRUE(waves.readable);
  EXPECT_EQ(waves.times.front(), 500 * kMs);
  EXPECT_EQ(waves.times.back(), 500 * kMs + kMs / 2);
  EXPECT_TRUE(waves.has("h264.u_entropy.clk_i"));
  EXPECT_TRUE(waves.has("sha256.m_axi_araddr"));
  EXPECT_TRUE(waves.has("board.irq_sdhci"));
  EXPECT_FALSE(waves.has("h264.clk"));
  EXPECT_FALSE(waves.has("sha256.clk"));
}

TEST(Waves, TheRunMayEndInsideTheWindow) {
  const std::string dir = fresh_dir("waves-end");
  const std::string file = short_scenario(dir);
  const Outcome outcome = saksi("run " + file + " --quiet --time-limit 0.9005 --trace=899:905 --trace-signals '*.irq' --out " + dir + "/out");
  EXPECT_NE(outcome.output.find("899.000 to 900.500 ms"), std::string::npos) << outcome.output;
  const Waves waves(waves_in(dir + "/out"));
  ASSERT_TRUE(waves.readable);
  EXPECT_EQ(waves.times.back(), 900 * kMs + kMs / 2);
}

TEST(Waves, WhatLeadsToTheEndOrToALineOfTheConsole) {
  const std::string dir = fresh_dir("waves-events");
  const std::string file =
      short_scenario(dir, "trace: {around: {console: \"*firmware sha256 *\"}, before_ms: 170, after_ms: 0, signals: [sha256.irq]}\n", "0.6", "0.55");
  const Outcome console = saksi("run " + file + " --quiet --trace --out " + dir + "/console");
  EXPECT_GE(Waves(waves_in(dir + "/console")).rises("sha256.irq").size(), 1u)
      << console.output << "what the line says has come from the hash block, in the boot ROM";
  const Outcome end = saksi("run " + file + " --quiet --trace=end --out " + dir + "/end");
  EXPECT_NE(end.output.find("430.000 to 600.000 ms, around end"), std::string::npos) << end.output;
  const Outcome never = saksi("run " + file + " --quiet --trace=watchdog --out " + dir + "/never");
  EXPECT_EQ(never.code, console.code);
  EXPECT_NE(never.output.find("nothing recorded: watchdog did not come to pass"), std::string::npos) << never.output;
}

TEST(Waves, FirmwareThatIsLost) {
  const std::string dir = fresh_dir("waves-lost");
  const std::string firmware = std::string(SAKSI_BUILD_DIR) + "/sim/observe/testdata/no_handler.elf";
  const Outcome outcome = saksi("run " + short_scenario(dir) + " --quiet --time-limit 0.5 --trace=lost --trace-signals '*.clk' --firmware " +
                                firmware + " --out " + dir + "/out");
  EXPECT_NE(outcome.output.find("the firmware traps and has no handler"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("around lost"), std::string::npos) << outcome.output;
  const Waves waves(waves_in(dir + "/out"));
  ASSERT_TRUE(waves.readable);
  EXPECT_GT(waves.times.back(), waves.times.front());
}

// However processes end.

/// Processes whose parent is `pid`.
std::vector<pid_t> children_of(pid_t pid) {
  const std::string number = std::to_string(pid);
  std::istringstream in(read_file("/proc/" + number + "/task/" + number + "/children"));
  std::vector<pid_t> children;
  for (pid_t child = 0; in >> child;) children.push_back(child);
  return children;
}

/// A run that records for very long, begun and left alone until its file of waves is there and has grown.
class LongWaves : public ::testing::Test {
 protected:
  void begin(const std::string& options) {
    dir_ = fresh_dir(std::string("waves-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    const std::string command =
        quoted(SAKSI_BUILD_DIR "/saksi") + " run " + short_scenario(dir_, "", "5") + " --quiet --out " + dir_ + "/out " + options;
    ASSERT_EQ(pipe(life_), 0);
    main_ = fork();
    if (main_ == 0) {
      close(life_[0]);
      const std::string with_output = "exec " + command + " > " + dir_ + "/output 2>&1";
      execl("/bin/sh", "sh", "-c", with_output.c_str(), nullptr);
      _exit(127);
    }
    close(life_[1]);
    for (int i = 0; i < 1200 && recorder() == 0; ++i) usleep(50'000);
    ASSERT_NE(recorder(), 0) << read_file(dir_ + "/output");
    sleep(3);
  }
  /// The process that records: a child of the run's that has itself one, the writer.
  pid_t recorder() const {
    for (const pid_t run : children_of(main_)) {
      for (const pid_t child : children_of(run)) {
        if (fs::exists(waves_in(dir_ + "/out")) && !children_of(child).empty()) return child;
      }
    }
    return 0;
  }
  /// Waits for the main process, then until nobody of the run lives any more; its status.
  int end() {
    int status = 0;
    waitpid(main_, &status, 0);
    const auto before = std::chrono::steady_clock::now();
    char byte = 0;
    while (read(life_[0], &byte, 1) > 0) {
    }
    close(life_[0]);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1)) << "the main process has waited for the others";
    return status;
  }
  void expect_whole_file() const {
    const Waves waves(waves_in(dir_ + "/out"));
    ASSERT_TRUE(waves.readable);
    ASSERT_FALSE(waves.times.empty());
    EXPECT_EQ(waves.times.front(), 600 * kMs);
    EXPECT_GT(waves.times.back(), 600 * kMs);
    EXPECT_GT(waves.rises("h264.clk").size(), 1000u);
  }

  static constexpr char kOptions[] = "--trace=600:2000 --trace-signals h264.u_fetch --trace-signals '*.clk'";
  std::string dir_;
  pid_t main_ = -1;
  int life_[2] = {-1, -1};
};

TEST_F(LongWaves, Interrupted) {
  ASSERT_NO_FATAL_FAILURE(begin(kOptions));
  kill(main_, SIGINT);
  const int status = end();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
  expect_whole_file();
}

TEST_F(LongWaves, Terminated) {
  ASSERT_NO_FATAL_FAILURE(begin(kOptions));
  kill(main_, SIGTERM);
  const int status = end();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
  expect_whole_file();
}

TEST_F(LongWaves, TheRunTakesLongerThanItMay) {
  ASSERT_NO_FATAL_FAILURE(begin(std::string(kOptions) + " --wall-limit 6"));
  const int status = end();
  EXPECT_EQ(WEXITSTATUS(status), 3) << read_file(dir_ + "/output");
  expect_whole_file();
}

TEST_F(LongWaves, TheRecorderCrashes) {
  ASSERT_NO_FATAL_FAILURE(begin("--time-limit 1 --trace=600:2000 --trace-signals h264.u_fetch --trace-signals '*.clk'"));
  kill(recorder(), SIGABRT);
  const int status = end();
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the run is not harmed";
  EXPECT_NE(read_file(dir_ + "/output").find("the recorder ended early"), std::string::npos) << read_file(dir_ + "/output");
  expect_whole_file();
}

TEST_F(LongWaves, TheRecorderIsKilled) {
  ASSERT_NO_FATAL_FAILURE(begin("--time-limit 1 --trace=600:2000 --trace-signals h264.u_fetch --trace-signals '*.clk'"));
  kill(recorder(), SIGKILL);
  const int status = end();
  EXPECT_EQ(WEXITSTATUS(status), 0);
  expect_whole_file();
}

// What cannot be asked for.

TEST(Waves, MistakesAreNamedWithTheirPlace) {
  const std::string dir = fresh_dir("waves-mistakes");
  const auto error = [&](const std::string& trace, const std::string& options = "--trace") {
    const Outcome outcome = saksi("run " + short_scenario(dir, trace) + " " + options + " --out " + dir + "/out");
    EXPECT_EQ(outcome.code, 2) << outcome.output;
    return outcome.output;
  };
  EXPECT_NE(error("trace: {around: pres}\n").find("short.yaml:7:17: there is no event 'pres'; did you mean 'press'? Known here: press, "),
            std::string::npos);
  EXPECT_NE(error("trace: {around: {irq: h265}}\n").find("short.yaml:7:17: "), std::string::npos);
  EXPECT_NE(error("trace: {around: {irq: h265}}\n").find("has no block 'h265' with an irq; known: "), std::string::npos);
  EXPECT_NE(error("trace: {arround: press}\n").find("did you mean 'around'"), std::string::npos);
  EXPECT_NE(error("trace: {around: press, before_ms: 0, after_ms: 0}\n").find("nothing would be recorded"), std::string::npos);
  EXPECT_NE(error("", "--trace=30:20").find("0 <= FROM_MS < TO_MS was expected"), std::string::npos);
  EXPECT_NE(error("", "--trace=9000:9001").find("the run is over at 1.200 s"), std::string::npos);
  EXPECT_NE(error("", "--trace=presss").find("an event was expected"), std::string::npos);
  EXPECT_NE(error("", "--trace --gdb 0").find("--gdb and --trace do not go together"), std::string::npos);
}

}  // namespace
}  // namespace saksi::test
