// Goal: what firmware does is shown as it is (coverage, profile, spans), what it does wrong is found, and its end is explained. Method: small
// programs of which every number is known (sim/observe/testdata), the reference firmware and a defective one, read back with lcov and genhtml.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

std::string program(const std::string& name) { return std::string(SAKSI_BUILD_DIR) + "/sim/observe/testdata/" + name + ".elf"; }
std::string source(const std::string& name) { return std::string(SAKSI_SOURCE_DIR) + "/sim/observe/testdata/" + name + ".c"; }

Outcome boot(const std::string& name, const std::string& options) {
  return saksi("boot " + program(name) + " " + options + " --max-time 5 < /dev/null");
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Number of the line of a program's source that holds a text, from 1.
int line_with(const std::string& name, const std::string& text) {
  std::istringstream in(read_file(source(name)));
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (contains(line, text)) return number;
  }
  ADD_FAILURE() << name << ".c has no line with " << text;
  return 0;
}

std::string place(const std::string& name, const std::string& text) { return name + ".c:" + std::to_string(line_with(name, text)); }

/// The numbers behind "<key>:" lines of the record of one source file of a tracefile, by what they belong to.
std::map<std::string, uint64_t> records(const std::string& tracefile, const std::string& file, const std::string& key) {
  std::map<std::string, uint64_t> result;
  std::istringstream in(read_file(tracefile));
  bool here = false;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("SF:", 0) == 0) here = contains(line, file);
    const size_t comma = line.find(',');
    if (!here || line.rfind(key + ":", 0) != 0 || comma == std::string::npos) continue;
    const std::string first = line.substr(key.size() + 1, comma - key.size() - 1), second = line.substr(comma + 1);
    result[key == "DA" ? first : second] = std::stoull(key == "DA" ? second : first);
  }
  return result;
}

/// Every B of a trace has its E behind it, in order of time; gives the number of spans, or -1.
int spans_in(const nlohmann::ordered_json& trace, int pid) {
  int spans = 0, open = 0;
  double last = -1;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.at("pid") != pid || (event.at("ph") != "B" && event.at("ph") != "E")) continue;
    const double ts = event.at("ts").get<double>();
    if (ts < last) return -1;
    last = ts;
    open += event.at("ph") == "B" ? 1 : -1;
    spans += event.at("ph") == "B" ? 1 : 0;
    if (open < 0) return -1;
  }
  return open == 0 ? spans : -1;
}

TEST(Coverage, EveryLineHasItsCount) {
  const std::string dir = fresh_dir("coverage");
  const Outcome outcome = boot("counted", "--coverage " + dir + "/a.info");
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const auto counts = records(dir + "/a.info", "counted.c", "DA");
  const auto count = [&](const std::string& text) -> int64_t {
    const auto found = counts.find(std::to_string(line_with("counted", text)));
    return found == counts.end() ? -1 : static_cast<int64_t>(found->second);
  };
  EXPECT_EQ(count("sink += i;"), 8) << "3 and 5, in two copies";
  EXPECT_EQ(count("sink = 1;"), 1);
  EXPECT_EQ(count("if (i == 7)"), 10);
  EXPECT_EQ(count("sink = i;"), 1);
  EXPECT_EQ(count("sink = 99;"), 0) << "never executed, and yet a line";
  EXPECT_EQ(count("  first();"), 1);
  const auto functions = records(dir + "/a.info", "counted.c", "FNDA");
  EXPECT_EQ(functions.at("main"), 1u);
  EXPECT_EQ(functions.at("never"), 0u);
  EXPECT_EQ(functions.at("first"), 1u);
  EXPECT_EQ(functions.at("twice"), 2u) << "inlined twice";
  const auto lines = records(dir + "/a.info", "counted.c", "FN");
  EXPECT_EQ(lines.at("never"), static_cast<uint64_t>(line_with("counted", "void never(void)")));
  EXPECT_EQ(records(dir + "/a.info", "start.S", "FNDA").at("_start"), 1u) << "assembly code has lines and functions too";
}

TEST(Coverage, LcovReadsMergesAndDrawsIt) {
  const std::string dir = fresh_dir("coverage-lcov");
  for (const char* name : {"a", "b"}) ASSERT_EQ(boot("counted", "--coverage " + dir + "/" + name + ".info").code, 0);
  EXPECT_EQ(read_file(dir + "/a.info"), read_file(dir + "/b.info"));
  const Outcome merged = run_command("cd " + dir + " && lcov -q -a a.info -a b.info -o both.info 2>&1 && genhtml -q both.info -o html 2>&1");
  EXPECT_EQ(merged.code, 0) << merged.output;
  EXPECT_EQ(records(dir + "/both.info", "counted.c", "DA").at(std::to_string(line_with("counted", "sink += i;"))), 16u);
  const Outcome summary = run_command("lcov --summary " + dir + "/a.info 2>&1");
  EXPECT_TRUE(contains(summary.output, "lines")) << summary.output;
  EXPECT_TRUE(std::filesystem::exists(dir + "/html/index.html"));
}

