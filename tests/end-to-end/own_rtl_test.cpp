// Goal: a circuit that a board file names runs under every command as one that is linked in does, and the guide to it is true.
// Method: the guide's own commands, and the reference camera with its hash block as such a circuit.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include "base/sha256.h"
#include "base/temp_folder.h"
#include "tests/support/command.h"

namespace saksi {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::quoted;
using test::read_file;
using test::run_command;
using test::saksi;
using test::write_file;

/// The commands of a guide: what stands four blanks in.
std::string commands_of(const std::string& guide) {
  std::istringstream lines(guide);
  std::string commands;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("    ", 0) == 0) commands += line.substr(4) + "\n";
    if (line.empty()) commands += "\n";
  }
  return commands;
}

class OwnRtl : public ::testing::Test {
 protected:
  OwnRtl() {
    setenv("XDG_CACHE_HOME", SAKSI_BUILD_DIR "/rtl-cache", 1);
    setenv("CCACHE_DIR", SAKSI_BUILD_DIR "/rtl-cache/ccache", 1);
  }

  /// A copy of the camera's board in a folder of its own, with copies of the hash block's sources beside it.
  std::string camera_with_own_hash_block() const {
    const fs::path root = folder.path() / "camera";
    fs::create_directories(root / "boards");
    fs::copy(SAKSI_SOURCE_DIR "/rtl/sha256", root / "hash");
    fs::copy(SAKSI_BUILD_DIR "/generated/regs/sha256_regs_pkg.sv", root / "hash/sha256_regs_pkg.sv");
    const std::string rtl =
        "{name: sha256, type: rtl, address: 0x10050000, irq: 16, clock_hz: 100000000, rtl: {top: sha256, idle_uw: 100, busy_uw: 6000, files: [\n"
        "      ../hash/sha256.vlt, ../hash/sha256_regs_pkg.sv, ../hash/sha256_core.sv, ../hash/sha256_registers.sv, ../hash/sha256_stream.sv, "
        "../hash/sha256.sv]}}";
    const std::string board = read_file(SAKSI_SOURCE_DIR "/boards/saksi-cam.yaml");
    const std::string path = (root / "boards/mine.yaml").string();
    write_file(path, std::regex_replace(board, std::regex("\\{name: sha256, .*\\}"), rtl));
    return path;
  }

  TempFolder folder;
};

TEST_F(OwnRtl, TheGuideIsTrue) {
  for (const char* name : {"boards", "rtl", "scenarios"}) fs::create_symlink(fs::path(SAKSI_SOURCE_DIR) / name, folder.path() / name);
  fs::create_directories(folder.path() / "build");
  fs::create_symlink(SAKSI_BUILD_DIR, folder.path() / "build/release");
  fs::create_symlink(SAKSI_BUILD_DIR "/saksi", folder.path() / "saksi");
  write_file(folder.file("guide.sh"), "set -e\n" + commands_of(read_file(SAKSI_SOURCE_DIR "/docs/guides/your-own-rtl.md")));
  const Outcome outcome = run_command("cd " + quoted(folder.path().string()) + " && bash guide.sh");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("6 * 7 = 42\n"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("press-at-desk: pass"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("firmware sha256 "), std::string::npos) << outcome.output;
}

TEST_F(OwnRtl, InterruptsAsTheOneThatIsLinkedIn) {
  const std::string board = camera_with_own_hash_block();
  for (const char* engine : {"translated", "interpreted"}) {
    const Outcome outcome =
        saksi("boot " SAKSI_BUILD_DIR "/hw-models/cpu/testdata/sha256.elf --max-time 1 --board " + quoted(board) + " --cpu " + engine);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
  }
}

TEST_F(OwnRtl, ARecordingIsTheSameAndItsBundleHoldsTheCircuit) {
  const std::string board = camera_with_own_hash_block();
  const std::string run = "run " + quoted(test::scenario("start/golden.yaml")) + " --time-limit 0.8 --quiet --out ";
  saksi(run + quoted(folder.file("linked")));
  saksi(run + quoted(folder.file("own")) + " --board " + quoted(board));
  for (const char* name : {"recording/console.log", "recording/events.jsonl", "truth/block-writes.jsonl"}) {
    const std::string linked = read_file(folder.file("linked/") + name);
    EXPECT_FALSE(linked.empty()) << name;
    EXPECT_EQ(linked, read_file(folder.file("own/") + name)) << name;
  }
  EXPECT_EQ(sparse_file_digest(folder.file("linked/recording/card.img")), sparse_file_digest(folder.file("own/recording/card.img")));
  const auto manifest = test::read_json(folder.file("own/recording/manifest.json"));
  EXPECT_EQ(manifest.at("inputs").at("rtl").at("sha256").size(), 6u) << manifest.dump(2);
  fs::remove_all(folder.path() / "camera");
  const Outcome replay = saksi("replay " + quoted(folder.file("own/bundle")) + " --out " + quoted(folder.file("again")));
  EXPECT_EQ(test::read_json(folder.file("again/verdicts.json")).at("digest"), test::read_json(folder.file("own/verdicts.json")).at("digest"))
      << replay.output;
}

TEST_F(OwnRtl, AMistakeEndsBeforeAnythingRuns) {
  const std::string board = camera_with_own_hash_block();
  fs::remove(folder.path() / "camera/hash/sha256_core.sv");
  const Outcome outcome =
      saksi("run " + quoted(test::scenario("start/golden.yaml")) + " --board " + quoted(board) + " --out " + quoted(folder.file("none")));
  EXPECT_EQ(outcome.code, 2) << outcome.output;
  EXPECT_NE(outcome.output.find("camera/hash/sha256_core.sv: there is no such file"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("mine.yaml:"), std::string::npos) << outcome.output;
  EXPECT_FALSE(fs::exists(folder.path() / "none/recording"));
}

}  // namespace
}  // namespace saksi
