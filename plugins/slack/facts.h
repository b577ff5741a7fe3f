// What a request says, line by line: "*Label*: value\n" in Slack's markup. Labels, texts and order
// of teleport-slack's lines are its own; those that it does not have come after them.
//
// `limit`: of one value, in characters. "" where nothing is known.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "notify/abi.h"
#include "state.h"

namespace slack {

// A request with its lists in order and its link, so that each message has that done once.
struct Facts {
  explicit Facts(const notify_request& of, State now);

  const notify_request& request;
  const State state;
  const std::string link;  // "<https://...>", as nothing else becomes one; "": not fit to stand so
  std::vector<const notify_role*> roles;
  std::vector<std::string_view> role_names, resources;
};

bool blank(notify_str text);
std::string line(std::string_view label, std::string_view value);

std::string title(const Facts& facts);
std::string role_lines(const Facts& facts, std::size_t limit);
std::string resource_line(const Facts& facts, std::size_t limit);

std::string link_lines(const Facts& facts, std::size_t limit);

// When the access begins and ends, and how long that is; of a promotion, to which Access List.
std::string access_lines(const Facts& facts, std::size_t limit);
// While it waits: until when it can be decided, and how many reviews are missing.
std::string waiting_lines(const Facts& facts, std::size_t limit);
// The same in a few words, for the plain text.
std::string access_words(const Facts& facts, std::size_t limit);

// "2 reviews: ✅ alice@example.com, ❌ bob@example.com"
std::string review_line(const notify_request& request, std::size_t limit);

}  // namespace slack