TEST(Coverage, AnImageWithoutDebugInformationSaysSo) {
  const std::string dir = fresh_dir("coverage-stripped");
  ASSERT_EQ(run_command("riscv64-unknown-elf-strip -o " + dir + "/bare.elf " + program("counted")).code, 0);
  const Outcome outcome = saksi("boot " + dir + "/bare.elf --coverage " + dir + "/a.info < /dev/null");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "no debug information")) << outcome.output;
}

TEST(Coverage, DamagedDebugInformationDoesNoHarm) {
  const std::string dir = fresh_dir("coverage-damaged");
  const std::string file = read_file(program("counted"));
  constexpr size_t kDebugBegins = 0x1200;  // behind what is loaded
  ASSERT_GT(file.size(), kDebugBegins + 1000);
  uint32_t seed = 1;
  for (int round = 0; round < 30; ++round) {
    std::string damaged = file;
    for (int i = 0; i < 40; ++i) {
      seed = seed * 1664525u + 1013904223u;
      damaged[kDebugBegins + (seed >> 4) % (file.size() - kDebugBegins)] = static_cast<char>(seed >> 24);
    }
    write_file(dir + "/damaged.elf", damaged);
    const Outcome outcome = saksi("boot " + dir + "/damaged.elf --coverage " + dir + "/a.info --max-time 0.1 < /dev/null");
    EXPECT_LT(outcome.code, 5) << "round " << round << ": " << outcome.output;
  }
}

TEST(GuestFaults, AReadOfMemoryNeverWritten) {
  const Outcome outcome = boot("unwritten", "--check-guest");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "guest fault: unwritten-read")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("unwritten", "sink = whole + 1"))) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("unwritten", "sink = part.word + 1"))) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "of which byte 2 was never written")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("unwritten", "sink = ((volatile uint8_t*)&to)[1]"))) << "copied padding stays unwritten\n"
                                                                                                  << outcome.output;
  EXPECT_FALSE(contains(outcome.output, place("unwritten", "to = from"))) << "a copy is no use\n" << outcome.output;
  EXPECT_FALSE(contains(outcome.output, place("unwritten", "sink = zeroed"))) << ".bss is written by the loader\n" << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "3 times")) << "one place is told once\n" << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("unwritten", "++i) read_whole()"))) << "the caller's line\n" << outcome.output;
}

TEST(GuestFaults, AStackThatOverflows) {
  const Outcome outcome = boot("overflow", "--check-guest stack-overflow");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "guest fault: stack-overflow")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "symbols __stack_limit, __stack_top")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("overflow", "sink = recurse(80)"))) << outcome.output;
  EXPECT_FALSE(contains(outcome.output, "on_other_stack")) << outcome.output;
}

TEST(GuestFaults, AWriteToCode) {
  const Outcome outcome = boot("code_write", "--check-guest=code-write");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "into the program's code, victim+0x4")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("code_write", "code[1] = 1"))) << outcome.output;
}

TEST(GuestFaults, GoodProgramsHaveNone) {
  for (const char* name : {"counted", "threads"}) {
    const Outcome outcome = boot(name, "--check-guest");
    EXPECT_EQ(outcome.code, 0) << name << ": " << outcome.output;
  }
}

TEST(GuestFaults, AnUnknownCheckIsRefused) {
  const Outcome outcome = boot("counted", "--check-guest unwritten-read,nonsense");
  EXPECT_EQ(outcome.code, 2);
}

TEST(Lost, ATrapWithoutAHandlerEndsWithTheLastInstructions) {
  const Outcome outcome = boot("no_handler", "");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "traps and has no handler: store access fault at fault+0x")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "mtval 0x40000000")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "sw a5,0(a0)") || contains(outcome.output, "sw a4,0(a0)")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("no_handler", "*nowhere = 1"))) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "x10 a0: ")) << "register changes\n" << outcome.output;
}

TEST(Lost, AHangEndsWithTheLastInstructions) {
  const Outcome outcome = boot("hang", "--hang-after 0.5 --trace-cpu 6");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "hangs: no progress for 0.5 s, at wait_for_ever+0x")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, place("hang", "while (!ready)"))) << outcome.output;
  EXPECT_EQ(boot("hang", "").code, 4) << "hangs are not looked for unless asked";
}

TEST(Lost, TheTraceOfAGoodEndEndsThere) {
  const Outcome outcome = boot("counted", "--trace-cpu 3");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "sw a0,0(t0)")) << "the write to the test finisher\n" << outcome.output;
}

