// Whom a request concerns. Which Slack user has an e-mail address, and which channel a name, the
// directory knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config.h"
#include "notify/abi.h"

namespace slack {

struct Addressee {
  Recipient to;
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
};

struct Addressees {
  std::vector<Addressee> told;      // in the order of the config, then suggested reviewers, the
                                    // requester last; those of the config may repeat
  std::size_t not_told = 0;         // suggested reviewers beyond Config::max_direct_messages
  std::vector<std::string> nobody;  // what a rule wrote that names nobody, and what to write
};

// Whoever makes a request suggests its reviewers, as many as they like: they fill what the people
// whom the configuration names leave of Config::max_direct_messages, in the order of the request.
// Who is left out is not even looked up.
Addressees addressees(const Config& config, const notify_request& request);

// How many people the announcement for this event's recipient says were not told. Channels say it;
// where there is none, everybody's message does.
std::size_t not_told(const Config& config, const notify_event& event);

// What named the recipient of this event, for a person who is to mend it:
// `role_to_recipients."dev"`, "suggested reviewer", "Access Monitoring Rule"; "" where nothing did
// that is known now.
std::string named_by(const Config& config, const notify_event& event);

// Suggested reviewers that name no Slack user, for the log: "oncall, root". "" where there are
// none.
std::string unreachable(const notify_request& request);

// The id of the fallback recipient, which is one of its own even where an ordinary recipient is the
// same channel or person; and the channel or person behind any recipient's id.
std::string fallback_id(const Recipient& fallback);
std::string_view address_of(std::string_view recipient_id);

}  // namespace slack
