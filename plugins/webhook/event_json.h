// An event as JSON: what the default body is, and what templates name parts of.
#pragma once

#include <string>
#include <string_view>

#include "json.h"
#include "notify/abi.h"

namespace webhook {

// The same for every attempt of a step, on whichever replica: by it a receiver tells a repeat from
// news. 32 hex digits.
std::string delivery_id(const notify_event& event);

// What is not known is null, or an empty list: every key is always there.
Json event_json(const notify_event& event);

// One line for people: "alice asks for access as editor".
std::string title_of(const Json& event);

// An event in which nothing is null and no list is empty, and one in which all is: what a template
// must be right for. In objects with keys of the cluster's own ("annotations"), "*" stands for any.
Json full_sample(std::string_view event);
Json bare_sample(std::string_view event);

// All that can be in "event".
inline constexpr std::string_view kEventNames[] = {"pending", "reviewed", "resolved", "expired",
                                                   "given_up"};

}  // namespace webhook
