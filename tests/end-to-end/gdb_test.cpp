// Goal: `--gdb` serves the real gdb as its users know it, forwards and backwards; nothing that it does changes the run; no client does harm.
// Method: gdb-multiarch in batch mode on bare programs and on the camera; raw connections where gdb would be too polite.
#include <gtest/gtest.h>

#include "tests/support/debugged_run.h"

namespace saksi::test {
namespace {

std::string program(const std::string& name) { return std::string(SAKSI_BUILD_DIR) + "/hw-models/cpu/testdata/" + name + ".elf"; }

/// What debug_me prints, start to end.
const std::string kDebugMeOutput = "bcdefghijklmnopqrstuvwxyzabcde\n";

/// EXPECT that the texts stand in `output` in this order.
void expect_in_order(const std::string& output, const std::vector<std::string>& texts) {
  size_t at = 0;
  for (const std::string& text : texts) {
    const size_t found = output.find(text, at);
    ASSERT_NE(found, std::string::npos) << "'" << text << "' is not there, or not in its place, in:\n" << output;
    at = found + text.size();
  }
}

TEST(Gdb, BreaksStepsAndLooks) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-breaks"));
  const Outcome gdb =
      run.gdb(program("debug_me"),
              "x/i $pc\nbreak add_round\ncontinue\nbacktrace\ninfo threads\nprint round\nstepi\nnext\nfinish\n"
              "print total\nset var total = 1000\nprint total\nx/2xb &total\nprint/x $mie\nprint $mhartid\nset $mscratch = 0x1234\n"
              "print/x $mscratch\nprint/x $minstret > 0\nset $t0 = 0x55aa\ninfo registers t0\ntbreak square\ncontinue\ncontinue\nbacktrace\n"
              "hbreak trap\ncontinue\nprint/x $mcause\ndelete\nset var total = 14\ncontinue\n");
  expect_in_order(gdb.output, {"=> 0x1000:",
                               "Breakpoint 1",
                               "Breakpoint 1, add_round (round=1)",
                               "#0  add_round (round=1)",
                               "#1 ",
                               "main ()",
                               "* 1    Thread 1 (hart 0)",
                               "$1 = 1",
                               "$2 = 1",
                               "$3 = 1000",
                               "0xe8\t0x03",
                               "$4 = 0x80",
                               "$5 = 0",
                               "$6 = 0x1234",
                               "$7 = 0x1",
                               "t0             0x55aa",
                               "Temporary breakpoint 2, square (n=2)",
                               "#1 ",
                               "add_round (round=2)",
                               "#2 ",
                               "main ()",
                               "Breakpoint 3, trap ()",
                               "$8 = 0x80000007",
                               "exited with code 01"});
  EXPECT_EQ(run.wait(), 1) << "the sum was changed, so the program fails: " << run.errors();
  EXPECT_EQ(run.output(), kDebugMeOutput);
}

TEST(Gdb, WatchesAndSaysWhatChanged) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-watch"));
  const Outcome gdb =
      run.gdb(program("debug_me"),
              "watch total\ncontinue\ncontinue\ndelete\nrwatch wakes\ncontinue\ndelete\nawatch total\ncontinue\ncontinue\ndelete\ncontinue\n");
  expect_in_order(gdb.output, {"Hardware watchpoint 1: total", "Old value = 0", "New value = 1", "Old value = 1", "New value = 5",
                               "Hardware read watchpoint 2: wakes", "Value = ", "Hardware access (read/write) watchpoint 3: total", "Value = 5",
                               "Old value = 5", "New value = 14", "exited normally"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_EQ(run.output(), kDebugMeOutput);
}

TEST(Gdb, GoesBackInTime) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-reverse"));
  const Outcome gdb = run.gdb(
      program("debug_me"),
      "break square\nignore 1 24\ncontinue\nprint n\nprint total\nmonitor time\nreverse-stepi\nx/i $pc\nreverse-continue\nprint n\nprint total\n"
      "reverse-continue\nprint n\ndelete\nwatch total\nreverse-continue\nprint total\nreverse-continue\ndelete\nbreak add_round\n"
      "continue\nprint round\nreverse-finish\nreverse-step\nreverse-next\ndelete\nreverse-continue\nx/i $pc\ncontinue\n");
  expect_in_order(gdb.output, {"Breakpoint 1, square (n=25)",
                               "$1 = 25",
                               "$2 = 4900",
                               "virtual time 0.02",
                               "=> ",
                               "jal",
                               "Breakpoint 1, square (n=24)",
                               "$3 = 24",
                               "$4 = 4324",
                               "square (n=23)",
                               "$5 = 23",
                               "Hardware watchpoint 2: total",
                               "Old value = 3795",
                               "New value = 3311",
                               "$6 = 3311",
                               "Old value = 3311",
                               "New value = 2870",
                               "Breakpoint 3, add_round (round=22)",
                               "$7 = 22",
                               "No more reverse-execution history",
                               "=> 0x1000:",
                               "exited normally"});
  EXPECT_EQ(run.wait(), 0) << run.errors();
  EXPECT_EQ(run.output(), kDebugMeOutput) << "each character once, however often the stretch was run";
}

TEST(Gdb, WhatItChangedHappensAgainWhenItComesForwardAgain) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-changes"));
  const Outcome gdb =
      run.gdb(program("debug_me"),
              "break square\nignore 1 4\ncontinue\nset var total = 100\ncontinue\nprint total\nreverse-continue\nreverse-continue\nprint total\n"
              "continue\ncontinue\nprint total\nmonitor reset\nmaintenance flush register-cache\nx/i $pc\nprint total\ndelete\ncontinue\n");
  expect_in_order(gdb.output, {"square (n=5)", "square (n=6)", "$1 = 125", "square (n=5)", "square (n=4)", "$2 = 14", "square (n=5)", "square (n=6)",
                               "$3 = 125", "back at the first instruction", "=> 0x1000:", "$4 = 0", "exited normally"});
  EXPECT_EQ(run.wait(), 0) << "after the reset the change is forgotten: " << run.errors();
}

