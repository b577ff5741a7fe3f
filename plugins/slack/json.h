// What comes from the far side, as a tree: never deeper and never of more values than anything that
// Slack says. A value costs a hundred times its two bytes, so size alone is no bound.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace slack {

using Json = nlohmann::json;

constexpr std::size_t kDeepestAnswer = 64;
constexpr std::size_t kMostValues = 100'000;  // a page of 500 channels has about 30,000

// Discarded, as Json::is_discarded() says, when it is no JSON or beyond the bounds; nothing of it
// is built then. Never throws.
Json parse_answer(std::string_view text);

// "" when there is no such text: what comes from the far side is never taken to have a shape.
std::string text_at(const Json& object, std::string_view key);
const Json& child_at(const Json& object, std::string_view key);  // null when there is none

}  // namespace slack
