#include "firmware-under-test/camera/ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace {

constexpr uint32_t kGop = 5;
constexpr uint64_t kPeriod = 100;

/// A ring and a source of pictures: one each kPeriod ticks, an IDR picture each kGop.
class RingTest : public testing::Test {
 protected:
  void make(uint32_t bytes, uint64_t pre_event) {
    data_.assign(bytes + 16, 0);
    auto* aligned = data_.data() + (16 - reinterpret_cast<uintptr_t>(data_.data()) % 16) % 16;
    ring_init(ring_.get(), aligned, bytes, pre_event);
  }

  /// False if the ring had no room.
  bool push(uint32_t bytes = 100) {
    uint8_t* nal = ring_reserve(ring_.get(), 400);
    if (nal == nullptr) return false;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(nal) % 16, 0u);
    EXPECT_GE(nal, ring_->data + 16);
    EXPECT_LE(nal + 400, ring_->data + ring_->bytes);
    for (uint32_t i = 0; i < ring_count(ring_.get()); ++i) {
      const ring_picture_t* old = ring_at(ring_.get(), i);
      bool overlaps =
          old->offset < static_cast<uint32_t>(nal + 400 - ring_->data) && old->offset + old->bytes > static_cast<uint32_t>(nal - 4 - ring_->data);
      EXPECT_FALSE(overlaps);
    }
    bool is_idr = next_ % kGop == 0 || ring_needs_idr(ring_.get());
    if (is_idr) next_ -= next_ % kGop;
    nal[0] = static_cast<uint8_t>(time_ / kPeriod);
    ring_commit(ring_.get(), bytes, time_, is_idr);
    ++next_;
    time_ += kPeriod;
    return true;
  }

  std::unique_ptr<ring_t> ring_ = std::make_unique<ring_t>();
  std::vector<uint8_t> data_;
  uint64_t time_ = 1000;
  uint32_t next_ = 0;
};

TEST_F(RingTest, HoldsAtLeastThePreEventTimeAndAtMostOneGopMore) {
  make(1 << 20, 1000);
  for (int i = 0; i < 200; ++i) {
    push();
    EXPECT_TRUE(ring_at(ring_.get(), 0)->is_idr);
    uint64_t length = time_ - kPeriod - ring_at(ring_.get(), 0)->time;
    if (i > 20) {
      EXPECT_GE(length, 1000u);
      EXPECT_LT(length, 1000u + kGop * kPeriod);
    }
  }
}

TEST_F(RingTest, PicturesLieAsTheyGoIntoTheFile) {
  make(1 << 16, 1000);
  push(300);
  const ring_picture_t* picture = ring_at(ring_.get(), 0);
  EXPECT_EQ(picture->bytes, 304u);
  EXPECT_EQ(picture->offset % 4, 0u);
  const uint8_t* sample = ring_->data + picture->offset;
  EXPECT_EQ(sample[0] << 24 | sample[1] << 16 | sample[2] << 8 | sample[3], 300);
  EXPECT_EQ(sample[4], 10);
}

TEST_F(RingTest, DropsGopsWhenTheMemoryIsTooSmallForTheTime) {
  make(4096, 1000000);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(push());
    EXPECT_TRUE(ring_at(ring_.get(), 0)->is_idr);
  }
  EXPECT_GT(ring_count(ring_.get()), kGop);
}

TEST_F(RingTest, DropsNothingWhileHeldAndRefusesWhenFull) {
  make(4096, 500);
  for (int i = 0; i < 7; ++i) push();
  uint64_t oldest = ring_at(ring_.get(), 0)->time;
  ring_hold(ring_.get(), time_);
  int more = 0;
  while (push()) ++more;
  EXPECT_GT(more, 10);
  EXPECT_EQ(ring_at(ring_.get(), 0)->time, oldest);
  ring_release(ring_.get(), 4);
  EXPECT_TRUE(push());
  EXPECT_EQ(ring_at(ring_.get(), 0)->time, oldest + 4 * kPeriod);
}

TEST_F(RingTest, StartsAtAnIdrPictureAfterLettingGo) {
  make(1 << 16, 500);
  for (int i = 0; i < 7; ++i) push();
  ring_hold(ring_.get(), time_);
  ring_release(ring_.get(), ring_count(ring_.get()));
  push();
  ring_let_go(ring_.get());
  EXPECT_EQ(ring_count(ring_.get()), 0u);
  EXPECT_TRUE(ring_needs_idr(ring_.get()));
  push();
  EXPECT_TRUE(ring_at(ring_.get(), 0)->is_idr);
}

TEST_F(RingTest, APictureThatWasBeingCodedWhenTheRingWasEmptiedIsNotKept) {
  make(1 << 16, 500);
  push();
  ring_reserve(ring_.get(), 400);
  ring_release(ring_.get(), 1);
  ring_hold(ring_.get(), 0);
  ring_let_go(ring_.get());
  ring_commit(ring_.get(), 100, time_, false);
  EXPECT_EQ(ring_count(ring_.get()), 0u);
}

TEST_F(RingTest, WithNoPreEventTimeOnlyFramesFromThePressOnAreWanted) {
  make(1 << 16, 0);
  EXPECT_FALSE(ring_wants(ring_.get(), 5000));
  ring_hold(ring_.get(), 6000);
  EXPECT_FALSE(ring_wants(ring_.get(), 5999));
  EXPECT_TRUE(ring_wants(ring_.get(), 6000));
  EXPECT_TRUE(ring_needs_idr(ring_.get()));
}

TEST_F(RingTest, NeverOverlapsWithSizesOfAllKinds) {
  make(8192, 700);
  uint32_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525 + 1013904223;
    if (state >> 28 == 0) ring_hold(ring_.get(), time_);
    if (state >> 28 == 1) ring_let_go(ring_.get());
    if (state >> 28 == 2 && ring_->is_held) ring_release(ring_.get(), ring_count(ring_.get()) / 2);
    push(1 + (state >> 8) % 400);
  }
}

}  // namespace
