#include "escape.h"

#include <cctype>

#include "json.h"
#include "notify/clip.hpp"
#include "notify/text.hpp"

namespace webhook {
namespace {

constexpr std::string_view kMarkdown = "\\`*_{}[]()<>#+-.!|~";
constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// & < > are all that Slack wants escaped; without < there is no link and no mention.
std::string for_slack(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

// A mention can't be escaped, but it has to begin a word: what looks as if it did gets a space
// without width behind its @. Addresses stay as they are.
std::string for_markdown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kMarkdown.find(text[i]) != std::string_view::npos) out += '\\';
    out += text[i];
    if (text[i] == '@' && (i == 0 || !is_alnum(text[i - 1]))) out += "\u200B";
  }
  return out;
}

std::string for_json(std::string_view text) {
  const std::string quoted = json_text(Json(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::string for_form(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || c == '-' || c == '.' || c == '_') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

}  // namespace

std::string escaped(std::string_view text, Markup markup, Body body) {
  std::string out =
      notify::visible(notify::clip(text, kLongestValue, notify::Unit::kCodePoints), "\n\t");
  if (markup == Markup::kSlack) out = for_slack(out);
  if (markup == Markup::kMarkdown) out = for_markdown(out);
  if (body == Body::kJson) return for_json(out);
  return body == Body::kForm ? for_form(out) : out;
}

Body body_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  if (type == "application/x-www-form-urlencoded") return Body::kForm;
  const bool json = type == "application/json" || type == "text/json" || type.ends_with("+json");
  return json ? Body::kJson : Body::kText;
}

}  // namespace webhook
