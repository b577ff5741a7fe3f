// User text as Slack markup that stays text: it cannot ping anyone, forge a link, or end the code
// that it is shown in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace slack {

// Of one value, counted before escaping, as teleport-slack counts it: a backtick costs two.
constexpr std::size_t kValueLimit = 400;

std::string escape(std::string_view text);  // & < >, the only characters that Slack wants escaped

// In code that the text can't end: in a block each backtick is followed by U+FEFF, inline it is a
// letter that looks like one. Empty: "(empty)". What is cut says " (truncated)" behind the code.
std::string inline_code(std::string_view text, std::size_t limit = kValueLimit);
std::string block_code(std::string_view text, std::size_t limit = kValueLimit);

// As it is when nothing in it can be markup (most ids and user names), else inline code.
std::string name_text(std::string_view text, std::size_t limit = kValueLimit);

// For the plain text of a message, which phones show without its markup: in quotes and in inline
// code, so that it can be neither markup nor a word of ours on either. Double quotes inside it are
// single ones.
std::string quoted(std::string_view text, std::size_t limit = kValueLimit);

// As it is when nothing in it can be markup, else quoted.
std::string quoted_name(std::string_view text, std::size_t limit = kValueLimit);

// "`a,b,c`", or "`a,b` +1 more" when not all fit.
std::string list_code(const std::vector<std::string_view>& items, std::string_view separator,
                      std::size_t limit = kValueLimit);

}  // namespace slack
