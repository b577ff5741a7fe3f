// What is read of an Access Request's spec, and how much of it at the most.
#pragma once

#include "teleport/wire_clip.h"

namespace notifyd::teleport {

// Teleport takes no reason above this (maxAccessRequestReasonSize in its
// lib/services/access_request.go), and no message shows as much.
inline constexpr std::size_t kMaxReason = 4096;
inline constexpr std::size_t kMaxName = 1024;  // of a role, a user, a part of a resource
inline constexpr std::size_t kMaxList = 1000;  // roles, resources, reviewers, reviews
inline constexpr std::size_t kMaxSpec = std::size_t{512} << 10U;

// Numbers of the lists whose elements are counted.
inline constexpr std::uint32_t kRolesMember = 2;
inline constexpr std::uint32_t kStateMember = 3;
inline constexpr std::uint32_t kRoleThresholdsMember = 11;
inline constexpr std::uint32_t kReviewsMember = 12;
inline constexpr std::uint32_t kReviewersMember = 13;
inline constexpr std::uint32_t kResourcesMember = 14;
inline constexpr std::uint32_t kResourceAccessMember = 26;

extern const ClipShape kSpecShape;

}  // namespace notifyd::teleport
