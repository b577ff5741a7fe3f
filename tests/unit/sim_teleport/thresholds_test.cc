#include "sim/teleport/thresholds.h"

#include <gtest/gtest.h>

#include <vector>

namespace notifyd::sim {
namespace {

using ::types::APPROVED;
using ::types::DENIED;
using Spec = ::types::AccessRequest::Spec;

void add_threshold(Spec& spec, std::uint32_t approve, std::uint32_t deny) {
  auto& added = *spec.add_thresholds();
  added.set_approve(approve);
  added.set_deny(deny);
}

void add_set(Spec& spec, const std::string& role, const std::vector<std::uint32_t>& indexes) {
  auto& added = *spec.add_role_threshold_mapping();
  added.set_key(role);
  added.mutable_value()->add_sets()->mutable_indexes()->Assign(indexes.begin(), indexes.end());
}

void add_review(Spec& spec, ::types::RequestState proposed,
                const std::vector<std::uint32_t>& indexes) {
  auto& review = *spec.add_reviews();
  review.set_proposed_state(proposed);
  review.mutable_threshold_indexes()->Assign(indexes.begin(), indexes.end());
}

Spec two_of_each() {
  Spec spec;
  add_threshold(spec, 2, 2);
  add_set(spec, "editor", {0});
  return spec;
}

TEST(Thresholds, DecideNothingBelowTheirNumber) {
  Spec spec = two_of_each();
  add_review(spec, APPROVED, {0});
  add_review(spec, DENIED, {0});
  EXPECT_EQ(verdict(spec), std::nullopt);
}

TEST(Thresholds, ApproveAtTheirNumber) {
  Spec spec = two_of_each();
  add_review(spec, APPROVED, {0});
  add_review(spec, APPROVED, {0});
  EXPECT_EQ(verdict(spec), APPROVED);
}

TEST(Thresholds, DenyAtTheirNumber) {
  Spec spec = two_of_each();
  add_review(spec, DENIED, {0});
  add_review(spec, DENIED, {0});
  EXPECT_EQ(verdict(spec), DENIED);
}

TEST(Thresholds, CountOnlyReviewsThatNameThem) {
  Spec spec = two_of_each();
  add_review(spec, APPROVED, {0});
  add_review(spec, APPROVED, {1});
  EXPECT_EQ(verdict(spec), std::nullopt);
}

TEST(Thresholds, OfZeroAreNeverReached) {
  Spec spec;
  add_threshold(spec, 0, 0);
  add_set(spec, "editor", {0});
  add_review(spec, APPROVED, {0});
  add_review(spec, DENIED, {0});
  EXPECT_EQ(verdict(spec), std::nullopt);
}

TEST(Thresholds, OneOfASetIsEnough) {
  Spec spec;
  add_threshold(spec, 3, 3);
  add_threshold(spec, 1, 3);
  add_set(spec, "editor", {0, 1});
  add_review(spec, APPROVED, {0, 1});
  EXPECT_EQ(verdict(spec), APPROVED);
}

TEST(Thresholds, EverySetOfARoleMustApprove) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_threshold(spec, 1, 1);
  add_set(spec, "editor", {0});
  add_set(spec, "editor", {1});
  add_review(spec, APPROVED, {0});
  EXPECT_EQ(verdict(spec), std::nullopt);
  add_review(spec, APPROVED, {1});
  EXPECT_EQ(verdict(spec), APPROVED);
}

TEST(Thresholds, EveryRoleMustBeApproved) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_threshold(spec, 1, 1);
  add_set(spec, "editor", {0});
  add_set(spec, "auditor", {1});
  add_review(spec, APPROVED, {0});
  EXPECT_EQ(verdict(spec), std::nullopt);
}

TEST(Thresholds, OneDeniedThresholdOutweighsAllApprovals) {
  Spec spec;
  add_threshold(spec, 1, 1);
  add_threshold(spec, 1, 1);
  add_set(spec, "editor", {0});
  add_review(spec, APPROVED, {0});
  add_review(spec, DENIED, {1});
  EXPECT_EQ(verdict(spec), DENIED);
}

}  // namespace
}  // namespace notifyd::sim
