#ifndef SAKSI_BASE_TEMP_FOLDER_H_
#define SAKSI_BASE_TEMP_FOLDER_H_

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace saksi {

/// A new folder for files that are gone with it. Two at once never share a name, so tests that run side by side do not meet in one file.
class TempFolder {
 public:
  /// Throws std::system_error when none can be made.
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "saksi-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), "no folder for temporary files: " + name);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;  // a destructor must not throw; what stays behind does no harm
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// The path of a file of this name within.
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace saksi

#endif  // SAKSI_BASE_TEMP_FOLDER_H_
