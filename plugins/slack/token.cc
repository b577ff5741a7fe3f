#include "token.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace slack {
namespace {

constexpr const char* kRight =
    "; it must be the bot token (xoxb-...), from OAuth & Permissions in the app's settings";

struct Kind {
  std::string_view prefix;
  std::string_view what;
};

// The first that fits counts.
constexpr std::array kOthers{
    Kind{"xapp-", "is an app-level token (xapp-...)"},
    Kind{"xoxe.xoxp-", "is a user token (xoxe.xoxp-...), which would post in that person's name"},
    Kind{"xoxp-", "is a user token (xoxp-...), which would post in that person's name"},
    Kind{"xoxe-", "is a refresh token (xoxe-...), which only gets new tokens"},
    Kind{"xoxa-", "is a token of a workspace app (xoxa-...), which Slack has given up"},
    Kind{"xoxr-", "is a refresh token (xoxr-...), which only gets new tokens"},
    Kind{"xoxs-", "is the token of a browser's session (xoxs-...)"},
    Kind{"xoxc-", "is the token of a browser's session (xoxc-...)"},
    Kind{"xoxd-", "is the cookie of a browser's session (xoxd-...)"},
    Kind{"xwfp-", "is the token of a workflow (xwfp-...)"},
    Kind{"https://hooks.slack", "is the address of an incoming webhook, which can only post"},
    Kind{"https://", "is an address"},
    Kind{"http://", "is an address"},
    // base64 of "xox" and "xapp-".
    Kind{"eG94", "is in base64; write it decoded, as `base64 -d` does"},
    Kind{"eGFwcC", "is in base64, of an app-level token"},
};

bool all_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// As samples have it: xoxb-11xx is upstream's, xoxb-0000 our own.
bool is_placeholder(std::string_view token) {
  if (!token.starts_with("xoxb-")) return false;
  const std::string rest = lower(token.substr(5));
  return rest == "11xx" || all_of(rest, "x0.*-") || rest.find("your") != std::string::npos;
}

bool is_hex_secret(std::string_view token) {
  return token.size() == 32 && all_of(token, "0123456789abcdef");
}

// "1234567890.1234567890"
bool is_client_id(std::string_view token) {
  const auto dot = token.find('.');
  return dot != std::string_view::npos && dot >= 9 && token.size() - dot > 9 &&
         all_of(token.substr(0, dot), "0123456789") && all_of(token.substr(dot + 1), "0123456789");
}

std::string what_it_is(std::string_view token) {
  const auto* const kind = std::ranges::find_if(
      kOthers, [&](const Kind& other) { return token.starts_with(other.prefix); });
  if (kind != kOthers.end()) return std::string(kind->what);
  if (is_placeholder(token)) return "is the placeholder of a sample file (xoxb-...)";
  if (is_hex_secret(token)) return "looks like the app's client secret or signing secret";
  if (is_client_id(token)) return "is the app's client ID";
  if (token.find_first_of(" \t,;") != std::string_view::npos) return "holds more than one word";
  if (!token.starts_with("xox") && lower(token).starts_with("xox")) {
    return "begins with capital letters, and case counts in a token";
  }
  return "";
}

}  // namespace

std::string token_fault(std::string_view token) {
  const std::string what = what_it_is(token);
  return what.empty() ? "" : what + kRight;
}

bool is_rotating(std::string_view token) { return token.starts_with("xoxe.xoxb-"); }

}  // namespace slack
