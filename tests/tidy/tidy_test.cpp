// The house rules, held against the whole source tree. Each failure lists file and line. Limits that older code exceeds are ratchets:
// tests/tidy/*.txt may only shrink.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/tidy/rules.h"

namespace saksi::tidy {

namespace fs = std::filesystem;

constexpr size_t kLineLimit = 150;
constexpr size_t kFunctionLimit = 60;
constexpr uint64_t kFileLimit = 1'000'000;

static const Tree& tree() {
  static const Tree files = read_tree(SAKSI_SOURCE_DIR);
  return files;
}

static Counts ratchet(const std::string& name) {
  std::ifstream in(std::string(SAKSI_SOURCE_DIR) + "/tests/tidy/" + name);
  return read_ratchet(make_file(name, {std::istreambuf_iterator<char>(in), {}}));
}

static std::set<std::string> compiled() {
  std::ifstream in(std::string(SAKSI_BUILD_DIR) + "/compile_commands.json");
  std::set<std::string> paths;
  for (const auto& command : nlohmann::json::parse(in))
    paths.insert(fs::relative(command.at("file").get<std::string>(), SAKSI_SOURCE_DIR).generic_string());
  return paths;
}

TEST(Tidy, TheTreeIsFound) { EXPECT_GT(tree().size(), 100u); }
TEST(Tidy, FoldersIncludeOnlyWhomTheyMay) { EXPECT_EQ(listed(forbidden_includes(tree())), ""); }
TEST(Tidy, NothingReadsAClockOrUnseededChance) { EXPECT_EQ(listed(banned_calls(tree())), ""); }
TEST(Tidy, GuardsAreNamedAfterPaths) { EXPECT_EQ(listed(wrong_guards(tree())), ""); }
TEST(Tidy, SourcesIncludeTheirOwnHeaderFirst) { EXPECT_EQ(listed(own_header_not_first(tree())), ""); }
TEST(Tidy, NoTabsAndNoBlanksAtLineEnds) { EXPECT_EQ(listed(stray_blanks(tree())), ""); }
TEST(Tidy, NothingIsMarkedUnfinished) { EXPECT_EQ(listed(unfinished_marks(tree())), ""); }
TEST(Tidy, FilesAreSmall) { EXPECT_EQ(listed(big_files(tree(), kFileLimit)), ""); }
TEST(Tidy, LinksInDocumentsLeadSomewhere) { EXPECT_EQ(listed(broken_links(tree())), ""); }
TEST(Tidy, EveryTestIsBuilt) { EXPECT_EQ(listed(tests_not_built(tree(), compiled())), ""); }
TEST(Tidy, EveryScenarioIsRun) { EXPECT_EQ(listed(scenarios_not_run(tree())), ""); }
TEST(Tidy, TheReadmeAndThePackageListAgree) { EXPECT_EQ(listed(package_differences(tree())), ""); }
TEST(Tidy, LinesAreShort) {
  EXPECT_EQ(listed(above(long_lines(tree(), kLineLimit), ratchet("long_lines.txt"), "lines of more than 150 characters")), "");
}
TEST(Tidy, FunctionsAreShort) {
  EXPECT_EQ(listed(above(long_functions(tree(), kFunctionLimit), ratchet("long_functions.txt"), "lines in one function")), "");
}

TEST(Tidy, GeneratedFilesSayThatTheyAre) {
  Tree generated;
  for (const auto& entry : fs::recursive_directory_iterator(std::string(SAKSI_BUILD_DIR) + "/generated")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".stamp") continue;
    std::ifstream in(entry.path());
    generated.push_back(make_file(entry.path().string(), {std::istreambuf_iterator<char>(in), {}}));
  }
  EXPECT_FALSE(generated.empty());
  EXPECT_EQ(listed(without_banner(generated)), "");
}

}  // namespace saksi::tidy
