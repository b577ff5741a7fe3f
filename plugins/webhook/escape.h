// What strangers wrote, as text that stays text where it goes: in JSON, and in the markup of what
// shows it. A requester's reason is no place to call a whole channel from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook {

enum class Markup : std::uint8_t { kNone, kSlack, kMarkdown };
enum class Body : std::uint8_t { kText, kJson, kForm };

// Of one value, in code points; what is longer ends in "…".
inline constexpr std::size_t kLongestValue = 4'000;

// Characters that nobody sees are marks afterwards; see notify/text.hpp.
std::string escaped(std::string_view text, Markup markup, Body body);

// By a Content-Type.
Body body_of(std::string_view content_type);

}  // namespace webhook
