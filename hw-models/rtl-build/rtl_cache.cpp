#include "hw-models/rtl-build/rtl_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <tuple>
#include <vector>

#include "base/error.h"

namespace saksi::hw {

namespace {

namespace fs = std::filesystem;

struct Object {
  fs::file_time_type used;
  std::string name;

  /// The recipe's digest, before the content's.
  std::string recipe() const { return name.substr(0, name.rfind('-')); }
};

/// The objects of a cache, the one that was used last first.
std::vector<Object> objects_in(const std::string& folder) {
  std::vector<Object> objects;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".so") objects.push_back({entry.last_write_time(), entry.path().filename().string()});
  }
  std::sort(objects.begin(), objects.end(), [](const Object& a, const Object& b) { return std::tie(b.used, b.name) < std::tie(a.used, a.name); });
  return objects;
}

}  // namespace

FileLock::FileLock(const std::string& path, Kind kind) : file_(open(path.c_str(), O_RDWR | O_CREAT, 0666)) {
  if (file_ < 0 || flock(file_, kind == Kind::kShared ? LOCK_SH : LOCK_EX) != 0)
    throw UsageError(path + ": cannot be locked; set XDG_CACHE_HOME to a folder that can be written");
}

FileLock::~FileLock() { close(file_); }

std::string rtl_cache_lock(const std::string& folder) { return (fs::path(folder) / "cache.lock").string(); }

bool touch_rtl_object(const std::string& path) { return utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0; }

void trim_rtl_cache(const std::string& folder, size_t kept) {
  const std::vector<Object> objects = objects_in(folder);
  std::set<std::string> recipes;
  for (size_t i = 0; i < std::min(kept, objects.size()); ++i) recipes.insert(objects[i].recipe());
  std::error_code ignored;  // what cannot be removed is tried again the next time
  for (size_t i = kept; i < objects.size(); ++i) {
    fs::remove(fs::path(folder) / objects[i].name, ignored);
    if (recipes.count(objects[i].recipe()) > 0) continue;
    for (const char* extension : {".sources", ".log"}) fs::remove(fs::path(folder) / (objects[i].recipe() + extension), ignored);
  }
}

}  // namespace saksi::hw
