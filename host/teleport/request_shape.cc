#include "teleport/request_shape.h"

namespace notifyd::teleport {
namespace {

using Kind = ClipMember::Kind;

constexpr ClipMember number(std::uint32_t member) { return {.number = member}; }
constexpr ClipMember numbers(std::uint32_t member) {
  return {.number = member, .kind = Kind::kNumbers, .max_count = kMaxList};
}
constexpr ClipMember text(std::uint32_t member, std::size_t max_bytes) {
  return {.number = member, .kind = Kind::kText, .max_bytes = max_bytes};
}
constexpr ClipMember texts(std::uint32_t member, std::size_t max_bytes) {
  return {.number = member, .kind = Kind::kText, .max_bytes = max_bytes, .max_count = kMaxList};
}
constexpr ClipMember message(std::uint32_t member, const ClipShape& shape) {
  return {.number = member, .kind = Kind::kMessage, .shape = &shape};
}
constexpr ClipMember messages(std::uint32_t member, const ClipShape& shape) {
  return {.number = member, .kind = Kind::kMessage, .max_count = kMaxList, .shape = &shape};
}

// As in proto/types.proto, from the innermost out.
constexpr ClipMember kTimeMembers[] = {number(1), number(2)};
constexpr ClipShape kTime{kTimeMembers};

constexpr ClipMember kValuesMembers[] = {texts(1, kMaxName)};
constexpr ClipShape kValues{kValuesMembers};
constexpr ClipMember kLabelMembers[] = {text(1, kMaxName), message(2, kValues)};
constexpr ClipShape kLabel{kLabelMembers};
constexpr ClipMember kLabelsMembers[] = {messages(1, kLabel)};
constexpr ClipShape kLabels{kLabelsMembers};

constexpr ClipMember kThresholdMembers[] = {text(1, kMaxName), text(2, kMaxReason), number(3),
                                            number(4)};
constexpr ClipShape kThreshold{kThresholdMembers};
constexpr ClipMember kIndexSetMembers[] = {numbers(1)};
constexpr ClipShape kIndexSet{kIndexSetMembers};
constexpr ClipMember kIndexSetsMembers[] = {messages(1, kIndexSet)};
constexpr ClipShape kIndexSets{kIndexSetsMembers};
constexpr ClipMember kRoleThresholdsMembers[] = {text(1, kMaxName), message(2, kIndexSets)};
constexpr ClipShape kRoleThresholds{kRoleThresholdsMembers};

constexpr ClipMember kReviewMembers[] = {text(1, kMaxName), number(3),  text(4, kMaxReason),
                                         message(5, kTime), numbers(7), message(10, kTime),
                                         text(11, kMaxName)};
constexpr ClipShape kReview{kReviewMembers};

constexpr ClipMember kResourceMembers[] = {text(1, kMaxName), text(2, kMaxName), text(3, kMaxName),
                                           text(4, kMaxName)};
constexpr ClipShape kResource{kResourceMembers};
constexpr ClipMember kResourceAccessMembers[] = {message(1, kResource)};
constexpr ClipShape kResourceAccess{kResourceAccessMembers};

constexpr ClipMember kAccessListMembers[] = {text(1, kMaxName), text(2, kMaxName)};
constexpr ClipShape kAccessList{kAccessListMembers};

constexpr ClipMember kSpecMembers[] = {text(1, kMaxName),
                                       texts(kRolesMember, kMaxName),
                                       number(3),
                                       message(4, kTime),
                                       message(5, kTime),
                                       text(6, kMaxReason),
                                       text(7, kMaxReason),
                                       message(9, kLabels),
                                       messages(10, kThreshold),
                                       messages(kRoleThresholdsMember, kRoleThresholds),
                                       messages(kReviewsMember, kReview),
                                       texts(kReviewersMember, kMaxName),
                                       messages(kResourcesMember, kResource),
                                       message(17, kTime),
                                       message(18, kTime),
                                       message(20, kAccessList),
                                       message(21, kTime),
                                       message(22, kTime),
                                       number(24),
                                       messages(kResourceAccessMember, kResourceAccess)};

}  // namespace

constexpr ClipShape kSpecShape{kSpecMembers};

}  // namespace notifyd::teleport
