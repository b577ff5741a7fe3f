// How much of a record is read and written. All who may write access_plugin_data in the cluster may
// write records, and whoever makes a request decides on the texts in it and, as far as the modules
// let them, on its recipients. What is read is bounded so that no record holds up others; what is
// written, so that it stays well below what Teleport's backends take for one item (400 KB in
// DynamoDB), with room for the records of other instances.
#pragma once

#include <cstddef>

namespace notifyd::delivery::limits {

// ---- Read ----
inline constexpr std::size_t kOurBytes = 262'144;  // of the key `notifyd`
inline constexpr int kDepth = 8;                   // of its JSON
inline constexpr std::size_t kRecipients = 1'000;
inline constexpr std::size_t kSearches = 16;  // of one recipient, and written
inline constexpr std::size_t kReviews = 10'000;
inline constexpr std::size_t kKeptReviews = 500;  // of those that are named
inline constexpr std::size_t kName = 255;  // id, label, message: the module boundary's limits
inline constexpr std::size_t kReceipt = 4'096;

// Of teleport-slack's keys: what is looked at, and what is kept up to date from here. A key
// `messages` with more bytes is not written any more.
inline constexpr std::size_t kTheirBytes = 65'536;
inline constexpr std::size_t kMessages = 1'000;
inline constexpr std::size_t kTakenOver = 100;

// ---- Written ----
inline constexpr std::size_t kReason = 4'096;  // shown are 400 characters
inline constexpr std::size_t kRoles = 4'096;
inline constexpr std::size_t kResources = 8'192;
inline constexpr std::size_t kWhy = 300;            // why a recipient was given up
inline constexpr std::size_t kReviewBytes = 6'144;  // of those that are named
inline constexpr std::size_t kPerReview = 20;       // of one, its author aside

// `notifyd`. Nobody new is told beyond it, but what was done is written.
inline constexpr std::size_t kRecipientBytes = 106'496;
// What a recipient comes to need at most, its id and label aside: receipt, message (here and in
// `messages`), reviews, end, step, and why it was given up if it was.
inline constexpr std::size_t kPerRecipient = 300;

}  // namespace notifyd::delivery::limits
