#include "teleport/page_walk.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace notifyd::teleport {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kMiB = std::size_t{1} << 20U;
constexpr std::size_t kMaxMessage = 256 * kMiB;

// What one list of so many requests of that size asks for.
struct Asked {
  std::size_t calls = 0, refused = 0, biggest = 0;
};

Asked list(PageSize& size, std::size_t requests, std::size_t bytes) {
  Asked asked;
  size.begin_list();
  while (requests > 0) {
    const std::size_t page = std::min(requests, static_cast<std::size_t>(size.limit()));
    asked.biggest = std::max(asked.biggest, page * bytes);
    ++asked.calls;
    if (page * bytes > kMaxMessage) {
      ++asked.refused;
      size.shrink();
    } else {
      size.page_came(page * bytes);
      requests -= page;
    }
  }
  return asked;
}

TEST(PageSize, SixtyThousandUsualRequestsTake64Calls) {
  PageSize size;
  const Asked asked = list(size, 60'000, 1000);
  EXPECT_EQ(asked.calls, 64U);
  EXPECT_EQ(asked.refused, 0U);
}

// At a thousand a page the first would be 4 GiB.
TEST(PageSize, AThousandRequestsOfFourMebibytesAreNeverAskedForAtOnce) {
  PageSize size;
  const Asked first = list(size, 1000, 4 * kMiB);
  EXPECT_EQ(first.biggest, 256 * kMiB);
  const Asked second = list(size, 1000, 4 * kMiB);
  EXPECT_LE(second.biggest, 16 * kMiB) << "what was learnt is kept";
}

TEST(PageSize, WhatWasRefusedIsNotAskedForAgainInThisList) {
  PageSize size;
  const Asked asked = list(size, 1000, 5 * kMiB);
  EXPECT_EQ(asked.refused, 1U);
  EXPECT_EQ(list(size, 1000, 5 * kMiB).refused, 0U);
}

TEST(PageSize, OneThatIsTooBigByItselfDoesNotKeepPagesSmall) {
  PageSize size;
  while (size.shrink()) {
  }
  EXPECT_EQ(size.limit(), 1);
  for (int i = 0; i < 10; ++i) size.page_came(1000);
  EXPECT_EQ(size.limit(), PageSize::kMost);
}

TEST(PageSize, ANewListBeginsSmallWhateverTheLastOneHeld) {
  PageSize size;
  list(size, 60'000, 1000);
  EXPECT_EQ(size.limit(), PageSize::kMost);
  size.begin_list();
  EXPECT_EQ(size.limit(), PageSize::kFirst);
}

TEST(PageKey, IsTheSameAsText) {
  const PageKey key{true, true, "key", "stop"};
  const PageKey again = PageKey::parse(key.text());
  EXPECT_TRUE(again.backwards && again.names_first);
  EXPECT_EQ(again.key, "key");
  EXPECT_EQ(again.stop, "stop");
  EXPECT_EQ(PageKey::parse("").key, "");
  EXPECT_FALSE(PageKey::parse("").backwards);
}

TEST(PageKey, BehindOneWhoseIdIsKnownItGoesOn) {
  const RequestPage around = PageKey::parse(PageKey().next("r5")).around();
  EXPECT_THAT(around.unreadable, ElementsAre("r5"));
  const PageKey next = PageKey::parse(around.next);
  EXPECT_FALSE(next.backwards);
  EXPECT_GT(next.key, "r5");
  EXPECT_LT(next.key, "r50");
}

TEST(PageKey, BackwardsToo) {
  const PageKey from{true, true, "r5", "r2"};
  const PageKey next = PageKey::parse(from.around().next);
  EXPECT_TRUE(next.backwards);
  EXPECT_LT(next.key, "r5");
  EXPECT_GT(next.key, "r4f");
}

TEST(PageKey, AtOneWhoseIdIsNotKnownTheListIsTurnedAround) {
  const RequestPage around = PageKey().around();
  EXPECT_THAT(around.unreadable, ElementsAre(""));
  EXPECT_TRUE(PageKey::parse(around.next).backwards);
}

TEST(PageKey, BackwardsEndsWhereItWasListedForwards) {
  const PageKey from{true, false, "", "r5"};
  EXPECT_NE(from.next("r6"), "");
  EXPECT_EQ(from.next("r5"), "");
  EXPECT_EQ(from.next("r4"), "");
  EXPECT_EQ(from.around().next, "");
  EXPECT_THAT(from.around().unreadable, IsEmpty()) << "that one was told of before";
}

// Whatever the server says.
TEST(PageKey, KeysBehindWhichNothingCanBeAskedForEndTheList) {
  for (const std::string& key :
       {std::string("r\0", 2), std::string("r\xff"), std::string("r\x80")}) {
    EXPECT_EQ((PageKey{true, true, key, ""}.around().next), "");
  }
}

}  // namespace
}  // namespace notifyd::teleport
