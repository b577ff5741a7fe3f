#include "spelling.h"

#include <algorithm>
#include <array>
#include <vector>

#include "text.h"

namespace slack {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kShortestId = 9;
constexpr std::size_t kLongestName = 80;  // Slack's limit for a channel's name
constexpr std::size_t kLongestEmail = 254;
constexpr std::string_view kAlsoInAtom = "!#$%&'*+/=?^_`{|}~-";

struct Range {
  char32_t first, last;
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool begins_with(std::string_view text, std::string_view part) {
  return text.substr(0, part.size()) == part;
}

std::string_view rune_at(std::string_view text) { return text.substr(0, decode(text).bytes); }

std::string_view last_rune(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return text.substr(at);
}

bool is_edge(std::string_view rune) {
  return notify::is_space(decode(rune).value) || notify::visible(rune) != rune;
}

// An atom of RFC 5322 as Go reads it, dots between atoms included: any letter of any script.
bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_upper(c) || is_lower(c) || is_digit(c) || c == '.' ||
           kAlsoInAtom.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
  });
}

// Letters with case outside ASCII lie in rows of one form (À à) or in pairs (Ā ā).
constexpr std::array kRows{Range{0x00C0, 0x00DE}, Range{0x0391, 0x03A9}, Range{0x0410, 0x042F}};
constexpr std::array kEvenFirst{Range{0x0100, 0x0137}, Range{0x014A, 0x0177}, Range{0x0460, 0x0481},
                                Range{0x048A, 0x04BF}, Range{0x04D0, 0x052F}, Range{0x1E00, 0x1E95},
                                Range{0x1EA0, 0x1EFF}};
constexpr std::array kOddFirst{Range{0x0139, 0x0148}, Range{0x0179, 0x017E}, Range{0x04C1, 0x04CE}};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, char32_t rune) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [rune](const Range& r) { return rune >= r.first && rune <= r.last; });
}

char32_t lower_rune(char32_t rune) {
  if (rune == 0x00D7 || rune == 0x0130 || rune == 0x0131) return rune;  // ×, İ, ı
  if (rune >= 'A' && rune <= 'Z') return rune + 0x20;
  if (in_any(kRows, rune)) return rune + 0x20;
  if (rune >= 0x0400 && rune <= 0x040F) return rune + 0x50;
  if (rune >= 0x0531 && rune <= 0x0556) return rune + 0x30;
  if (in_any(kEvenFirst, rune)) return rune | 1U;
  if (in_any(kOddFirst, rune)) return rune + (rune & 1U);
  return rune;
}

// Punctuation, spaces and symbols outside ASCII. What is left is letters, digits and their marks.
constexpr std::array kNoLetters{
    Range{0x00A0, 0x00A9}, Range{0x00AB, 0x00B4}, Range{0x00B6, 0x00B9}, Range{0x00BB, 0x00BF},
    Range{0x00D7, 0x00D7}, Range{0x00F7, 0x00F7}, Range{0x2010, 0x2027}, Range{0x2030, 0x205E},
    Range{0x20A0, 0x20BF}, Range{0x2190, 0x2BFF}, Range{0x3000, 0x3004}, Range{0x3008, 0x3020},
    Range{0xFF01, 0xFF0F}, Range{0xFF1A, 0xFF20}, Range{0xFFFD, 0xFFFD}, Range{0x1F000, 0x1FAFF}};

bool is_letter_or_digit(char32_t rune) {
  if (rune < 0x80) {
    const char c = static_cast<char>(rune);
    return is_upper(c) || is_lower(c) || is_digit(c);
  }
  return !in_any(kNoLetters, rune) && !notify::is_space(rune);
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  path = path.substr(0, path.find_first_of("?#"));
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) out.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