TEST(Profile, ThreadsInterruptsAndJumpsKeepTheirStacks) {
  const std::string dir = fresh_dir("profile");
  const Outcome outcome = boot("threads", "--profile " + dir + "/p.folded --spans " + dir + "/s.json");
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  uint64_t leaf = 0;
  std::istringstream in(read_file(dir + "/p.folded"));
  for (std::string line; std::getline(in, line);) {
    const std::string stack = line.substr(0, line.rfind(' '));
    const uint64_t count = std::stoull(line.substr(line.rfind(' ') + 1));
    if (stack == "_start;main;leaf" || stack == "_start;main;tail;leaf") leaf += count;
    EXPECT_LT(std::count(stack.begin(), stack.end(), ';'), 12) << "stacks grow: " << line;
  }
  EXPECT_GT(leaf, 200u * 30);
  EXPECT_TRUE(contains(read_file(dir + "/p.folded"), "[interrupt: timer];trap_entry;on_tick "));
  EXPECT_TRUE(contains(read_file(dir + "/p.folded"), "thread_main;thread_work"));
  EXPECT_GT(spans_in(read_json(dir + "/s.json"), 1), 100);
}

/// One run of the reference firmware with every probe on, which the tests share.
const std::string& probed_run() {
  static const std::string dir = [] {
    const std::string out = fresh_dir("probed");
    const Outcome outcome =
        saksi("run " + scenario("start/press-at-desk.yaml") + " --out " + out + " --coverage --profile --spans=3 --check-guest --trace-cpu 5");
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    const std::string trace = read_file(out + "/cpu-trace.txt");
    EXPECT_TRUE(contains(trace, "wfi")) << "the camera sleeps when the scenario is over\n" << trace;
    EXPECT_FALSE(contains(outcome.output, "guest fault")) << "the reference firmware has none\n" << outcome.output;
    return out;
  }();
  return dir;
}

TEST(ProbedRun, HasTheDigestOfOneWithoutProbes) {
  const std::string plain = fresh_dir("unprobed");
  ASSERT_EQ(saksi("run " + scenario("start/press-at-desk.yaml") + " --out " + plain).code, 0);
  EXPECT_EQ(read_json(probed_run() + "/verdicts.json").at("digest"), read_json(plain + "/verdicts.json").at("digest"));
  for (const char* file : {"coverage.info", "profile.folded", "guest-faults.json", "truth/spans.jsonl", "cpu-trace.txt"}) {
    EXPECT_TRUE(std::filesystem::exists(probed_run() + "/" + file)) << file;
    EXPECT_FALSE(std::filesystem::exists(plain + "/" + file)) << file;
  }
}

TEST(ProbedRun, TheProfileCountsEveryInstruction) {
  uint64_t sum = 0;
  std::istringstream in(read_file(probed_run() + "/profile.folded"));
  for (std::string line; std::getline(in, line);) sum += std::stoull(line.substr(line.rfind(' ') + 1));
  EXPECT_EQ(sum, read_json(probed_run() + "/performance.json").at("instructions").get<uint64_t>());
  EXPECT_TRUE(contains(read_file(probed_run() + "/report.html"), "<svg id=\"flame\""));
}

TEST(ProbedRun, CoversTheFirmwaresSources) {
  EXPECT_GT(records(probed_run() + "/coverage.info", "camera/recorder.c", "DA").size(), 50u);
  const Outcome html = run_command("genhtml -q " + probed_run() + "/coverage.info -o " + probed_run() + "/html 2>&1");
  EXPECT_EQ(html.code, 0) << html.output;
}

TEST(ProbedRun, SpansStandInTheTimeline) { EXPECT_GT(spans_in(read_json(probed_run() + "/timeline.json"), 4), 100); }

TEST(ProbedRun, TheFaultyFirmwareIsFoundOut) {
  const std::string dir = fresh_dir("guest-faults");
  const std::string firmware = std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-guest-faults.elf";
  const Outcome outcome =
      saksi("run " + scenario("start/press-at-desk.yaml") + " --time-limit 3 --firmware " + firmware + " --check-guest --out " + dir);
  std::map<std::string, std::string> lines;
  const auto report = read_json(dir + "/guest-faults.json");
  for (const auto& fault : report.at("faults")) lines[fault.at("kind")] = fault.at("stack").at(1).at("function");
  ASSERT_EQ(lines.size(), 4u) << report.dump(2) << outcome.output;
  for (const auto& [kind, function] : lines) EXPECT_TRUE(contains(function, "__wrap_h264_start+0x")) << kind << " " << function;
}

}  // namespace
}  // namespace saksi::test
