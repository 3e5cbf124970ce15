#include "tests/tidy/rules.h"

#include <gtest/gtest.h>

namespace saksi::tidy {

// Every rule strikes on a planted bad sample and leaves a good one alone: silence over the tree can then be trusted.

TEST(TidyRules, IncludeArrows) {
  EXPECT_EQ(listed(forbidden_includes({make_file("judge/a.cpp", "#include \"judge/a.h\"\n#include \"sim/device/device.h\"\n")})),
            "judge/a.cpp:2: judge must not include from sim\n");
  EXPECT_EQ(listed(forbidden_includes({make_file("reports/a.cpp", "#include \"hw-models/board/board.h\"\n")})),
            "reports/a.cpp:1: reports must not include from hw-models\n");
  EXPECT_EQ(listed(forbidden_includes({make_file("base/a.h", "#include <systemc>\n")})), "base/a.h:1: base must do without SystemC\n");
  EXPECT_EQ(listed(forbidden_includes({make_file("judge/a.h", "#include <tlm_utils/simple_target_socket.h>\n")})),
            "judge/a.h:1: judge must do without SystemC\n");
  EXPECT_EQ(listed(forbidden_includes({make_file("sim/a.h", "#include \"hw-models/sdhci/sdhci.h\"\n")})),
            "sim/a.h:1: of hw-models, sim may include only what hw-models/board/ exports\n");
  EXPECT_TRUE(
      forbidden_includes({make_file("sim/a.h", "#include <vector>\n#include \"hw-models/board/board.h\"\n#include \"judge/verdict/judge.h\"\n")})
          .empty());
}

TEST(TidyRules, BannedCalls) {
  for (const char* bad :
       {"auto t = std::chrono::seconds(1);", "int r = rand();", "srand(1);", "time_t t = time(nullptr);", "t = ::clock();",
        "std::unordered_map<int, int> m;", "std::random_device d;", "std::normal_distribution<double> n;", "gettimeofday(&tv, nullptr);"}) {
    EXPECT_EQ(banned_calls({make_file("sim/a.cpp", bad)}).size(), 1u) << bad;
  }
  for (const char* good : {"int64_t at = frame.time(k);", "// rand() would differ", "const char* s = \"time(0)\";", "set_clock(3);", "operand(2);"}) {
    EXPECT_EQ(listed(banned_calls({make_file("sim/a.cpp", good)})), "") << good;
  }
  EXPECT_TRUE(banned_calls({make_file("base/wall_clock.h", "std::chrono::steady_clock"), make_file("sim/farm/a.cpp", "std::chrono"),
                            make_file("tests/a.cpp", "rand();")})
                  .empty());
}

TEST(TidyRules, IncludeGuards) {
  EXPECT_EQ(listed(wrong_guards({make_file("hw-models/a/b.h", "#pragma once\n")})),
            "hw-models/a/b.h:1: the include guard SAKSI_HW_MODELS_A_B_H_ was expected\n");
  EXPECT_TRUE(wrong_guards({make_file("base/b.h", "// why\n#ifndef SAKSI_BASE_B_H_\n")}).empty());
}

TEST(TidyRules, OwnHeaderFirst) {
  const SourceFile header = make_file("base/a.h", "");
  EXPECT_EQ(listed(own_header_not_first({header, make_file("base/a.cpp", "#include <string>\n#include \"base/a.h\"\n")})),
            "base/a.cpp:1: its own header base/a.h must be included first\n");
  EXPECT_TRUE(
      own_header_not_first({header, make_file("base/a.cpp", "#include \"base/a.h\"\n"), make_file("base/main.cpp", "#include <string>\n")}).empty());
}

TEST(TidyRules, StrayBlanks) {
  EXPECT_EQ(listed(stray_blanks({make_file("a.cpp", "int a; \n\tint b;\nint c;\r\n")})),
            "a.cpp:1: a blank at the end of the line\na.cpp:2: a tab\na.cpp:3: a carriage return\n");
  EXPECT_TRUE(stray_blanks({make_file("a.bin", "\t \n"), make_file("a.md", "fine\n")}).empty());
}

TEST(TidyRules, UnfinishedMarks) {
  EXPECT_EQ(unfinished_marks({make_file("a.cpp", std::string("// TO") + "DO later\n")}).size(), 1u);
  EXPECT_TRUE(unfinished_marks({make_file("a.cpp", "// a list of todos\n")}).empty());
}

TEST(TidyRules, BigFiles) {
  EXPECT_EQ(listed(big_files({make_file("clip.mp4", std::string(11, 'x'))}, 10)), "clip.mp4:0: 11 bytes; the limit is 10\n");
  EXPECT_TRUE(big_files({make_file("clip.mp4", std::string(10, 'x'))}, 10).empty());
}

TEST(TidyRules, Links) {
  const SourceFile target = make_file("docs/b.md", "# Big things, and small\n");
  EXPECT_EQ(listed(broken_links({make_file("docs/a.md", "see [b](c.md)\n"), target})), "docs/a.md:1: the link 'c.md' leads to no file\n");
  EXPECT_EQ(listed(broken_links({make_file("docs/a.md", "see [b](b.md#tiny)\n"), target})),
            "docs/a.md:1: the link 'b.md#tiny' leads to no heading\n");
  EXPECT_EQ(broken_links({make_file("a.md", "[out](../x.md)\n")}).size(), 1u);
  EXPECT_TRUE(broken_links({make_file("a.md", "[b](docs/b.md#big-things-and-small) [d](docs) [w](https://example.org/)\n"), target}).empty());
}

TEST(TidyRules, TestsThatAreNotBuilt) {
  const Tree tree = {make_file("base/a_test.cpp", ""), make_file("base/b_test.cpp", ""), make_file("base/c.cpp", "")};
  EXPECT_EQ(listed(tests_not_built(tree, {"base/a_test.cpp"})), "base/b_test.cpp:0: no target compiles this test\n");
}

TEST(TidyRules, ScenariosThatAreNotRun) {
  const Tree tree = {make_file("scenarios/start/a.yaml", ""),
                     make_file("scenarios/power/b.yaml", ""),
                     make_file("scenarios/card/c.yaml", ""),
                     make_file("scenarios/scenes/d.yaml", ""),
                     make_file("scenarios/suites/all.yaml", "- scenario: ../start/a.yaml\n"),
                     make_file("tests/end-to-end/x_test.cpp", "scenario(\"power/b\")\n")};
  EXPECT_EQ(listed(scenarios_not_run(tree)), "scenarios/card/c.yaml:0: neither a suite nor an end-to-end test names 'card/c'\n");
}

TEST(TidyRules, Packages) {
  const SourceFile list = make_file("packages.txt", "[run]  what\ncmake   # builds\n");
  EXPECT_EQ(listed(package_differences({make_file("README.md", "see packages.txt\n`apt-get install -y cmake gcc`\n"), list})),
            "README.md:2: package 'gcc' is not in packages.txt\n");
  EXPECT_EQ(package_differences({make_file("README.md", "nothing\n"), list}).size(), 1u);
  EXPECT_TRUE(package_differences({make_file("README.md", "packages.txt, `apt-get install cmake`\n"), list}).empty());
}

TEST(TidyRules, Banners) {
  EXPECT_EQ(without_banner({make_file("regs/a.h", "#define A 1\n")}).size(), 1u);
  EXPECT_TRUE(without_banner({make_file("regs/a.h", "// Generated from regs/a.yaml\n")}).empty());
}

TEST(TidyRules, LongLinesAndTheirRatchet) {
  const Counts counts = long_lines({make_file("a.cpp", std::string(11, 'x') + "\n" + std::string(10, 'x') + "\n")}, 10);
  EXPECT_EQ(counts, (Counts{{"a.cpp", 1}}));
  const Counts allowed = read_ratchet(make_file("r.txt", "# why\na.cpp 1 # old\n"));
  EXPECT_TRUE(above(counts, allowed, "long lines").empty());
  EXPECT_EQ(listed(above({{"a.cpp", 2}, {"b.cpp", 1}}, allowed, "long lines")),
            "a.cpp:0: 2 long lines, 1 allowed\nb.cpp:0: 1 long lines, 0 allowed\n");
}

TEST(TidyRules, LongFunctions) {
  const std::string free = "static int f(int a,\n             int b) {\n  if (a) {\n    return b;\n  }\n  return a;\n}\n";
  const std::string member = "class C {\n  int g() {\n    return 1;\n  }\n};\n";
  const std::string test = "TEST(Suite, Case) {\n  a();\n  b();\n}\n";
  EXPECT_EQ(long_functions({make_file("a.cpp", free + member + test)}, 2), (Counts{{"a.cpp:f", 7}, {"a.cpp:g", 3}, {"a.cpp:Suite.Case", 4}}));
  EXPECT_TRUE(long_functions({make_file("a.cpp", free + member + test)}, 7).empty());
}

}  // namespace saksi::tidy
