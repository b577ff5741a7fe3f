#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace notifyd {
namespace {

Result<std::unique_ptr<int>> half(int n) {
  if (n % 2 != 0) return invalid(std::to_string(n) + " is odd");
  return std::make_unique<int>(n / 2);
}

TEST(Result, HoldsAValueThatCanBeMovedOut) {
  auto result = half(8);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(**result, 4);
  const std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 4);
}

TEST(Result, HoldsAnError) {
  const auto result = half(7);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kInvalid);
  EXPECT_EQ(result.error().message, "7 is odd");
}

TEST(Result, ErrorsSayWhatWasBeingDone) {
  const Error error = half(7).error().in("halving").in("/etc/x.toml");
  EXPECT_EQ(error.message, "/etc/x.toml: halving: 7 is odd");
  EXPECT_EQ(error.code, Errc::kInvalid);
}

TEST(Result, WithoutAValueIsDone) {
  const Result<> result = Done{};
  EXPECT_TRUE(result.ok());
}

}  // namespace
}  // namespace notifyd
