// Goal: what came from outside comes again when a stretch is run again, at its time, and nothing is shown twice.
// Method: a timeline, and a second one that was "forked" earlier and takes over what the first has gathered.
#include "sim/debug/timeline.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

std::string shown(Timeline& timeline, const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (timeline.print()) result += c;
  }
  return result;
}

DebuggerChange change_at(uint64_t position) { return {{position, 0}, DebuggerChange::Kind::kMemory, 0x80000000, "x"}; }

TEST(Timeline, CharactersAreShownOnce) {
  Timeline first;
  EXPECT_EQ(shown(first, "ab"), "ab");
  Timeline earlier = first;
  EXPECT_EQ(shown(first, "cd"), "cd");
  earlier.adopt(first.to_json());
  EXPECT_EQ(shown(earlier, "cdef"), "ef");
}

TEST(Timeline, AChangeInThePastMakesWhatFollowsNew) {
  Timeline first;
  Timeline earlier = first;
  shown(first, "abcd");
  earlier.adopt(first.to_json());
  EXPECT_EQ(shown(earlier, "ab"), "");
  earlier.changed(change_at(7));
  EXPECT_EQ(shown(earlier, "xy"), "xy");
}

TEST(Timeline, ChangesAreMadeAgainAndThoseOfAnAbandonedFutureAreNot) {
  Timeline first;
  Timeline earlier = first;
  first.changed(change_at(10));
  first.changed(change_at(20));
  EXPECT_EQ(first.next_change(), nullptr);
  earlier.adopt(first.to_json());
  ASSERT_NE(earlier.next_change(), nullptr);
  EXPECT_EQ(earlier.next_change()->place.position, 10u);
  EXPECT_EQ(earlier.next_change()->bytes, "x");
  earlier.next_change_done();
  earlier.changed(change_at(15));
  EXPECT_EQ(earlier.next_change(), nullptr) << "the one at 20 belonged to another future";
  earlier.forget_changes();
  EXPECT_EQ(earlier.next_change(), nullptr);
}

TEST(Timeline, WhatWasTypedComesAtTheSameTimes) {
  Timeline first;
  Timeline earlier = first;
  const auto asked = [](const char* text) { return [text] { return std::optional<std::string>(text); }; };
  first.typed(10, asked(""));
  first.typed(20, asked("ls\n"));
  first.typed(30, asked(std::string("\0\xff", 1).c_str()));
  earlier.adopt(first.to_json());
  EXPECT_EQ(earlier.typed(10, asked("no")), "");
  EXPECT_EQ(earlier.typed(20, asked("no")), "ls\n");
  EXPECT_EQ(earlier.typed(30, asked("no")), "");
  EXPECT_EQ(earlier.typed(40, asked("new")), "new");
  EXPECT_EQ(earlier.typed(50, [] { return std::optional<std::string>(); }), std::nullopt);
}

}  // namespace
}  // namespace saksi::sim
