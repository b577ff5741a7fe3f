#include "base/log.h"

#include "base/text.h"
#include "notify/text.hpp"

namespace notifyd {
namespace {

// A space is one in every script, so that no value looks like two fields.
bool plain(std::string_view value) {
  if (value.empty()) return false;
  while (!value.empty()) {
    const notify::Rune rune = notify::decode(value);
    value.remove_prefix(rune.bytes);
    const char32_t c = rune.value;
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
    if (notify::is_space(c)) return false;
  }
  return true;
}

void append_ascii_escaped(std::string& line, std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : value) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (u < 0x20 || u == 0x7f) {
      line += "\\x";
      line += kHex[u >> 4U];
      line += kHex[u & 15U];
    } else {
      line += c;
    }
  }
}

}  // namespace

void append_field(std::string& line, std::string_view key, std::string_view value) {
  line += ' ';
  line += key;
  line += '=';
  if (plain(value)) {
    line += visible(value);
    return;
  }
  std::string escaped;
  append_ascii_escaped(escaped, value);
  line += '"';
  line += visible(escaped);
  line += '"';
}

Log Log::with(Fields fields) const {
  Log log(*this);
  for (const Field& f : fields) append_field(log.suffix_, f.key, f.value);
  return log;
}

void Log::say(Severity severity, std::string_view what, Fields fields) const {
  if (!enabled(severity)) return;
  std::string line(what);
  for (const Field& f : fields) append_field(line, f.key, f.value);
  say(severity, std::move(line));
}

void Log::say(Severity severity, std::string line) const {
  if (!enabled(severity)) return;
  sink_->write(severity, line.append(suffix_));
}

}  // namespace notifyd
