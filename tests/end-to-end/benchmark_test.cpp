// Goal: `saksi benchmark cpu` measures every program on every simulator that is installed, checks what they compute, and takes other people's
// programs; `saksi benchmark h264` measures circuit and twin and holds them against each other and libx264. Method: the short programs and a few
// pictures, once; figures that are the machine's are not looked at.
#include <gtest/gtest.h>

#include <map>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

/// `benchmark` of a part with these arguments; its JSON.
Json benchmark(const std::string& arguments, int expected_code, const std::string& part = "cpu") {
  const std::string path = fresh_dir("benchmark") + "/result.json";
  const Outcome outcome = saksi("benchmark " + part + " --quick --json " + arguments + " >" + path);
  EXPECT_EQ(outcome.code, expected_code) << outcome.output << read_file(path);
  return read_json(path);
}

const std::string kPrograms = SAKSI_BUILD_DIR "/hw-models/cpu/testdata/";

TEST(Benchmark, EveryProgramOnEverySimulator) {
  ASSERT_EQ(run_command("command -v qemu-system-riscv32").code, 0) << "packages.txt lists qemu-system-misc for the tests";
  const Json result = benchmark("", 0);
  ASSERT_TRUE(result.is_object());
  EXPECT_EQ(result.at("cpu").at("rows").size(), 9u);
  for (const Json& row : result.at("cpu").at("rows")) {
    if (row.at("name").get<std::string>().find("idle") != std::string::npos) continue;
    for (const char* simulator : {"translated", "interpreted", "qemu_icount"}) {
      ASSERT_TRUE(row.at("figures").contains(simulator)) << row.dump(2);
      EXPECT_FALSE(row.at("figures").at(simulator).contains("problem")) << row.dump(2);
      EXPECT_GT(row.at("figures").at(simulator).at("instructions").get<uint64_t>(), 1'000'000u) << row.dump(2);
    }
  }
}

TEST(Benchmark, OtherPeoplesPrograms) {
  const Json result = benchmark("--only-elf --elf " + kPrograms + "hello.elf", 0);
  ASSERT_EQ(result.at("cpu").at("rows").size(), 1u);
  EXPECT_EQ(result.at("cpu").at("rows")[0].at("name"), "hello.elf");
  EXPECT_GT(result.at("cpu").at("rows")[0].at("figures").at("interpreted").at("instructions").get<uint64_t>(), 50u);
}

TEST(Benchmark, AProgramThatFailsIsAFailure) {
  const Json result = benchmark("--only-elf --elf " + kPrograms + "fail.elf", 1);
  EXPECT_TRUE(result.at("cpu").at("rows")[0].at("figures").at("interpreted").contains("problem"));
}

TEST(Benchmark, BadInput) {
  EXPECT_EQ(saksi("benchmark cpu --only-elf --elf /nowhere/x.elf").code, 2);
  EXPECT_EQ(saksi("benchmark cpu --only-elf --elf /bin/true").code, 2);
  EXPECT_EQ(saksi("benchmark cpu --only-elf").code, 2);
}

TEST(Benchmark, TheEncoderItsTwinAndLibx264) {
  const Json h264 = benchmark("--pictures 3", 0, "h264").at("h264");
  EXPECT_TRUE(h264.at("all_right").get<bool>()) << h264.dump(2);
  EXPECT_EQ(h264.at("pictures"), 3);
  EXPECT_NE(h264.at("x264").at("settings").get<std::string>().find("rc=cqp"), std::string::npos) << h264.dump(2);
  std::map<std::string, int> units;
  for (const Json& figure : h264.at("figures")) {
    ++units[figure.at("unit").get<std::string>()];
    EXPECT_FALSE(figure.contains("met")) << "--quick has no bars: " << figure.dump();
    const double value = figure.at("value").get<double>();
    EXPECT_TRUE(value > 0 || figure.at("unit") == "% BD-rate") << figure.dump();
    // Cycles are the circuit's and not the machine's.
    EXPECT_TRUE(value <= 400 || figure.at("unit") != "cycles/macroblock") << figure.dump();
  }
  // Circuit and twin on three clips, the twin on one more; libx264 and the twin at four QPs on two clips.
  EXPECT_EQ(units["frames/s"], 7);
  EXPECT_EQ(units["ns/cycle"], 3);
  EXPECT_EQ(units["cycles/macroblock"], 3);
  EXPECT_EQ(units["kbit/picture"], 3 + 16);
  EXPECT_EQ(units["% BD-rate"], 2);
}

