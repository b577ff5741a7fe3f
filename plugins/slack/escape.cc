#include "escape.h"

#include "text.h"

namespace slack {
namespace {

// A backtick in block code is followed by this, as teleport-slack does it: it is invisible, and
// keeps three from meeting.
constexpr std::string_view kNoBreak = "`\uFEFF";
// A single backtick ends inline code, whatever follows. This one is a letter and ends nothing.
constexpr std::string_view kLetterBacktick = "\u02CB";
// What readers may take for the end of a quotation in double quotes, whichever they are.
constexpr std::u32string_view kQuotes =
    U"\u00AB\u00BB\u02BA\u02DD\u02EE\u02F6\u05F4\u201C\u201D\u201E\u201F\u2033\u2036\u2057\u275D"
    U"\u275E\u2760\u276E\u276F\u2E42\u3003\u301D\u301E\u301F\uFF02\U0001F676\U0001F677\U0001F678";

bool is_quote(char32_t rune) {
  return rune < 0x80 ? rune == U'"' : kQuotes.find(rune) != kQuotes.npos;
}

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

struct CodeForm {
  std::string_view open, close, backtick;
};
constexpr CodeForm kInline{"`", "`", kLetterBacktick};
constexpr CodeForm kQuoted{"`\u201C", "\u201D`", kLetterBacktick};
constexpr CodeForm kBlock{"```\n", "```", kNoBreak};

// What a limit may show of a text, without space around it. Somebody else's may be any size, and is
// drawn for one limit after the other: what is behind is not looked at, only said to be there.
struct Head {
  std::string_view text;
  bool whole;
};

Head head(std::string_view text, std::size_t limit) {
  text = trim(text);
  const std::size_t most =
      8 * limit + 64;  // a character is four bytes at most, and some show as one
  if (text.size() <= most) return {text, true};
  std::size_t end = most;
  while (end > most - 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return {text.substr(0, end), false};
}

std::string in_code(std::string_view text, bool whole, std::size_t limit, const CodeForm& form) {
  if (text.empty()) return "(empty)";
  const std::string_view kept = affordable(text, limit);
  std::string out(form.open);
  for (const char c : escape(kept)) {
    if (c == '`') {
      out += form.backtick;
    } else {
      out.push_back(c);
    }
  }
  out += form.close;
  if (!whole || kept.size() < text.size()) out += " (truncated)";
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
  const Head shown = head(text, limit);
  return in_code(one_line(clean(shown.text)), shown.whole, limit, kInline);
}

std::string block_code(std::string_view text, std::size_t limit) {
  const Head shown = head(text, limit);
  const std::string cleaned = clean(shown.text);
  return in_code(trim(cleaned), shown.whole, limit, kBlock);
}

std::string name_text(std::string_view text, std::size_t limit) {
  return text.size() <= limit && is_harmless(text) ? std::string(text) : inline_code(text, limit);
}

std::string quoted(std::string_view text, std::size_t limit) {
  const Head shown = head(text, limit);
  const std::string line = one_line(clean(shown.text));
  std::string inside;
  inside.reserve(line.size());
  for (std::string_view rest = line; !rest.empty();) {
    const Rune rune = decode(rest);
    rest.remove_prefix(rune.bytes);
    append(inside, is_quote(rune.value) ? U'\'' : rune.value);
  }
  return in_code(inside, shown.whole, limit, kQuoted);
}

std::string quoted_name(std::string_view text, std::size_t limit) {
  return text.size() <= limit && is_harmless_path(text) ? std::string(text) : quoted(text, limit);
}

std::string list_code(const std::vector<std::string_view>& items, std::string_view separator,
                      std::size_t limit) {
  std::string joined;
  bool whole = true;
  std::size_t n = 0;
  std::size_t spent = 0;
  for (; n < items.size(); ++n) {
    const Head shown = head(items[n], limit);
    const std::string item = one_line(clean(shown.text));
    const std::size_t more = cost(item) + (n == 0 ? 0 : separator.size());
    if (n > 0 && (!whole || !shown.whole || spent + more > limit)) break;
    if (n > 0) joined += separator;
    joined += item;
    whole = shown.whole;
    spent += more;
  }
  std::string out = in_code(one_line(joined), whole, limit, kInline);
  if (n < items.size()) out += " +" + std::to_string(items.size() - n) + " more";
  return out;
}

}  // namespace slack
