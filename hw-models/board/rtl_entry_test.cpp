// Goal: what a board file says of a circuit becomes what Verilator is to be given, and a mistake is told with its place.
// Method: entries as text.
#include "hw-models/board/rtl_entry.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace saksi::hw {
namespace {

RtlSource read(const std::string& text) { return read_rtl_entry(YamlNode::parse(text, "/boards/mine.yaml"), "mine"); }

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(RtlEntry, PathsAreRelativeToTheBoardFile) {
  const RtlSource source = read("{top: t, files: [../rtl/a.sv, /elsewhere/b.sv], include_dirs: [inc], data_files: [rom.hex]}");
  ASSERT_EQ(source.files.size(), 2u);
  EXPECT_EQ(source.files[0].path, "/rtl/a.sv");
  EXPECT_EQ(source.files[0].place, "/boards/mine.yaml:1:18");
  EXPECT_EQ(source.files[1].path, "/elsewhere/b.sv");
  EXPECT_EQ(source.include_dirs.at(0).path, "/boards/inc");
  EXPECT_EQ(source.data_files.at(0).path, "/boards/rom.hex");
  EXPECT_EQ(source.folder, "/boards");
}

TEST(RtlEntry, ParametersAsVerilatorTakesThem) {
  const RtlSource source = read(
      "{top: t, files: [a.sv], parameters: {A: 4, B: -7, C: 0x1F, D: \"8'hFF\", E: \"'d12\", F: true, G: text, H: 4 MiB, I: \"it's\", J: "
      "\"8'hFG\"}}");
  const std::vector<std::pair<std::string, std::string>> expected = {{"A", "4"},        {"B", "-7"},       {"C", "'h1F"},     {"D", "8'hFF"},
                                                                     {"E", "'d12"},     {"F", "1"},        {"G", "\"text\""}, {"H", "\"4 MiB\""},
                                                                     {"I", "\"it's\""}, {"J", "\"8'hFG\""}};
  EXPECT_EQ(source.parameters, expected);
}

TEST(RtlEntry, NamesAndTies) {
  const RtlSource source = read("{top: t, files: [a.sv], ports: {clock: c, reset: r_n, irq: i, master: m_, registers: s_}, tie: {scan: 0x10}}");
  EXPECT_EQ(source.ports.clock, "c");
  EXPECT_EQ(source.ports.reset, "r_n");
  EXPECT_EQ(source.ports.irq, "i");
  EXPECT_EQ(source.ports.master, "m_");
  EXPECT_EQ(source.ports.registers, "s_");
  EXPECT_EQ(source.ports.tie.at("scan"), 16u);
}

TEST(RtlEntry, MistakesAreTold) {
  EXPECT_EQ(refusal("{top: 7up, files: [a.sv]}"), "/boards/mine.yaml:1:7: '7up' is no name of a module, port or parameter");
  EXPECT_NE(refusal("{top: t, files: []}").find("at least one file was expected"), std::string::npos);
  EXPECT_NE(refusal("{top: t, files: [a.sv], paramters: {}}").find("did you mean 'parameters'?"), std::string::npos);
  EXPECT_NE(refusal("{top: t, files: [a.sv], ports: {clk: c}}").find("unknown key 'clk'"), std::string::npos);
  EXPECT_NE(refusal("{top: t, files: [a.sv], parameters: {\"A=1 -x\": 1}}").find("is no name of a module, port or parameter"), std::string::npos);
}

}  // namespace
}  // namespace saksi::hw
