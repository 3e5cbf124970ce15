// Goal: decoded code outlives what does not change it.
// Method: blocks of made-up ops, and memory that changes behind the cache's back.
#include "hw-models/cpu/block_cache.h"

#include <gtest/gtest.h>

#include <vector>

namespace saksi::hw {
namespace {

constexpr uint32_t kRam = 0x80000000;

class BlockCacheTest : public ::testing::Test {
 protected:
  BlockCacheTest() : memory_(256) { cache_.set_ram(kRam, memory_.size()); }

  Block* add(uint32_t pc, const std::vector<uint8_t>& bytes, uint32_t target) {
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + (pc - kRam));
    return cache_.add(pc, bytes, std::vector<Op>(2), {target});
  }
  void drop_changed() {
    cache_.drop_changed([this](uint32_t pc, size_t size) { return pc - kRam + size <= memory_.size() ? &memory_[pc - kRam] : nullptr; });
  }

  std::vector<uint8_t> memory_;
  BlockCache cache_;
};

TEST_F(BlockCacheTest, OnlyTheBlockWhoseBytesChangedIsDropped) {
  const std::vector<uint8_t> code = {1, 2, 3, 4};
  Block* first = add(kRam, code, kRam + 64);
  Block* second = add(kRam + 64, code, kRam);
  BlockCache::link(first->exits[0], *second);
  drop_changed();
  EXPECT_EQ(cache_.find(kRam), first);
  EXPECT_EQ(cache_.find(kRam + 64), second);
  memory_[64 + 3] = 5;
  drop_changed();
  EXPECT_EQ(cache_.find(kRam), first);
  EXPECT_EQ(cache_.find(kRam + 64), nullptr);
  EXPECT_EQ(first->exits[0].next, nullptr) << "an exit still leads to the dropped block";
}

TEST_F(BlockCacheTest, CodeOutsideOfMemoryIsDropped) {
  cache_.add(kRam + 0x1000, {1, 2}, std::vector<Op>(2), {kRam});
  drop_changed();
  EXPECT_EQ(cache_.find(kRam + 0x1000), nullptr);
}

}  // namespace
}  // namespace saksi::hw
