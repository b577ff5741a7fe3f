// What comes from the far side, as a tree: never deeper and never of more values than anything that
// Slack says. A value costs a hundred times its two bytes, so size alone is no bound.
#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace slack {

using Json = nlohmann::json;

constexpr std::size_t kDeepestAnswer = 64;
constexpr std::size_t kMostValues = 100'000;  // a page of 500 channels has about 30,000

// What an answer repeats of the message that was posted or edited. It is most of the answer and
// nobody reads it: parse_answer() gives null for these members of it, where they are an object or a
// text, and looks into them only to find where they end.
constexpr std::array<std::string_view, 2> kEchoes{"message", "text"};

// Discarded, as Json::is_discarded() says, when it is no JSON or beyond the bounds; what was built
// until then is within them. Never throws.
Json parse_answer(std::string_view text);

// "" when there is no such text: what comes from the far side is never taken to have a shape.
std::string text_at(const Json& object, std::string_view key);
const Json& child_at(const Json& object, std::string_view key);  // null when there is none

}  // namespace slack
