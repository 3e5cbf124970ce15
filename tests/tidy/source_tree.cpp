#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace saksi::tidy {

namespace fs = std::filesystem;

std::string SourceFile::extension() const {
  const size_t dot = path.rfind('.'), slash = path.rfind('/');
  return dot == std::string::npos || (slash != std::string::npos && dot < slash) ? "" : path.substr(dot);
}

std::string SourceFile::top() const { return path.substr(0, path.find('/')); }

bool SourceFile::is_cpp() const { return extension() == ".cpp" || extension() == ".h" || extension() == ".c"; }

bool SourceFile::is_code() const {
  static const std::set<std::string> kExtensions = {".sv", ".svh", ".vlt", ".py", ".cmake", ".S", ".ld", ".sh", ".css"};
  const bool is_script = !lines.empty() && lines[0].rfind("#!", 0) == 0;
  return is_cpp() || kExtensions.count(extension()) || is_script || path.find("CMakeLists.txt") != std::string::npos;
}

SourceFile make_file(const std::string& path, const std::string& text) {
  SourceFile file{path, {}, text.size()};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

/// What git lists; empty if there is no git or no repository.
static std::vector<std::string> paths_of_git(const std::string& root) {
  std::vector<std::string> paths;
  FILE* pipe = popen(("git -C '" + root + "' -c core.quotePath=off ls-files --cached --others --exclude-standard 2>/dev/null").c_str(), "r");
  if (!pipe) return paths;
  char line[4096];
  while (std::fgets(line, sizeof line, pipe)) {
    std::string path = line;
    path.erase(path.find_last_not_of("\r\n") + 1);
    if (fs::is_regular_file(fs::path(root) / path)) paths.push_back(path);
  }
  pclose(pipe);
  return paths;
}

static std::vector<std::string> paths_by_walking(const std::string& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const std::string path = fs::relative(it->path(), root).generic_string();
    const bool skipped = path == "build" || path == "out" || (it->is_directory() && it->path().filename().string()[0] == '.');
    if (skipped) it.disable_recursion_pending();
    if (!skipped && it->is_regular_file()) paths.push_back(path);
  }
  return paths;
}

std::vector<SourceFile> read_tree(const std::string& root) {
  std::vector<std::string> paths = paths_of_git(root);
  if (paths.empty()) paths = paths_by_walking(root);
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  for (const std::string& path : paths) {
    std::ifstream in(fs::path(root) / path, std::ios::binary);
    files.push_back(make_file(path, {std::istreambuf_iterator<char>(in), {}}));
  }
  return files;
}

}  // namespace saksi::tidy
