#include "base/log.h"

namespace notifyd {
namespace {

bool plain(std::string_view value) {
  if (value.empty()) return false;
  for (const char c : value) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= ' ' || c == '"' || c == '\\' || c == '=' || u == 0x7f) return false;
  }
  return true;
}

void append_escaped(std::string& line, std::string_view value) {
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
    line += value;
    return;
  }
  line += '"';
  append_escaped(line, value);
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
