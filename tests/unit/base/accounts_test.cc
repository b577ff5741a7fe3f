#include "base/accounts.h"

#include <gmock/gmock.h>

namespace notifyd {
namespace {

using Members = std::vector<std::string>;

constexpr uid_t kUs = 990;
constexpr gid_t kGroup = 985;

GroupFacts facts(std::optional<Members> members, std::vector<Account> users = {}) {
  users.push_back({"root", 0, 0});
  users.push_back({"notifyd", kUs, kGroup});
  return {std::move(users), std::move(members)};
}

TEST(PrivateGroup, HasNobodyElseInIt) {
  EXPECT_TRUE(is_private_group(kGroup, kUs, facts(Members{})));
  EXPECT_TRUE(is_private_group(kGroup, kUs, facts(Members{"notifyd", "root"})));
  EXPECT_FALSE(is_private_group(kGroup, kUs, facts(Members{"notifyd", "alice"})));
}

TEST(PrivateGroup, IsNobodyElsesPrimaryOne) {
  EXPECT_FALSE(is_private_group(kGroup, kUs, facts(Members{}, {{"alice", 1000, kGroup}})));
  EXPECT_TRUE(is_private_group(kGroup, kUs, facts(Members{}, {{"alice", 1000, 1000}})));
  EXPECT_TRUE(is_private_group(kGroup, kUs, facts(Members{}, {{"second_name", kUs, kGroup}})));
}

TEST(PrivateGroup, WithoutAnEntryHasTheUsersOwnNumber) {
  EXPECT_FALSE(is_private_group(kGroup, kUs, facts(std::nullopt)));
  EXPECT_TRUE(is_private_group(kUs, kUs, facts(std::nullopt)));
  EXPECT_FALSE(is_private_group(kUs, kUs, facts(std::nullopt, {{"alice", 1000, kUs}})));
}

TEST(PrivateGroup, IsNotTakenForOneWhereThereAreTooManyUsersToLookAt) {
  GroupFacts many = facts(Members{});
  many.complete = false;
  EXPECT_FALSE(is_private_group(kGroup, kUs, many));
}

TEST(UserNumber, IsOfANameOrANumber) {
  EXPECT_EQ(user_number("root"), 0U);
  EXPECT_EQ(user_number("990"), 990U);
  for (const char* nobody : {"no-such-user", "-1", "4294967295", "4294967296", "990 ", ""}) {
    EXPECT_EQ(user_number(nobody), std::nullopt) << nobody;
  }
}

}  // namespace
}  // namespace notifyd
