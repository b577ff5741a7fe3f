#include "json_text.h"

#include "text.h"

namespace slack {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// Of one character of ASCII; "" where it stands for itself.
std::string_view short_escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return "";
  }
}

void append_escaped(std::string& out, char c) {
  const std::string_view known = short_escape(c);
  if (!known.empty()) {
    out += known;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[byte >> 4U];
  out += kHex[byte & 0xFU];
}

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 0x80 && c != '"' &&
         c != '\\';
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Rune rune = decode(text);
    if (rune.value < 0x80) {
      append_escaped(out, text.front());
    } else {
      append(out, rune.value);
    }
    text.remove_prefix(rune.bytes);
  }
  out += '"';
}

}  // namespace slack
