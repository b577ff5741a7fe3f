#include "json_text.h"

#include <nlohmann/json.hpp>

#include "text.h"

namespace slack {
namespace {

void append_escaped(std::string& out, char c) {
  const std::string quoted = nlohmann::json(std::string(1, c)).dump();
  out.append(quoted, 1, quoted.size() - 2);
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
