#include "teleport/thresholds.h"

#include <map>
#include <string_view>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

using model::Threshold;
using Spec = ::types::AccessRequest::Spec;
using Thresholds = std::vector<Threshold>;

bool decides(const ::types::AccessReview& review) {
  return review.proposed_state() == ::types::APPROVED || review.proposed_state() == ::types::DENIED;
}

// In the order of `roles`; null for one without thresholds.
std::vector<const ::types::ThresholdIndexSets*> sets_by_role(
    const Spec& spec, const std::vector<std::string>& roles) {
  std::map<std::string_view, std::size_t> position;
  for (std::size_t i = 0; i < roles.size(); ++i) position.try_emplace(roles[i], i);
  std::vector<const ::types::ThresholdIndexSets*> out(roles.size());
  for (const auto& role : spec.role_threshold_mapping()) {
    const auto its = position.find(mend_utf8(role.key()));
    if (its != position.end()) out[its->second] = &role.value();
  }
  return out;
}

void add_roles(Thresholds& thresholds, const Spec& spec, const std::vector<std::string>& roles) {
  const auto by_role = sets_by_role(spec, roles);
  for (std::uint32_t role = 0; role < by_role.size(); ++role) {
    if (by_role[role] == nullptr) continue;
    for (const auto& set : by_role[role]->sets()) {
      for (const std::uint32_t index : set.indexes()) {
        if (index >= thresholds.size()) continue;
        auto& its_roles = thresholds[index].roles;
        if (its_roles.empty() || its_roles.back() != role) its_roles.push_back(role);
      }
    }
  }
}

// Teleport lets everybody review once. Should that change, the last one counts.
std::map<std::string_view, const ::types::AccessReview*> last_by_author(const Spec& spec) {
  std::map<std::string_view, const ::types::AccessReview*> out;
  for (const auto& review : spec.reviews()) {
    if (decides(review)) out.insert_or_assign(review.author(), &review);
  }
  return out;
}

// False: a review counts for a threshold that is not there, so the indexes mean something else.
bool count(const Spec& spec, std::vector<Threshold::Count>& counts) {
  std::vector<const ::types::AccessReview*> counted(counts.size());  // a review counts once
  for (const auto& [author, review] : last_by_author(spec)) {
    for (const std::uint32_t index : review->threshold_indexes()) {
      if (index >= counts.size()) return false;
      if (counted[index] == review) continue;
      counted[index] = review;
      const bool approves = review->proposed_state() == ::types::APPROVED;
      ++(approves ? counts[index].approvals : counts[index].denials);
    }
  }
  return true;
}

}  // namespace

std::vector<Threshold> thresholds_of(const Spec& spec, const std::vector<std::string>& roles,
                                     const model::LeftOut& left_out) {
  Thresholds out;
  if (spec.thresholds().empty()) return out;
  out.reserve(static_cast<std::size_t>(spec.thresholds_size()));
  for (const auto& wire : spec.thresholds()) {
    Threshold& added = out.emplace_back();
    added.needed = {wire.approve(), wire.deny()};
    added.name = mend_utf8(wire.name());
    added.filter = mend_utf8(wire.filter());
  }
  add_roles(out, spec, roles);
  std::vector<Threshold::Count> counts(out.size());
  if (left_out.reviews > 0 || !count(spec, counts)) return out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i].given = counts[i];
  return out;
}

}  // namespace notifyd::teleport
