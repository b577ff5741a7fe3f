#include "teleport/thresholds.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using model::Threshold;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::types::APPROVED;
using ::types::DENIED;
using Spec = ::types::AccessRequest::Spec;
using Indexes = std::vector<std::uint32_t>;

void add_threshold(Spec& spec, std::uint32_t approve, std::uint32_t deny) {
  auto& added = *spec.add_thresholds();
  added.set_approve(approve);
  added.set_deny(deny);
}

void add_role(Spec& spec, const std::string& role, const std::vector<Indexes>& sets) {
  auto& added = *spec.add_role_threshold_mapping();
  added.set_key(role);
  for (const Indexes& set : sets) {
    added.mutable_value()->add_sets()->mutable_indexes()->Assign(set.begin(), set.end());
  }
}

void add_review(Spec& spec, const std::string& author, ::types::RequestState proposed,
                const Indexes& indexes) {
  auto& added = *spec.add_reviews();
  added.set_author(author);
  added.set_proposed_state(proposed);
  added.mutable_threshold_indexes()->Assign(indexes.begin(), indexes.end());
}

std::string given(const Threshold& threshold) {
  if (!threshold.given) return "not known";
  return std::to_string(threshold.given->approvals) + "+ " +
         std::to_string(threshold.given->denials) + "-";
}

TEST(Thresholds, SayWhatIsNeeded) {
  Spec spec;
  add_threshold(spec, 2, 1);
  spec.mutable_thresholds(0)->set_name("two of the team");
  spec.mutable_thresholds(0)->set_filter("contains(reviewer.roles, \"lead\")");
  const auto thresholds = thresholds_of(spec, {});
  ASSERT_EQ(thresholds.size(), 1U);
  EXPECT_EQ(thresholds[0].needed.approvals, 2U);
  EXPECT_EQ(thresholds[0].needed.denials, 1U);
  EXPECT_EQ(thresholds[0].name, "two of the team");
  EXPECT_EQ(thresholds[0].filter, "contains(reviewer.roles, \"lead\")");
  EXPECT_EQ(given(thresholds[0]), "0+ 0-");
}

TEST(Thresholds, WhereReviewsAreLeftOutNobodyKnowsHowManyCount) {
  Spec spec;
  add_threshold(spec, 2, 1);
  add_review(spec, "bob", APPROVED, {0});
  EXPECT_EQ(given(thresholds_of(spec, {}).at(0)), "1+ 0-");
  EXPECT_EQ(given(thresholds_of(spec, {}, {.reviews = 1}).at(0)), "not known");
  EXPECT_EQ(thresholds_of(spec, {}, {.reviews = 1}).at(0).needed.approvals, 2U);
  EXPECT_EQ(given(thresholds_of(spec, {}, {.roles = 1}).at(0)), "1+ 0-");
}

TEST(Thresholds, AreForTheRolesWhoseSetsNameThem) {
  Spec spec;
  for (int i = 0; i < 3; ++i) add_threshold(spec, 1, 1);
  add_role(spec, "dba", {{1}, {0, 1}});
  add_role(spec, "editor", {{1}});
  const auto thresholds = thresholds_of(spec, {"editor", "dba"});
  EXPECT_THAT(thresholds[0].roles, ElementsAre(1U));
  EXPECT_THAT(thresholds[1].roles, ElementsAre(0U, 1U));
  EXPECT_THAT(thresholds[2].roles, IsEmpty());
}

TEST(Thresholds, OfARoleThatComesTwiceTheLastSetsCount) {
  Spec spec;
  for (int i = 0; i < 2; ++i) add_threshold(spec, 1, 1);
  add_role(spec, "editor", {{0}});
  add_role(spec, "editor", {{1}});
  const auto thresholds = thresholds_of(spec, {"editor"});
  EXPECT_THAT(thresholds[0].roles, IsEmpty());
  EXPECT_THAT(thresholds[1].roles, ElementsAre(0U));
}

TEST(Thresholds, FindARoleThatIsNotUtf8) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_role(spec, "caf\xe9", {{0}});
  EXPECT_THAT(thresholds_of(spec, {"caf\xEF\xBF\xBD"})[0].roles, ElementsAre(0U));
}

TEST(Thresholds, CountTheReviewsThatNameThem) {
  Spec spec;
  for (int i = 0; i < 3; ++i) add_threshold(spec, 2, 2);
  add_review(spec, "bob", APPROVED, {0, 1});
  add_review(spec, "carol", APPROVED, {0});
  add_review(spec, "dave", DENIED, {1});
  const auto thresholds = thresholds_of(spec, {});
  EXPECT_EQ(given(thresholds[0]), "2+ 0-");
  EXPECT_EQ(given(thresholds[1]), "1+ 1-");
  EXPECT_EQ(given(thresholds[2]), "0+ 0-");
}

TEST(Thresholds, CountApprovalsAndDenialsOnly) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_review(spec, "bob", ::types::PROMOTED, {0});
  add_review(spec, "carol", static_cast<::types::RequestState>(17), {0});
  EXPECT_EQ(given(thresholds_of(spec, {})[0]), "0+ 0-");
}

TEST(Thresholds, CountEverybodysLastReviewOnce) {
  Spec spec;
  add_threshold(spec, 2, 2);
  add_review(spec, "bob", DENIED, {0});
  add_review(spec, "bob", APPROVED, {0, 0, 0});
  add_review(spec, "carol", APPROVED, {0});
  EXPECT_EQ(given(thresholds_of(spec, {})[0]), "2+ 0-");
}

TEST(Thresholds, AreNotKnownToBeGivenWhereAReviewNamesOneThatIsNotThere) {
  constexpr std::uint32_t kLast = 0xffffffff;
  for (const std::uint32_t index : {1U, 0x7fffffffU, 0x80000000U, kLast}) {
    Spec spec;
    add_threshold(spec, 1, 1);
    add_review(spec, "bob", APPROVED, {0, index});
    EXPECT_EQ(given(thresholds_of(spec, {})[0]), "not known") << index;
  }
}

TEST(Thresholds, OfARoleThatAreNotThereAreLeftOut) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_role(spec, "editor", {{1, 0xffffffff}, {0}, {}});
  EXPECT_THAT(thresholds_of(spec, {"editor"})[0].roles, ElementsAre(0U));
}

TEST(Thresholds, MayBeNone) {
  Spec spec;
  add_role(spec, "editor", {{0}});
  add_review(spec, "bob", APPROVED, {0});
  EXPECT_THAT(thresholds_of(spec, {"editor"}), IsEmpty());
}

}  // namespace
}  // namespace notifyd::teleport
