#ifndef SAKSI_HW_MODELS_RTL_BUILD_RTL_CACHE_H_
#define SAKSI_HW_MODELS_RTL_BUILD_RTL_CACHE_H_

#include <cstddef>
#include <string>

namespace saksi::hw {

/// As many shared objects as the cache keeps: a design takes one for each content of its sources and each set of parameters, of about a megabyte.
constexpr size_t kRtlCacheEntries = 32;

/// A lock on a file, made if it is not there; it is waited for. Lock files stay: one that is removed could be locked twice.
///
/// Processes that are started meanwhile keep it too, so that it is not let go while one that outlived its parent still writes.
class FileLock {
 public:
  enum class Kind { kExclusive, kShared };
  explicit FileLock(const std::string& path, Kind kind = Kind::kExclusive);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

/// The lock of a whole cache. Who looks up and touches an object has it shared, who adds or removes one has it alone: between a look-up and the
/// touch nothing goes.
std::string rtl_cache_lock(const std::string& folder);

/// Makes an object the one that was used last. False if it is not there. Under the cache's lock.
bool touch_rtl_object(const std::string& path);

/// Removes all but the `kept` objects that were used last, with what belongs to them alone. Under the cache's exclusive lock. A process that has
/// loaded an object which is removed keeps it to its end.
///
/// An object is `<recipe>-<content>.so`; `<recipe>.sources` and `<recipe>.log` go with the last object of a recipe.
void trim_rtl_cache(const std::string& folder, size_t kept);

}  // namespace saksi::hw

#endif
