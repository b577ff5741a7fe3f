#include "config/secret_form.h"

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "config/characters.h"
#include "config/unfinished.h"

namespace notifyd::config {
namespace {

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
         text.find('\0') != std::string_view::npos;
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_quoted(std::string_view secret) {
  constexpr std::string_view kQuotes = "\"'`";
  return secret.size() > 1 && secret.front() == secret.back() &&
         kQuotes.find(secret.front()) != std::string_view::npos;
}

// SLACK_TOKEN=..., token = "...", export X=...: a line of another kind of file. Base64 may end in
// "=", and nothing comes after that.
bool has_a_name(const std::string& secret) {
  static const std::regex kVariable(R"(^(export +)?[A-Z][A-Z0-9_]* *= *[^= ])");
  static const std::regex kSetting(
      R"(^(export +)?["'\w.-]*(token|secret|passw|key)["'\w.-]* *(= *[^= ]|: +\S))",
      std::regex::icase);
  return std::regex_search(secret, kVariable) || std::regex_search(secret, kSetting);
}

bool has_a_scheme(const std::string& secret) {
  static const std::regex kScheme(R"(^((proxy-)?authorization *:|(bearer|basic) +\S))",
                                  std::regex::icase);
  return std::regex_search(secret, kScheme);
}

// Of one line of ASCII: what it is instead of a secret, or nothing.
std::string instead_of_a_secret(const std::string& secret) {
  if (is_quoted(secret)) return "has quotes around the secret; write it without them";
  if (has_a_scheme(secret)) {
    return "begins like a header of HTTP; write what comes after \"Bearer\" and nothing else";
  }
  if (has_a_name(secret)) {
    return "begins with a name, as in NAME=value; write what comes after it and nothing else";
  }
  return unfinished(secret);
}

}  // namespace

std::string secret_fault(std::string_view text) {
  if (is_utf16(text)) return "is UTF-16; save it as UTF-8 without a byte order mark";
  if (text.starts_with("\xEF\xBB\xBF")) {
    return "begins with a byte order mark; save it as UTF-8 without one";
  }
  const std::string secret(trim(text));
  if (secret.empty()) return "is empty; write the secret into it";
  if (secret.size() > kMaxSecret) {
    return "is longer than 2000 bytes; this is not a secret of the kind expected";
  }
  if (const auto odd = std::ranges::find_if_not(secret, is_ascii); odd != secret.end()) {
    return "holds " + character_name({odd, secret.end()}) +
           ", which no token has; copy the secret again, from where it was issued";
  }
  // A line break would end up in an HTTP header.
  if (std::ranges::any_of(secret, is_control)) {
    return "holds more than one line; write the secret into it and nothing else";
  }
  return instead_of_a_secret(secret);
}

}  // namespace notifyd::config
