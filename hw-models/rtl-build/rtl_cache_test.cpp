// Goal: the cache of verilated designs keeps those that were used last, and two processes at it do no harm. Method: files in place of objects, whose
// times of use are set; then children that look up, add and trim at once.
#include "hw-models/rtl-build/rtl_cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/temp_folder.h"

namespace saksi::hw {
namespace {

namespace fs = std::filesystem;

class RtlCacheTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (fs::path(folder_.path()) / name).string(); }
  bool has(const std::string& name) const { return fs::exists(path(name)); }
  void add(const std::string& name) const { std::ofstream(path(name)) << name; }
  /// An object that was used last `age_s` ago.
  void add_object(const std::string& name, int age_s) const {
    add(name);
    fs::last_write_time(path(name), fs::last_write_time(path(name)) - age_s * fs::file_time_type::duration(1000000000));
  }
  size_t objects() const {
    size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) count += entry.path().extension() == ".so";
    return count;
  }

  TempFolder folder_;
};

TEST_F(RtlCacheTest, KeepsWhatWasUsedLast) {
  for (int i = 0; i < 6; ++i) {
    add_object("r" + std::to_string(i) + "-content.so", 10 * i);
    add("r" + std::to_string(i) + ".sources");
    add("r" + std::to_string(i) + ".lock");
  }
  add("r5.log");
  ASSERT_TRUE(touch_rtl_object(path("r4-content.so")));
  trim_rtl_cache(folder_.path(), 3);
  EXPECT_EQ(objects(), 3u);
  EXPECT_TRUE(has("r4-content.so") && has("r0-content.so") && has("r1-content.so"));
  EXPECT_TRUE(has("r4.sources"));
  EXPECT_FALSE(has("r2.sources") || has("r5.sources") || has("r5.log"));
  EXPECT_TRUE(has("r2.lock"));  // another process may just wait for it
}

TEST_F(RtlCacheTest, SourcesStayWithTheLastObjectOfARecipe) {
  add_object("r-new.so", 0);
  add_object("r-old.so", 10);
  add("r.sources");
  trim_rtl_cache(folder_.path(), 1);
  EXPECT_TRUE(has("r-new.so") && has("r.sources"));
  EXPECT_FALSE(has("r-old.so"));
}

TEST_F(RtlCacheTest, FewerThanTheBoundAllStay) {
  add_object("r-a.so", 0);
  trim_rtl_cache(folder_.path(), kRtlCacheEntries);
  EXPECT_TRUE(has("r-a.so"));
  EXPECT_FALSE(touch_rtl_object(path("gone.so")));
}

/// One process: what it looks up and finds must still be there until it lets the lock go, whatever others add and trim.
int use_cache(const std::string& folder, int process) {
  constexpr int kTurns = 200;
  constexpr size_t kKept = 4;
  for (int i = 0; i < kTurns; ++i) {
    {
      const FileLock lock(rtl_cache_lock(folder), FileLock::Kind::kShared);
      const std::string looked_up = folder + "/r" + std::to_string((i + process) % 8) + "-content.so";
      if (touch_rtl_object(looked_up) && !std::ifstream(looked_up)) return 1;
    }
    const FileLock lock(rtl_cache_lock(folder));
    const std::string made = folder + "/r" + std::to_string((i * 3 + process) % 8) + "-content.so";
    std::ofstream(made) << "object";
    trim_rtl_cache(folder, kKept);
    if (!fs::exists(made)) return 2;
  }
  return 0;
}

TEST_F(RtlCacheTest, SeveralProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(use_cache(folder_.path(), process));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(objects(), 4u);
}

}  // namespace
}  // namespace saksi::hw
