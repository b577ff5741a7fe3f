#include "sim/teleport/thresholds.h"

#include <algorithm>
#include <cstdint>

namespace notifyd::sim {
namespace {

using Spec = ::types::AccessRequest::Spec;

bool counts_for(const ::types::AccessReview& review, std::uint32_t threshold) {
  const auto& indexes = review.threshold_indexes();
  return std::find(indexes.begin(), indexes.end(), threshold) != indexes.end();
}

bool reached(const Spec& spec, std::uint32_t threshold, ::types::RequestState proposed) {
  const auto& needed = spec.thresholds(static_cast<int>(threshold));
  const auto wanted = proposed == ::types::APPROVED ? needed.approve() : needed.deny();
  const auto have =
      std::count_if(spec.reviews().begin(), spec.reviews().end(), [&](const auto& review) {
        return review.proposed_state() == proposed && counts_for(review, threshold);
      });
  return wanted > 0 && have >= static_cast<std::int64_t>(wanted);
}

bool denied(const Spec& spec) {
  for (int i = 0; i < spec.thresholds_size(); ++i) {
    if (reached(spec, static_cast<std::uint32_t>(i), ::types::DENIED)) return true;
  }
  return false;
}

bool approved(const Spec& spec, const ::types::ThresholdIndexSet& set) {
  return std::any_of(set.indexes().begin(), set.indexes().end(), [&](std::uint32_t threshold) {
    return reached(spec, threshold, ::types::APPROVED);
  });
}

bool approved(const Spec& spec) {
  const auto& roles = spec.role_threshold_mapping();
  return std::all_of(roles.begin(), roles.end(), [&](const auto& role) {
    const auto& sets = role.value().sets();
    return std::all_of(sets.begin(), sets.end(),
                       [&](const auto& set) { return approved(spec, set); });
  });
}

}  // namespace

std::optional<::types::RequestState> verdict(const Spec& spec) {
  if (denied(spec)) return ::types::DENIED;
  if (approved(spec)) return ::types::APPROVED;
  return std::nullopt;
}

}  // namespace notifyd::sim
