#include "teleport/identity_pin.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

IdentityFacts of(const std::string& user, const std::string& cluster) {
  IdentityFacts facts;
  facts.user = user;
  facts.cluster = cluster;
  return facts;
}

TEST(IdentityPin, TheSameUserOfTheSameClusterIsAdmittedAgain) {
  IdentityPin pin;
  EXPECT_TRUE(pin.admit(of("bot", "example.com")));
  EXPECT_TRUE(pin.admit(of("bot", "example.com")));
}

TEST(IdentityPin, AnotherUserOrClusterIsRefusedNamingBoth) {
  IdentityPin pin;
  ASSERT_TRUE(pin.admit(of("bot", "example.com")));
  for (const auto& other : {of("mallory", "example.com"), of("bot", "evil.example"), of("", "")}) {
    const Result<> admitted = pin.admit(other);
    ASSERT_FALSE(admitted);
    EXPECT_THAT(admitted.error().message,
                AllOf(HasSubstr("user bot of cluster example.com"), HasSubstr("reload it")));
  }
  EXPECT_THAT(pin.admit(of("mallory", "evil.example")).error().message,
              HasSubstr("user mallory of cluster evil.example"));
  EXPECT_TRUE(pin.admit(of("bot", "example.com")));
}

TEST(IdentityPin, AServerOfAnotherClusterIsRefused) {
  IdentityPin pin;
  EXPECT_TRUE(pin.admit(Cluster{"example.com", "18.0.0", ""}));
  EXPECT_TRUE(pin.admit(Cluster{"example.com", "18.1.0", "https://example.com"}));
  const Result<> admitted = pin.admit(Cluster{"evil.example", "18.0.0", ""});
  ASSERT_FALSE(admitted);
  EXPECT_THAT(admitted.error().message,
              AllOf(HasSubstr("cluster evil.example"), HasSubstr("cluster example.com")));
}

TEST(IdentityPin, OtherRolesAreRefusedNamingBothSets) {
  IdentityFacts facts = of("bot", "example.com");
  facts.roles = {"access-plugin", "reader"};
  IdentityPin pin;
  ASSERT_TRUE(pin.admit(facts));
  facts.roles = {"reader", "access-plugin"};
  EXPECT_TRUE(pin.admit(facts)) << "their order says nothing";
  facts.roles = {"admin"};
  EXPECT_EQ(pin.admit(facts).error().message,
            "it has the roles admin, and this daemon was started with the roles access-plugin, "
            "reader; reload it to accept the new one, or issue the identity as it was");
  facts.roles = {};
  EXPECT_THAT(pin.admit(facts).error().message, HasSubstr("it has no roles"));
}

TEST(IdentityPin, NamesOfOthersStayOnOneShortLine) {
  IdentityPin pin;
  ASSERT_TRUE(pin.admit(of("bot", "example.com")));
  const std::string message =
      pin.admit(of("mallory\nERROR all is well" + std::string(5000, 'x'), "")).error().message;
  EXPECT_LT(message.size(), 500U);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace notifyd::teleport
