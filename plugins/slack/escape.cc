#include "escape.h"

#include "text.h"

namespace slack {
namespace {

constexpr char32_t kNoBreak = 0xFEFF;  // invisible; keeps a backtick from meeting the next one

std::size_t cost(std::string_view text) {
  std::size_t n = 0;
  while (!text.empty()) {
    const Rune rune = decode(text);
    n += rune.value == U'`' ? 2 : 1;
    text.remove_prefix(rune.bytes);
  }
  return n;
}

// As many code points of `text` as `limit` pays for.
std::string_view affordable(std::string_view text, std::size_t limit) {
  std::size_t runes = 0;
  std::size_t spent = 0;
  for (std::string_view rest = text; !rest.empty() && spent < limit; ++runes) {
    const Rune rune = decode(rest);
    spent += rune.value == U'`' ? 2 : 1;
    rest.remove_prefix(rune.bytes);
  }
  return cut(text, runes);
}

std::string in_code(std::string_view text, std::size_t limit, std::string_view open,
                    std::string_view close) {
  if (text.empty()) return "(empty)";
  const std::string_view kept = affordable(text, limit);
  std::string out(open);
  for (const char c : escape(kept)) {
    out.push_back(c);
    if (c == '`') append(out, kNoBreak);
  }
  out += close;
  if (kept.size() < text.size()) out += " (truncated)";
  return out;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

// A line break would end inline code.
std::string inline_code(std::string_view text, std::size_t limit) {
  return in_code(one_line(clean(text)), limit, "`", "`");
}

std::string block_code(std::string_view text, std::size_t limit) {
  const std::string cleaned = clean(text);
  return in_code(trim(cleaned), limit, "```\n", "```");
}

std::string name_text(std::string_view text, std::size_t limit) {
  return is_harmless(text) && text.size() <= limit ? std::string(text) : inline_code(text, limit);
}

std::string list_code(const std::vector<std::string>& items, std::string_view separator,
                      std::size_t limit) {
  std::string joined;
  std::size_t n = 0;
  std::size_t spent = 0;
  for (; n < items.size(); ++n) {
    const std::string item = one_line(clean(items[n]));
    const std::size_t more = cost(item) + (n == 0 ? 0 : separator.size());
    if (n > 0 && spent + more > limit) break;
    if (n > 0) joined += separator;
    joined += item;
    spent += more;
  }
  std::string out = inline_code(joined, limit);
  if (n < items.size()) out += " +" + std::to_string(items.size() - n) + " more";
  return out;
}

}  // namespace slack
