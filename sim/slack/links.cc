#include "sim/slack/links.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace notifyd::sim {
namespace {

constexpr std::string_view kAround = ".,;:!?()[]{}\"'*_~";

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool in_domain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
}

std::string_view without_punctuation(std::string_view word) {
  const std::size_t first = std::min(word.find_first_not_of(kAround), word.size());
  word.remove_prefix(first);
  return word.substr(0, word.find_last_not_of(kAround) + 1);
}

// "example.com", perhaps with a port and a path behind it. Slack knows the top-level domains; here
// any letters are one.
bool is_domain(std::string_view word) {
  const std::string_view host = word.substr(0, word.find_first_of("/:?#"));
  const std::size_t dot = host.rfind('.');
  if (dot == host.npos || dot == 0 || host.size() - dot < 3) return false;
  return host.find("..") == host.npos && std::all_of(host.begin(), host.end(), in_domain) &&
         std::all_of(host.begin() + static_cast<std::ptrdiff_t>(dot) + 1, host.end(), is_letter);
}

bool is_name(std::string_view word) {
  return word.size() > 1 && std::all_of(word.begin() + 1, word.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
         });
}

// Text outside code: what is written as a link, and the words between.
void collect_plain(std::string_view text, bool automatic, std::set<std::string>& found) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t\n<>|"), text.size());
    const auto target = automatic ? automatic_target(text.substr(0, end)) : std::nullopt;
    if (target) found.insert(*target);
    text.remove_prefix(std::min(end, text.size()));
    if (text.empty()) return;
    const std::size_t close = text.front() == '<' ? text.find('>') : text.npos;
    const std::string_view inside = close == text.npos ? "" : text.substr(1, close - 1);
    const bool time = inside.starts_with("!date^");
    if (!inside.empty() && !time) found.emplace(inside.substr(0, inside.find('|')));
    text.remove_prefix(close == text.npos ? 1 : close + 1);
  }
}

void collect(std::string_view text, bool automatic, std::set<std::string>& found) {
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('`'), text.size());
    const std::string_view fence = text.substr(open).starts_with("```") ? "```" : "`";
    const std::size_t inside = open + fence.size();
    const std::size_t close = inside < text.size() ? text.find(fence, inside) : text.npos;
    const std::size_t end = close == text.npos ? text.size() : open;
    collect_plain(text.substr(0, end), automatic, found);
    if (close == text.npos) return;
    text.remove_prefix(close + fence.size());
  }
}

void collect_objects(const Json& node, std::set<std::string>& found) {
  if (!node.is_structured()) return;
  if (node.is_object() && node.value("type", Json()) == "mrkdwn") {
    return collect(node.value("text", ""), !node.value("verbatim", false), found);
  }
  for (const Json& child : node) collect_objects(child, found);
}

}  // namespace

std::optional<std::string> automatic_target(std::string_view word) {
  const bool named = !word.empty() && (word.front() == '#' || word.front() == '@');
  word = without_punctuation(word);
  if (named) return is_name(word) ? std::optional<std::string>(word) : std::nullopt;
  for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
    if (word.starts_with(scheme) && word.size() > scheme.size()) return std::string(word);
  }
  const std::size_t at = word.find('@');
  if (at != word.npos && at > 0) {
    if (!is_domain(word.substr(at + 1))) return std::nullopt;
    return "mailto:" + std::string(word);
  }
  return is_domain(word) ? std::optional("http://" + std::string(word)) : std::nullopt;
}

std::set<std::string> links(const SlackMessage& message) {
  std::set<std::string> found;
  collect(message.text, !message.literal, found);
  collect_objects(message.blocks, found);
  return found;
}

}  // namespace notifyd::sim
