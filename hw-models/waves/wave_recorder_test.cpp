// Goal: what streams tell comes into one FST file, in order, as another program reads it, and the file is whole however its recorder ends.
// Method: streams by hand, out of step with each other; GTKWave's fst2vcd reads the file; recorders that are killed.
#include "hw-models/waves/wave_recorder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "hw-models/waves/line_waves.h"
#include "hw-models/waves/vcd_for_test.h"
#include "hw-models/waves/wave_file.h"

namespace saksi::hw {
namespace {

WaveSignal signal(const std::string& scope, const std::string& name, uint32_t code, uint32_t bits = 1) {
  WaveSignal result;
  result.scope = scope;
  result.name = name;
  result.code = code;
  result.bits = bits;
  result.is_bus = bits > 1;
  result.msb = static_cast<int>(bits) - 1;
  return result;
}

void set(WaveSink& sink, uint32_t code, std::vector<uint32_t> words) { sink.value(code, words.data(), static_cast<uint32_t>(words.size())); }

class WaveRecorderTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::string path_ = folder_.file("w.fst");
};

TEST_F(WaveRecorderTest, StreamsOutOfStepComeInOneOrder) {
  WaveRecorder recorder(path_, {});
  WaveSink& a = recorder.pipe().add_stream("h264", "encoder");
  WaveSink& b = recorder.pipe().add_stream("sha256", "hash");
  EXPECT_FALSE(a.declare(signal("top", "clk", 1))) << "the ports stand in the module too";
  EXPECT_TRUE(a.declare(signal("top.encoder", "clk", 1)));
  EXPECT_TRUE(a.declare(signal("top.encoder.u_x", "data", 2, 33)));
  EXPECT_TRUE(a.declare(signal("top.encoder.u_y", "same_clk", 1)));
  EXPECT_TRUE(a.declare(signal("top.a_pkg", "kWidth", 5, 8)));
  EXPECT_TRUE(b.declare(signal("top.hash", "state", 1, 128)));
  a.at(1000);
  set(a, 1, {0});
  set(a, 2, {0xFFFFFFFF, 1});
  set(a, 5, {0x42});
  b.at(1000);
  set(b, 1, {1, 0, 0, 0x80000000});
  recorder.pipe().complete(1000);
  a.at(1500);
  set(a, 1, {1});
  a.at(3000);
  set(a, 1, {0});
  recorder.pipe().complete(1200);  // the other has come no further
  b.at(2000);
  set(b, 1, {0, 0, 0, 0});
  b.at(3000);
  set(b, 1, {7, 0, 0, 0});
  recorder.pipe().complete(3000);
  EXPECT_EQ(recorder.pipe().signals(), 5u);
  EXPECT_TRUE(recorder.finish());

  const Vcd vcd(path_);
  ASSERT_TRUE(vcd.readable);
  EXPECT_NE(vcd.timescale.find("1ps"), std::string::npos) << vcd.timescale;
  EXPECT_EQ(vcd.times, (std::vector<uint64_t>{1000, 1500, 2000, 3000}));
  EXPECT_EQ(vcd.changes.at("h264.clk"), "1000 0\n1500 1\n3000 0\n");
  EXPECT_EQ(vcd.changes.at("h264.u_y.same_clk"), vcd.changes.at("h264.clk"));
  EXPECT_EQ(vcd.changes.at("h264.u_x.data"), "1000 1" + std::string(32, '1') + "\n");
  EXPECT_EQ(vcd.changes.at("h264.a_pkg.kWidth"), "1000 01000010\n");
  EXPECT_EQ(vcd.changes.at("sha256.state"),
            "1000 1" + std::string(126, '0') + "1\n2000 " + std::string(128, '0') + "\n3000 " + std::string(125, '0') + "111\n");
}

TEST_F(WaveRecorderTest, AWireThatChangesAtTheTimeShownLastChangesInItsOwnStream) {
  WaveRecorder recorder(path_, {});
  WaveSink& a = recorder.pipe().add_stream("a", "a");
  a.declare(signal("top.a", "x", 1, 16));
  LineWaves lines(recorder.pipe().add_stream("board", "board", true), "board", {{"irq", false}}, 10);
  a.at(10);
  set(a, 1, {7});
  lines.set("irq", true, 10);
  lines.reach(10);
  a.at(20);
  set(a, 1, {8});
  lines.reach(20);
  recorder.pipe().complete(20);
  EXPECT_TRUE(recorder.finish());
  const Vcd vcd(path_);
  ASSERT_TRUE(vcd.readable);
  EXPECT_EQ(vcd.changes.at("board.irq").substr(vcd.changes.at("board.irq").find("10 1")), "10 1\n");
  EXPECT_EQ(vcd.changes.at("a.x"), "10 0000000000000111\n20 0000000000001000\n");
}

TEST_F(WaveRecorderTest, WiresAreShownInOrderOfTime) {
  WaveRecorder recorder(path_, {});
  LineWaves lines(recorder.pipe().add_stream("board", "board", true), "board", {{"a", false}, {"b", false}}, 10);
  lines.set("a", true, 40);
  lines.set("b", true, 30);
  lines.reach(35);
  recorder.pipe().complete(35);
  lines.set("b", false, 35);  // as what the bench does between two stretches of time
  lines.set("a", false, 60);  // not reached
  lines.reach(50);
  recorder.pipe().complete(50);
  EXPECT_TRUE(recorder.finish());
  const Vcd vcd(path_);
  EXPECT_EQ(vcd.changes.at("board.a"), "10 0\n40 1\n");
  EXPECT_EQ(vcd.changes.at("board.b"), "10 0\n30 1\n35 0\n");
  EXPECT_EQ(vcd.times.back(), 50u);
}

TEST_F(WaveRecorderTest, OnlySignalsThatAreWanted) {
  WaveRecorder recorder(path_, {"h264.u_entropy", "*.clk", "h264.u_x.d*"});
  WaveSink& a = recorder.pipe().add_stream("h264", "h264");
  EXPECT_TRUE(a.declare(signal("top.h264", "clk", 1)));
  EXPECT_FALSE(a.declare(signal("top.h264", "rst_n", 2)));
  EXPECT_TRUE(a.declare(signal("top.h264.u_entropy", "state_q", 3)));
  EXPECT_TRUE(a.declare(signal("top.h264.u_entropy.u_deeper", "count", 4)));
  EXPECT_FALSE(a.declare(signal("top.h264.u_entropy_2", "count", 5)));
  EXPECT_TRUE(a.declare(signal("top.h264.u_x", "data", 6)));
  EXPECT_FALSE(a.declare(signal("top.h264.u_x", "valid", 7)));
  EXPECT_EQ(recorder.pipe().signals(), 4u);
  const LineWaves lines(recorder.pipe().add_stream("board", "board", true), "board", {{"irq", true}}, 10);
  EXPECT_TRUE(recorder.finish());
  EXPECT_EQ(Vcd(path_).changes.at("board.irq"), "10 1\n");
}

TEST_F(WaveRecorderTest, NamesForValuesAreKept) {
  WaveRecorder recorder(path_, {});
  WaveSink& a = recorder.pipe().add_stream("a", "a");
  a.declare(WaveEnumeration{3, "state_e", 2, {{"Idle", "0"}, {"Busy", "1"}}});
  WaveSignal state = signal("top.a", "state_q", 1, 2);
  state.enumeration = 3;
  a.declare(state);
  a.at(5);
  set(a, 1, {1});
  EXPECT_TRUE(recorder.finish());
  EXPECT_EQ(Vcd(path_).changes.at("a.state_q"), "5 01\n");
}

TEST_F(WaveRecorderTest, AFileThatCannotBeWrittenIsSaid) {
  WaveRecorder recorder(folder_.file("no/such/folder/w.fst"), {});
  WaveSink& a = recorder.pipe().add_stream("a", "a");
  a.declare(signal("top.a", "x", 1));
  for (uint64_t ps = 1; ps < 100'000; ++ps) {
    a.at(ps);
    set(a, 1, {static_cast<uint32_t>(ps & 1)});
    recorder.pipe().complete(ps);
  }
  EXPECT_FALSE(recorder.finish());
}

TEST_F(WaveRecorderTest, AKilledRecorderLeavesAWholeFile) {
  int life[2];
  ASSERT_EQ(pipe(life), 0);  // held by the recorder's writer too: its end is the end of both
  const pid_t child = fork();
  if (child == 0) {
    WaveRecorder recorder(path_, {});
    WaveSink& a = recorder.pipe().add_stream("a", "a");
    a.declare(signal("top.a", "x", 1, 16));
    for (uint32_t ps = 1; ps <= 50'000; ++ps) {
      a.at(ps);
      set(a, 1, {ps});
      recorder.pipe().complete(ps);
    }
    a.at(60'000);  // not handed over
    raise(SIGKILL);
  }
  close(life[1]);
  char nothing = 0;
  EXPECT_EQ(read(life[0], &nothing, 1), 0);
  close(life[0]);
  waitpid(child, nullptr, 0);
  const Vcd vcd(path_);
  ASSERT_TRUE(vcd.readable);
  ASSERT_FALSE(vcd.times.empty());
  EXPECT_EQ(vcd.times.front(), 1u);
  EXPECT_EQ(vcd.times.back(), 50'000u);
}

TEST_F(WaveRecorderTest, TheWriterHeedsNoSignalThatEndsTheOthers) {
  WaveRecorder recorder(path_, {});
  WaveSink& a = recorder.pipe().add_stream("a", "a");
  a.declare(signal("top.a", "x", 1));
  for (uint64_t ps = 1; ps < 1000; ++ps) {
    a.at(ps);
    set(a, 1, {static_cast<uint32_t>(ps & 1)});
    recorder.pipe().complete(ps);
    if (ps != 500) continue;
    for (const int asked : {SIGINT, SIGTERM, SIGHUP}) EXPECT_EQ(kill(recorder.writer(), asked), 0);
  }
  EXPECT_TRUE(recorder.finish());
  EXPECT_EQ(Vcd(path_).times.back(), 999u);
}

/// Cut into pieces of every size, the same words give the same file.
TEST_F(WaveRecorderTest, RecordsMayBeCutAnywhere) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    WavePipe pipe_in(ends[1], {});
    WaveSink& a = pipe_in.add_stream("a", "a");
    a.declare(signal("top.a", "x", 1, 70));
    a.at(1);
    set(a, 1, {1, 2, 3});
    a.at(2);
    set(a, 1, {4, 5, 6});
    pipe_in.complete(2);
  }
  std::vector<uint32_t> words(4096);
  const ssize_t got = read(ends[0], words.data(), words.size() * sizeof(uint32_t));
  ASSERT_GT(got, 0);
  words.resize(static_cast<size_t>(got) / sizeof(uint32_t));
  close(ends[0]);
  std::string whole;
  for (const size_t piece : {words.size(), size_t{1}, size_t{2}, size_t{3}, size_t{7}}) {
    {
      WaveFile file(path_);
      for (size_t i = 0; i < words.size(); i += piece) file.take(&words[i], std::min(piece, words.size() - i));
    }
    const std::string changes = Vcd(path_).changes.at("a.x");
    EXPECT_FALSE(changes.empty());
    if (whole.empty()) whole = changes;
    EXPECT_EQ(changes, whole) << "pieces of " << piece;
  }
}

}  // namespace
}  // namespace saksi::hw
