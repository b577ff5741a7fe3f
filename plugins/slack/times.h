// Times and lengths of time as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace slack {

// Unix time in ms, as RFC 822 writes it, in UTC; "" for none, and for one that no calendar holds.
std::string time_text(std::int64_t unix_ms);

// The same as Slack's markup: each reader sees it in the time zone of their device, and
// time_text() where Slack can't. It is one of Slack's manual forms, which verbatim text keeps.
std::string time_markup(std::int64_t unix_ms);

// "8 hours", "1 day 12 hours", to the minute; "" for less than half a minute.
std::string length_text(std::int64_t ms);

}  // namespace slack