TEST(Gdb, WhatWasTypedIsTypedAgain) {
  DebuggedRun run("boot " + program("echo"), fresh_dir("gdb-typed"), "sleep 3; printf sak; sleep 1; printf si.");
  const Outcome gdb = run.gdb(
      program("echo"),
      "break serve_uart if done == 1\nwatch done\ncontinue\nprint head\ndelete\nbreak serve_uart\nreverse-continue\nreverse-continue\nprint head\n"
      "delete\nwatch head\nreverse-continue\nreverse-continue\ndelete\nwatch done\ncontinue\nprint head\ndelete\ncontinue\n");
  expect_in_order(gdb.output, {"New value = 1", "$1 = 5", "serve_uart ()", "New value = 1", "$3 = 5", "exited normally"});
  EXPECT_EQ(run.wait(), 0) << run.errors();
  EXPECT_EQ(run.output(), "SAKSI.");
}

TEST(Gdb, CtrlCInterruptsALoopThatDoesNothing) {
  DebuggedRun run("boot " + program("spin"), fresh_dir("gdb-interrupt"));
  const Outcome gdb =
      run.gdb(program("spin"), "continue\nprint spins > 1000\ninfo threads\nset var leave = 1\ncontinue\n", "sleep 4; kill -INT $gdb");
  expect_in_order(gdb.output, {"received signal SIGINT", "main ()", "$1 = 1", "Thread 1", "exited normally"});
  EXPECT_EQ(run.wait(), 0);
}