TEST(Benchmark, TheEncoderTakesAnyClipAndRefusesWhatIsNone) {
  const std::string clip = fresh_dir("benchmark-clip") + "/two.y4m";
  const std::string frame = "FRAME\n" + std::string(64 * 48, 'a') + std::string(64 * 48 / 2, 'b');
  write_file(clip, "YUV4MPEG2 W64 H48 F25:1 Ip A1:1 C420jpeg\n" + frame + frame);
  const Outcome outcome = saksi("benchmark h264 --quick --quiet --clip " + clip);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("2 pictures of two.y4m"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("the clip has 2 pictures, 12 were wanted"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("agree"), std::string::npos) << outcome.output;
  EXPECT_EQ(saksi("benchmark h264 --quick --clip /nowhere/a.avi").code, 2);
  EXPECT_EQ(saksi("benchmark h264 --pictures 0").code, 2);
}

TEST(Benchmark, SizesDrawnAgainstTheTwin) {
  const Json sizes = benchmark("--size 352x288 --scene " + quoted(scenario("scenes/golden.yaml")), 0, "sizes").at("sizes");
  ASSERT_EQ(sizes.at("figures").size(), 1u) << sizes.dump(2);
  const Json& figure = sizes.at("figures")[0];
  const double twin = figure.at("twin").at("mean_kbit").get<double>(), drawn = figure.at("drawn").at("mean_kbit").get<double>();
  EXPECT_GT(twin, 1);
  EXPECT_NEAR(drawn / twin, 1, 0.3) << "over 20 s alone";
  EXPECT_LT(figure.at("drawn_cpu_s_an_hour").get<double>(), figure.at("twin_cpu_s_an_hour").get<double>());
}

TEST(Benchmark, AMissingSimulatorIsNamedWithItsPackage) {
  const Outcome outcome = saksi("benchmark cpu --quick --only-elf --elf " + kPrograms + "hello.elf");
  EXPECT_EQ(outcome.output.find("qemu-system-misc"), std::string::npos) << outcome.output;
  const Outcome without = run_command("PATH=/nowhere " SAKSI_BUILD_DIR "/saksi benchmark cpu --quick --only-elf --elf " + kPrograms + "hello.elf");
  EXPECT_EQ(without.code, 0) << without.output;
  EXPECT_NE(without.output.find("qemu-system-misc"), std::string::npos) << without.output;
}

TEST(Benchmark, LightOnItsWayToAPicture) {
  const Json speeds = benchmark("--scene " + quoted(scenario("scenes/golden.yaml")), 0, "light").at("light");
  ASSERT_EQ(speeds.size(), 2u);
  for (const Json& speed : speeds) {
    double sum_ms = 0;
    for (const char* part : {"scene_ms", "sensor_ms", "isp_ms"}) {
      EXPECT_GT(speed.at(part).get<double>(), 0) << speed.dump();
      sum_ms += speed.at(part).get<double>();
    }
    EXPECT_NEAR(speed.at("frames_per_s").get<double>() * sum_ms, 1000, 1e-6);
  }
  EXPECT_LT(speeds[0].at("isp_ms").get<double>(), speeds[1].at("isp_ms").get<double>()) << "1080p has nine times the pixels";
  EXPECT_EQ(saksi("benchmark light --quick --scene /nowhere.yaml").code, 2);
}

}  // namespace
}  // namespace saksi::test
