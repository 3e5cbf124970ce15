#ifndef SAKSI_TESTS_TIDY_RULES_H_
#define SAKSI_TESTS_TIDY_RULES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

namespace saksi::tidy {

/// A rule that was broken, and where.
struct Finding {
  std::string path;
  size_t line = 0;  ///< from 1; 0 for the file as a whole
  std::string text;
};
using Findings = std::vector<Finding>;
using Tree = std::vector<SourceFile>;

/// "path:line: text", one a line.
std::string listed(const Findings& findings);

/// Who may include whom (docs/architecture.md).
Findings forbidden_includes(const Tree& tree);
/// Clocks, chance without a seed and containers without an order, in the folders that must be deterministic.
Findings banned_calls(const Tree& tree);
/// Headers without a guard named after their path.
Findings wrong_guards(const Tree& tree);
/// Sources that do not include their own header first.
Findings own_header_not_first(const Tree& tree);
/// Tabs, carriage returns and blanks at line ends in code and documents.
Findings stray_blanks(const Tree& tree);
/// Words that mark what is unfinished.
Findings unfinished_marks(const Tree& tree);
/// Files too big for a repository.
Findings big_files(const Tree& tree, uint64_t limit);
/// Links in documents to files or headings that are not there.
Findings broken_links(const Tree& tree);
/// *_test.cpp files that no target compiles; `compiled` are paths from the root.
Findings tests_not_built(const Tree& tree, const std::set<std::string>& compiled);
/// Scenarios that neither a suite nor an end-to-end test names.
Findings scenarios_not_run(const Tree& tree);
/// Where README.md and packages.txt disagree about packages.
Findings package_differences(const Tree& tree);
/// Files among `generated` whose first lines do not say that they are generated.
Findings without_banner(const Tree& generated);

/// How much of a thing that should be rare each file holds: what a ratchet counts.
using Counts = std::map<std::string, size_t>;
/// Lines of code longer than `limit` characters, by file.
Counts long_lines(const Tree& tree, size_t limit);
/// Functions longer than `limit` lines, by "path:function": their length.
Counts long_functions(const Tree& tree, size_t limit);
/// Reads a ratchet: "<what> <count>" a line, '#' begins a comment.
Counts read_ratchet(const SourceFile& file);
/// What is above its allowance; what is not listed has none.
Findings above(const Counts& counts, const Counts& allowed, const std::string& what);

}  // namespace saksi::tidy

#endif
