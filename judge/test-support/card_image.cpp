#include "judge/test-support/card_image.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace saksi::judge::testing {

namespace {

void run(const std::string& command) {
  const std::string quiet = "PATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1 " + command + " >/dev/null 2>&1";
  if (std::system(quiet.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

}  // namespace

void make_card_image(const std::string& path, int size_mib, const std::vector<CardFile>& files, const std::string& options) {
  std::filesystem::remove(path);
  run(fmt::format("truncate -s {}M '{}'", size_mib, path));
  run(fmt::format("mkfs.vfat --invariant -F 32 {} '{}'", options, path));
  std::set<std::string> folders;
  const std::string staged = path + ".staged";
  for (const auto& [name, bytes] : files) {
    for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      if (folders.insert(name.substr(0, slash)).second) run(fmt::format("mmd -i '{}' '::{}'", path, name.substr(0, slash)));
    }
    write_file(staged, bytes);
    run(fmt::format("mcopy -i '{}' '{}' '::{}'", path, staged, name));
  }
  std::filesystem::remove(staged);
}

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out) throw std::runtime_error("cannot write " + path);
}

std::string fresh_folder(const std::string& name) {
  // Tests run as processes side by side.
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("saksi-judge-{}-{}", getpid(), name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

}  // namespace saksi::judge::testing
