#include "notify/token_bucket.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

constexpr std::uint64_t kNow = 5'000'000;

bool ready(const TokenBucket& bucket, std::uint64_t now) { return bucket.ready_at() <= now; }

TEST(TokenBucket, GivesItsBurstAtOnceAndThenOneEachInterval) {
  TokenBucket bucket(1'000, 3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ready(bucket, kNow)) << i;
    bucket.take(kNow);
  }
  EXPECT_EQ(bucket.ready_at(), kNow + 1'000);
  bucket.take(kNow + 1'000);
  EXPECT_EQ(bucket.ready_at(), kNow + 2'000);
}

TEST(TokenBucket, SavesUpNoMoreThanItsBurst) {
  TokenBucket bucket(1'000, 2);
  for (int i = 0; i < 2; ++i) bucket.take(kNow);
  const std::uint64_t later = kNow + 3'600'000;
  EXPECT_TRUE(bucket.full(later));
  for (int i = 0; i < 2; ++i) bucket.take(later);
  EXPECT_EQ(bucket.ready_at(), later + 1'000);
}

TEST(TokenBucket, MakesTheNextWaitForWhatWasTakenAhead) {
  TokenBucket bucket(1'000, 1);
  for (int i = 0; i < 3; ++i) bucket.take(kNow);
  EXPECT_EQ(bucket.ready_at(), kNow + 3'000);
  EXPECT_FALSE(bucket.full(kNow + 2'999));
  EXPECT_TRUE(bucket.full(kNow + 3'000));
}

TEST(TokenBucket, RestsWhateverIsLeft) {
  TokenBucket bucket(1'000, 5);
  bucket.rest_until(kNow + 60'000);
  EXPECT_EQ(bucket.ready_at(), kNow + 60'000);
  bucket.rest_until(kNow + 10);
  EXPECT_EQ(bucket.ready_at(), kNow + 60'000) << "the far side took nothing back";
  EXPECT_FALSE(bucket.full(kNow));
}

TEST(TokenBucket, WithoutAnIntervalLimitsNothingButRests) {
  TokenBucket bucket(0, 1);
  for (int i = 0; i < 100; ++i) bucket.take(kNow);
  EXPECT_TRUE(ready(bucket, kNow));
  bucket.rest_until(kNow + 5);
  EXPECT_FALSE(ready(bucket, kNow));
}

TEST(TokenBucket, TakesABurstOfNoneForOne) {
  TokenBucket bucket(1'000, 0);
  ASSERT_TRUE(ready(bucket, kNow));
  bucket.take(kNow);
  EXPECT_EQ(bucket.ready_at(), kNow + 1'000);
}

}  // namespace
}  // namespace notify