TEST(Gdb, MonitorCommandsShowTheBoard) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-monitor"));
  const Outcome gdb =
      run.gdb(program("debug_me"),
              "monitor help\nmonitor blocks\nbreak add_round\ncontinue\ncontinue\nmonitor regs uart\nmonitor reg clint.MTIME_LO\nx/1wx 0x0200bff8\n"
              "monitor reg clint.MTIME_LO\nmonitor regs plic\nmonitor trace 5\nmonitor checkpoints\nmonitor nonsense\nmonitor reg uart.SCR 0x5a\n"
              "monitor reg uart.SCR\nx/8xb 0x10000000\ndelete\nset var *(char*)0x10000007 = 1\n");
  expect_in_order(gdb.output,
                  {"monitor regs BLOCK", "uart       0x10000000   10  NS16550A serial port", "Breakpoint 1, add_round", "LSR", "DR=0", "MTIME_LO",
                   "0x200bff8:\t0x", "PRIORITY", "are 0", "main", "jal ra,", "position", "'nonsense' is no monitor command. There are:", "0x5a",
                   "0x10000000:", "0x5a", "Cannot access memory at address 0x10000007"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_EQ(run.output(), kDebugMeOutput);
}

TEST(Gdb, DetachAndKill) {
  DebuggedRun detached("boot " + program("debug_me"), fresh_dir("gdb-detach"));
  detached.gdb(program("debug_me"), "break square\ncontinue\ndetach\n");
  EXPECT_EQ(detached.wait(), 0) << detached.errors();
  EXPECT_EQ(detached.output(), kDebugMeOutput);
  DebuggedRun killed("boot " + program("debug_me"), fresh_dir("gdb-kill"));
  killed.gdb(program("debug_me"), "break square\ncontinue\nkill\n");
  EXPECT_EQ(killed.wait(), 4);
  EXPECT_NE(killed.errors().find("ended by the debugger"), std::string::npos);
  const std::string dir = fresh_dir("gdb-kill-run");
  DebuggedRun camera("run " + scenario("start/press-at-desk.yaml") + " --out " + dir + "/out", dir);
  camera.gdb(std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam.elf", "kill\n");
  EXPECT_EQ(camera.wait(), 4) << camera.errors();
}

TEST(Gdb, ADebuggerThatIsLostLeavesTheRunToGoOnAndAnotherMayCome) {
  DebuggedRun run("boot " + program("spin"), fresh_dir("gdb-lost"));
  RawClient lost(run.port());
  lost.say("$?#3f");
  EXPECT_NE(lost.hear("T05thread:1;#").find("T05thread:1;"), std::string::npos);
  lost.say("+$c#63");
  lost.hang_up();
  const Outcome gdb = run.gdb(program("spin"), "print spins > 0\nset var leave = 1\ncontinue\n");
  expect_in_order(gdb.output, {"$1 = 1", "exited normally"});
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(run.errors().find("the debugger has gone; the run goes on"), std::string::npos) << run.errors();
}

TEST(Gdb, ASecondDebuggerIsSentAwayWhileTheFirstGoesOn) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-second"));
  RawClient first(run.port());
  first.say("$?#3f");
  EXPECT_NE(first.hear("T05thread:1;#").find("T05"), std::string::npos);
  const Outcome second = run.gdb(program("debug_me"), "print total\n");
  EXPECT_NE(second.output.find("another debugger is attached to this run"), std::string::npos) << second.output;
  first.say("+$qC#b4");
  EXPECT_NE(first.hear("QC1#").find("QC1"), std::string::npos);
  first.say("+$c#63");
  EXPECT_NE(first.hear("$W00#b7").find("$W00#b7"), std::string::npos) << "it is told the end";
  EXPECT_EQ(run.wait(), 0);
}

TEST(Gdb, GarbageDoesNoHarm) {
  DebuggedRun run("boot " + program("debug_me"), fresh_dir("gdb-garbage"));
  {
    RawClient http(run.port());
    http.say("GET / HTTP/1.0\r\n\r\n");
    std::string noise;
    uint32_t state = 1;
    for (int i = 0; i < 200000; ++i) noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    http.say(noise);
    http.say("$" + std::string(100000, 'm') + "#00");
    EXPECT_NE(http.hear("longer than 16384 bytes").find("longer than 16384 bytes"), std::string::npos);
    http.say("$g#00");
    EXPECT_NE(http.hear("-").find('-'), std::string::npos) << "a bad checksum asks for the packet again";
  }
  {
    RawClient mute(run.port());  // says nothing, so it gives way
    const Outcome gdb = run.gdb(program("debug_me"), "break square\ncontinue\nprint n\ndelete\ncontinue\n");
    expect_in_order(gdb.output, {"$1 = 1", "exited normally"});
  }
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(run.errors().find("bytes that are no packet"), std::string::npos) << run.errors();
}

TEST(Gdb, APortInUseIsSaidBeforeAnythingRuns) {
  DebuggedRun run("boot " + program("spin"), fresh_dir("gdb-port"));
  const std::string port = std::to_string(run.port());
  const Outcome second = saksi("boot " + program("hello") + " --gdb " + port);
  EXPECT_EQ(second.code, 2);
  EXPECT_NE(second.output.find("cannot listen on 127.0.0.1:" + port + ": Address already in use"), std::string::npos) << second.output;
  EXPECT_EQ(second.output.find("hello, world"), std::string::npos);
  const Outcome suite = saksi("run " + scenario("suites/first-light.yaml") + " --gdb 0 --out " + fresh_dir("gdb-suite"));
  EXPECT_EQ(suite.code, 2);
  EXPECT_NE(suite.output.find("one scenario at a time"), std::string::npos) << suite.output;
}

TEST(Gdb, TheCameraIsDebuggedWithoutATrace) {
  const std::string dir = fresh_dir("gdb-camera");
  const std::string elf = std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam.elf";
  DebuggedRun run("run " + scenario("start/press-at-desk.yaml") + " --out " + dir + "/out", dir);
  const Outcome gdb =
      run.gdb(elf,
              "monitor blocks\nbreak recorder_start\ncontinue\nbacktrace 3\nmonitor time\nmonitor regs h264\nmonitor regs sdhci\nx/4wx 0x10030000\n"
              "tbreak sdhci_transfer\ncontinue\nbacktrace 4\nreverse-continue\nprint press_time\nreverse-stepi\nmonitor trace 8\nstepi\n"
              "watch -location recorder->is_active\ncontinue\nreverse-continue\nmonitor checkpoints\ndelete\ncontinue\n");
  expect_in_order(gdb.output, {"h264       0x10030000   14", "Breakpoint 1, recorder_start", "#1 ", "virtual time 5.", "CTRL", "PRESENT",
                               "0x10030000:", "sdhci_transfer", "Breakpoint 1, recorder_start", "$1 = ", "New value = true", "New value = false",
                               "of at most", "exited normally"});
  EXPECT_EQ(run.wait(), 0) << run.errors();
  const Outcome alone = saksi("run " + scenario("start/press-at-desk.yaml") + " --quiet --out " + dir + "/alone");
  EXPECT_EQ(alone.code, 0) << alone.output;
  const std::string digest = read_json(dir + "/alone/verdicts.json").value("digest", "none");
  EXPECT_EQ(read_json(dir + "/out/verdicts.json").value("digest", ""), digest);
}

}  // namespace
}  // namespace saksi::test
