#include "config/suggest.h"

#include <gtest/gtest.h>

namespace notifyd::config {
namespace {

const std::vector<std::string> kKnown{"token", "apiurl", "notify_requester", "addr"};

TEST(Suggest, FindsTheWordThatWasMistyped) {
  EXPECT_EQ(nearest("tokn", kKnown), "token");
  EXPECT_EQ(nearest("tokken", kKnown), "token");
  EXPECT_EQ(nearest("toekn", kKnown), "token");
  EXPECT_EQ(nearest("TOKEN", kKnown), "token");
  EXPECT_EQ(nearest("api_url", kKnown), "apiurl");
  EXPECT_EQ(nearest("notify_requestor", kKnown), "notify_requester");
}

TEST(Suggest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("colour", kKnown), "");
  EXPECT_EQ(nearest("x", kKnown), "");
  EXPECT_EQ(nearest("token", {}), "");
  EXPECT_EQ(nearest(std::string(1000, 't'), kKnown), "");
}

}  // namespace
}  // namespace notifyd::config
