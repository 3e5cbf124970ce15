// Goal: `saksi benchmark cpu` measures every program on every simulator that is installed, checks what they compute, and takes other people's
// programs. Method: the short programs, once; the figures themselves are the machine's and are not looked at.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

/// `benchmark cpu` with these arguments; its JSON.
Json benchmark(const std::string& arguments, int expected_code) {
  const std::string path = fresh_dir("benchmark") + "/result.json";
  const Outcome outcome = saksi("benchmark cpu --quick --json " + arguments + " >" + path);
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

TEST(Benchmark, AMissingSimulatorIsNamedWithItsPackage) {
  const Outcome outcome = saksi("benchmark cpu --quick --only-elf --elf " + kPrograms + "hello.elf");
  EXPECT_EQ(outcome.output.find("qemu-system-misc"), std::string::npos) << outcome.output;
  const Outcome without = run_command("PATH=/nowhere " SAKSI_BUILD_DIR "/saksi benchmark cpu --quick --only-elf --elf " + kPrograms + "hello.elf");
  EXPECT_EQ(without.code, 0) << without.output;
  EXPECT_NE(without.output.find("qemu-system-misc"), std::string::npos) << without.output;
}

}  // namespace
}  // namespace saksi::test
