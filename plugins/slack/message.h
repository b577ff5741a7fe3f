// What people read: a request as Block Kit and as plain text. Order and labels are
// teleport-slack's.
//
// Everything keeps Slack's limits at the first try, whatever is in the request: values are cut, one
// by one, until it fits, and the link (or the tsh commands) always stays.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "notify/abi.h"
#include "state.h"

namespace slack {

struct Message {
  std::string text;    // for notifications and screen readers, and instead of blocks if those fail
  std::string blocks;  // JSON; "": none
};

// For reviewers, and the requester's copy: title, fields, status, and how many more people were
// suggested as reviewers than are told.
Message announcement(const notify_request& request, State state, std::size_t not_told = 0);

// For the requester, when the request has ended.
Message verdict(const notify_request& request, State state);

// For the fallback: `who` is not told of the request, and `why`; unless it is tried again, never.
Message given_up(const notify_request& request, State state, std::string_view who,
                 std::string_view why, bool tried_again);

// In the thread of an announcement.
std::string review_reply(const notify_review& review);

}  // namespace slack