// Of "a=1&id=C0" the value of "id".
std::string_view parameter(std::string_view url, std::string_view name) {
  const std::size_t question = url.find('?');
  std::string_view rest = question == std::string_view::npos ? "" : url.substr(question + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name && equals != std::string_view::npos) {
      return pair.substr(equals + 1);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

bool is_slack_host(std::string_view host) {
  const auto ends_with = [host](std::string_view end) {
    return host.size() >= end.size() && host.substr(host.size() - end.size()) == end;
  };
  if (host.find('@') != std::string_view::npos) return false;  // in an e-mail address
  return host == "slack.com" || host == "slack-gov.com" || ends_with(".slack.com") ||
         ends_with(".slack-gov.com");
}

std::string named_in_path(std::string_view rest) {
  const auto segments = segments_of(rest);
  const auto at = [&segments](std::size_t i) {
    return i < segments.size() ? std::string(segments[i]) : std::string();
  };
  if (at(0) == "archives" || at(0) == "team" || at(0) == "messages") return at(1);
  if (at(0) == "app_redirect") return std::string(parameter(rest, "channel"));
  if (at(0) != "client") return "";
  return at(2) == "user_profile" ? at(3) : at(2);
}

}  // namespace

std::string_view without_edges(std::string_view text) {
  while (!text.empty() && is_edge(rune_at(text))) text.remove_prefix(rune_at(text).size());
  while (!text.empty() && is_edge(last_rune(text))) text.remove_suffix(last_rune(text).size());
  return text;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > kLongestEmail) return false;
  return is_dot_atom(text.substr(0, at)) && is_dot_atom(text.substr(at + 1));
}

// Slack's ids have nine characters, or more and then a digit behind the first letter. Any other
// word in capitals is rather a name that somebody miswrote.
bool is_written_id(std::string_view text, std::string_view prefixes) {
  if (text.size() < 3 || text.size() > kLongestId) return false;
  if (prefixes.find(text.front()) == std::string_view::npos) return false;
  const bool form =
      std::all_of(text.begin(), text.end(), [](char c) { return is_upper(c) || is_digit(c); });
  return form && (text.size() == kShortestId || is_digit(text[1]));
}

std::string lower_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const Rune rune = decode(name);
    append(out, lower_rune(rune.value));
    name.remove_prefix(rune.bytes);
  }
  return out;
}

std::string fault_of_name(std::string_view name) {
  if (length(name) > kLongestName) return "is longer than 80 characters";
  bool letters = false;
  for (std::string_view rest = name; !rest.empty(); rest.remove_prefix(rune_at(rest).size())) {
    const std::string_view rune = rune_at(rest);
    if (notify::is_space(decode(rune).value)) return "has a space in it";
    const bool letter = is_letter_or_digit(decode(rune).value);
    letters = letters || letter;
    if (!letter && rune != "-" && rune != "_") return "has " + clean(rune) + " in it";
  }
  // A mark of direction inside a name is no letter either.
  if (clean(name) != name) return "has a character in it that nobody sees, " + clean(name);
  return letters ? "" : "has neither a letter nor a digit";
}

std::optional<std::string> named_in_slack_url(std::string_view url) {
  const std::string whole = lower(url);
  for (const std::string_view scheme : {"slack://channel", "slack://user"}) {
    if (begins_with(whole, scheme)) return std::string(parameter(url, "id"));
  }
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (begins_with(whole, scheme)) url.remove_prefix(scheme.size());
  }
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string host = lower(url.substr(0, end));
  host = host.substr(0, host.find(':'));
  if (!is_slack_host(host)) return std::nullopt;
  return named_in_path(url.substr(end));
}

bool may_be_secret(std::string_view text) {
  const std::string whole = lower(text);
  constexpr std::array<std::string_view, 7> kSigns{"xoxb-",       "xoxp-",      "xoxe",   "xapp-",
                                                   "hooks.slack", "/services/", "bearer "};
  return std::any_of(kSigns.begin(), kSigns.end(), [&whole](std::string_view sign) {
    return whole.find(sign) != std::string::npos;
  });
}

}  // namespace slack
