#include "sim/slack/render_text.h"

#include <algorithm>
#include <vector>

#include "sim/slack/emoji.h"
#include "sim/slack/links.h"

namespace notifyd::sim {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string entities_decoded(std::string text) {
  replace_all(text, "&lt;", "<");
  replace_all(text, "&gt;", ">");
  replace_all(text, "&amp;", "&");
  return text;
}

// What stands between < and > in mrkdwn: a link, a mention, a date.
std::string reference_text(std::string_view inside) {
  const std::size_t bar = inside.find('|');
  const std::string_view target = inside.substr(0, bar);
  const std::string_view label = bar == inside.npos ? "" : inside.substr(bar + 1);
  const std::string shown(label.empty() ? target : label);
  if (target.starts_with('@') || target.starts_with('#')) return shown;
  if (target.starts_with("!date")) return std::string(label);
  if (target.starts_with('!')) return "@" + std::string(target.substr(1));
  return label.empty() ? shown : shown + " (" + std::string(target) + ")";
}

// evil.example as "evil.example (http://evil.example)", where Slack makes a link of it.
std::string with_automatic_links(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    const std::string_view word = text.substr(0, end);
    const auto target = automatic_target(word);
    result.append(word);
    if (target && target->starts_with("http://") && word.find("://") == word.npos) {
      result.append(" (").append(*target).append(")");
    }
    result.append(text.substr(end, 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string references_resolved(std::string_view text, bool literal) {
  std::string result;
  const auto plain = [literal](std::string_view part) {
    return literal ? std::string(part) : with_automatic_links(part);
  };
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('<'), text.size());
    const std::size_t close = open < text.size() ? text.find('>', open) : text.npos;
    result.append(plain(text.substr(0, open)));
    if (close == text.npos) return result.append(text.substr(open));
    result.append(reference_text(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
  return result;
}

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80;
}

// *bold*, _italic_ and ~strike~ lose their marks where Slack would take them for marks: around
// something, not inside a word.
std::string marks_removed(const std::string& text) {
  constexpr std::string_view kMarks = "*_~";
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = kMarks.find(text[i]) != kMarks.npos && (i == 0 || !is_word(text[i - 1])) &&
                       i + 1 < text.size() && text[i + 1] != ' ';
    const std::size_t line_end = std::min(text.find('\n', i), text.size());
    const std::size_t end = opens ? text.find(text[i], i + 1) : text.npos;
    const bool closes = end < line_end && end > i + 1 && text[end - 1] != ' ' &&
                        (end + 1 == text.size() || !is_word(text[end + 1]));
    if (!opens || !closes) {
      result.push_back(text[i]);
      continue;
    }
    result.append(marks_removed(text.substr(i + 1, end - i - 1)));
    i = end;
  }
  return result;
}

// Nothing is parsed inside backticks; the fences of a block go, its text stays.
std::string mrkdwn_text(std::string_view text, bool literal) {
  std::string result;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('`'), text.size());
    const std::string_view fence = text.substr(open).starts_with("```") ? "```" : "`";
    const std::size_t inside = open + fence.size();
    const std::size_t close = inside < text.size() ? text.find(fence, inside) : text.npos;
    const std::size_t end = close == text.npos ? text.size() : open;
    result.append(with_emoji(marks_removed(references_resolved(text.substr(0, end), literal))));
    if (close == text.npos) break;
    std::string_view code = text.substr(inside, close - inside);
    if (fence.size() > 1 && code.starts_with('\n')) code.remove_prefix(1);
    result.append(code);
    text.remove_prefix(close + fence.size());
  }
  return entities_decoded(result);
}

std::string text_of(const Json& object) {
  if (!object.is_object()) return "";
  const std::string text = object.value("text", "");
  if (object.value("type", "") != "mrkdwn") return with_emoji(text);
  return mrkdwn_text(text, object.value("verbatim", false));
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string result;
  for (const std::string& part : parts) {
    if (!result.empty() && !part.empty()) result.append(between);
    result.append(part);
  }
  return result;
}

std::string without_last_newlines(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string element_text(const Json& element) {
  const std::string type = element.value("type", "");
  if (type == "button") return "[" + text_of(element.value("text", Json())) + "]";
  if (type == "image") return "(" + element.value("alt_text", "") + ")";
  return text_of(element);
}

// Rich text is a tree whose leaves hold plain text.
std::string rich_text(const Json& node) {
  if (node.is_object() && node.contains("text") && node["text"].is_string()) return node["text"];
  if (!node.is_object() || !node.contains("elements")) return "";
  std::string result;
  for (const Json& child : node["elements"]) result += rich_text(child);
  return result;
}

std::string section_text(const Json& block) {
  std::vector<std::string> parts = {text_of(block.value("text", Json()))};
  for (const Json& field : block.value("fields", Json::array())) parts.push_back(text_of(field));
  if (block.contains("accessory")) parts.push_back(element_text(block["accessory"]));
  return joined(parts, "\n");
}

std::string elements_text(const Json& block, std::string_view between) {
  std::vector<std::string> parts;
  for (const Json& each : block.value("elements", Json::array())) {
    parts.push_back(without_last_newlines(element_text(each)));
  }
  return joined(parts, between);
}

std::string block_text(const Json& block) {
  const std::string type = block.value("type", "");
  if (type == "header") return text_of(block.value("text", Json()));
  if (type == "divider") return "----";
  if (type == "section") return section_text(block);
  if (type == "context") return elements_text(block, "\n");
  if (type == "actions") return elements_text(block, " ");
  if (type == "rich_text") return rich_text(block);
  if (type == "markdown") return block.value("text", "");
  if (type == "image") return "(" + block.value("alt_text", "") + ")";
  return "[" + type + "]";
}

std::string reactions_text(const SlackMessage& message) {
  std::vector<std::string> parts;
  for (const Reaction& reaction : message.reactions) {
    parts.push_back(std::string(emoji(reaction.name)) + " " +
                    std::to_string(reaction.users.size()));
  }
  return joined(parts, "  ");
}

std::string body_text(const SlackMessage& message) {
  if (!message.blocks.is_array()) return mrkdwn_text(message.text, message.literal);
  std::vector<std::string> parts;
  for (const Json& block : message.blocks) {
    parts.push_back(without_last_newlines(block_text(block)));
  }
  return joined(parts, "\n");
}

std::string indented(const std::string& text, std::string_view by) {
  std::string result(by);
  for (const char c : text) {
    result.push_back(c);
    if (c == '\n') result.append(by);
  }
  return result;
}

std::string author(const Workspace& workspace, const SlackMessage& message) {
  const auto user = workspace.user(message.user);
  return user ? user->real_name : message.user;
}

}  // namespace

std::string render_text(const SlackMessage& message) {
  std::string body = without_last_newlines(body_text(message));
  if (message.edited) body += " (edited)";
  return joined({body, reactions_text(message)}, "\n");
}

std::string render_text(const Workspace& workspace, std::string_view channel) {
  std::string result;
  for (const SlackMessage& message : workspace.messages(channel)) {
    result += author(workspace, message) + ":\n" + indented(render_text(message), "  ") + "\n";
    for (const SlackMessage& reply : workspace.thread(channel, message.ts)) {
      result +=
          "    " + author(workspace, reply) + ":\n" + indented(render_text(reply), "      ") + "\n";
    }
  }
  return result;
}

}  // namespace notifyd::sim
