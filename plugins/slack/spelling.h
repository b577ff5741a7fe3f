// What the parts of a written recipient look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slack {

// Without what nobody sees at either end: space of any script, controls, marks of direction.
std::string_view without_edges(std::string_view text);

// teleport-slack's test: a mailbox of RFC 5322 whose bare address is the whole text.
bool is_email(std::string_view text);

// As people write them, where anything else may be a name. `prefixes`: with which it may begin.
bool is_written_id(std::string_view text, std::string_view prefixes);

// A channel's name as Slack writes it, which is in lower case.
std::string lower_name(std::string_view name);

// What keeps `name`, in lower case, from being a channel's name: `has a space`; "" for nothing.
std::string fault_of_name(std::string_view name);

// What names somebody in an address of Slack's: the C0123ABCD of
// https://acme.slack.com/archives/C0123ABCD/p1700000000000100. "" where it is Slack's and names
// nobody; nullopt where it is no address of Slack's.
std::optional<std::string> named_in_slack_url(std::string_view url);

// Whether the text may be, or hold, something that opens a door: a token, a webhook's address.
bool may_be_secret(std::string_view text);

}  // namespace slack
