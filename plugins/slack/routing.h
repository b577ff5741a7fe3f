// Whom a request concerns, by name. Which Slack user or channel a name is, the directory knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config.h"
#include "notify/abi.h"

namespace slack {

struct Addressee {
  std::string name;  // as the config or the request wrote it
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
};

// In the order of the config, then suggested reviewers, the requester last; names may repeat.
std::vector<Addressee> addressees(const Config& config, const notify_request& request);

// What named the recipient of this event, for a person who is to mend it:
// `role_to_recipients."dev"`, "suggested reviewer", "Access Monitoring Rule"; "" where nothing did
// that is known now.
std::string named_by(const Config& config, const notify_event& event);

// Suggested reviewers that name no Slack user, for the log: "oncall, root". "" where there are
// none.
std::string unreachable(const notify_request& request);

// The id of the fallback recipient, which is one of its own even where an ordinary recipient is the
// same channel or person; and the channel or person behind any recipient's id.
std::string fallback_id(const std::string& name);
std::string_view address_of(std::string_view recipient_id);

// What chat.postMessage takes for a name that is no e-mail address: ids stay, "dev" becomes "#dev".
std::string channel_of(const std::string& name);

}  // namespace slack
