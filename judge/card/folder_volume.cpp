#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "judge/card/text.h"
#include "judge/card/volume.h"

namespace saksi::judge {

namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 100'000;

class FolderVolume : public Volume {
 public:
  explicit FolderVolume(const std::string& path) : root_(path) {
    std::error_code error;
    fs::recursive_directory_iterator it(root_, fs::directory_options::skip_permission_denied, error);
    if (error) throw UsageError(path + ": cannot be read; check the path and its permissions");
    ProblemList problems;
    for (const fs::recursive_directory_iterator end; it != end; it.increment(error)) {
      if (it.depth() >= kMaxDepth) it.disable_recursion_pending();
      if (!it->is_symlink(error) && it->is_regular_file(error)) add(it->path());
      if (found_.size() >= kMaxFiles) break;
    }
    if (error) problems.add(Severity::kDamage, "unreadable-folder", fmt::format("A folder below {} cannot be read.", path));
    problems_ = problems.take();
    std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.file.path < b.file.path; });
    for (const Found& found : found_) files_.push_back(found.file);
  }

  const std::vector<VolumeFile>& files() const override { return files_; }
  const Problems& problems() const override { return problems_; }
  bool readable() const override { return true; }
  std::unique_ptr<ByteSource> open(size_t index) const override {
    try {
      return std::make_unique<FileSource>(found_.at(index).place.string());
    } catch (const UsageError&) {
      return std::make_unique<MemorySource>(std::vector<uint8_t>{});
    }
  }

 private:
  struct Found {
    VolumeFile file;
    fs::path place;
  };

  void add(const fs::path& place) {
    std::error_code error;
    const uintmax_t size = fs::file_size(place, error);
    found_.push_back({{valid_utf8(place.lexically_relative(root_).generic_string()), error ? 0 : size}, place});
  }

  fs::path root_;
  std::vector<Found> found_;
  std::vector<VolumeFile> files_;
  Problems problems_;
};

}  // namespace

std::unique_ptr<Volume> open_folder_volume(const std::string& path) { return std::make_unique<FolderVolume>(path); }

}  // namespace saksi::judge
