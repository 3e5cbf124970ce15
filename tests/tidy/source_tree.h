#ifndef SAKSI_TESTS_TIDY_SOURCE_TREE_H_
#define SAKSI_TESTS_TIDY_SOURCE_TREE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::tidy {

/// A file of the project: its path from the root, '/' between folders, and its lines without their ends.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;
  uint64_t size = 0;

  /// The end of the name from its last dot on: ".cpp"; empty if there is none.
  std::string extension() const;
  /// The first folder of the path.
  std::string top() const;
  bool is_cpp() const;   ///< .cpp, .h or .c
  bool is_code() const;  ///< that, or .sv, .py, .cmake, .S, .ld, a CMakeLists.txt or a shell script
};

SourceFile make_file(const std::string& path, const std::string& text);

/// All files under version control and those that are new and not ignored; without git, all but build/, out/ and hidden folders. Sorted.
std::vector<SourceFile> read_tree(const std::string& root);

}  // namespace saksi::tidy

#endif
