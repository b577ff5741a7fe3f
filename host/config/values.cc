#include "config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "config/duration.h"

namespace notifyd::config {
namespace {

using Entry = Settings::Entry;
using Kind = Value::Kind;

constexpr std::size_t kMaxShown = 64;
// How tokens of chat services begin: somebody may have written one where a key belongs.
constexpr std::array<std::string_view, 2> kTokenPrefixes{"xox", "xapp-"};

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "a text";
    case Kind::kInteger:
      return "a number";
    case Kind::kFloat:
      return "a fraction";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kDate:
      return "a date";
    case Kind::kList:
      return "a list";
    case Kind::kTable:
      return "a section";
    case Kind::kNone:
      break;
  }
  return "nothing";
}

struct Wanted {
  std::string_view name, example;
};
Wanted wanted(Type type) {
  switch (type) {
    case Type::kText:
      return {"a text", "\"...\""};
    case Type::kInt:
      return {"a whole number", "10"};
    case Type::kBool:
      return {"true or false", "true"};
    case Type::kDuration:
      return {"a duration", "\"1m30s\""};
    case Type::kList:
      return {"a text or a list of texts", "[\"...\", \"...\"]"};
    case Type::kTable:
      return {"a section", ""};
  }
  return {};
}

Error wrong_type(const Option& option, const Tree& node, const std::string& file) {
  std::string message = option.name + " must be ";
  message.append(wanted(option.type).name).append(", not ").append(name_of(node.data().kind));
  return at(value_position(node, file), message + "; write " + how_to_write(option));
}

Result<std::string> text_value(const Option& option, const Tree& node, const std::string& file) {
  if (node.data().kind != Kind::kText) return wrong_type(option, node, file);
  if (option.required && trim(node.data().text).empty()) {
    return at(value_position(node, file), option.name + " is empty; write " + how_to_write(option));
  }
  return node.data().text;
}

Result<std::string> duration_value(const Option& option, const Tree& node,
                                   const std::string& file) {
  if (node.data().kind != Kind::kText) return wrong_type(option, node, file);
  if (const auto ms = parse_duration(node.data().text)) return std::to_string(ms->count());
  return at(value_position(node, file),
            option.name + " is no duration; write one such as \"1m30s\", \"500ms\" or \"2h\"");
}

Result<std::string> scalar_value(const Option& option, const Tree& node, const std::string& file) {
  if (option.type == Type::kText) return text_value(option, node, file);
  if (option.type == Type::kDuration) return duration_value(option, node, file);
  const Kind kind = option.type == Type::kBool ? Kind::kBoolean : Kind::kInteger;
  if (node.data().kind != kind) return wrong_type(option, node, file);
  return node.data().text;
}

// One text, or a list of texts. `name` and `key` are what the file calls it.
Result<std::vector<std::string>> texts(const std::string& name, const std::string& key,
                                       const Tree& node, const std::string& file) {
  const auto refuse = [&](const Tree& where, const std::string& what) {
    return at(value_position(where, file),
              name + what + "; write " + key + " = \"...\" or " + key + " = [\"...\", \"...\"]");
  };
  const auto item = [&](const Tree& one) -> Result<std::string> {
    const Value& value = one.data();
    if (value.kind != Kind::kText) {
      return refuse(one, std::string(&one == &node ? " must be a text or a list of texts, not "
                                                   : " must hold texts only, not ")
                             .append(name_of(value.kind)));
    }
    if (trim(value.text).empty()) return refuse(one, " holds an empty text");
    return value.text;
  };
  std::vector<std::string> values;
  if (node.data().kind != Kind::kList) {
    auto value = item(node);
    if (!value) return std::move(value).error();
    values.push_back(*std::move(value));
    return values;
  }
  for (const auto& child : node) {
    auto value = item(child.second);
    if (!value) return std::move(value).error();
    values.push_back(*std::move(value));
  }
  return values;
}

Result<Entry> table_entry(const Option& option, const Tree& node, const std::string& file,
                          Entry entry) {
  if (node.data().kind != Kind::kTable) return wrong_type(option, node, file);
  for (const auto& [key, child] : node) {
    const std::string quoted = "\"" + shown(key) + "\"";
    auto values = texts(option.name + "." + quoted, quoted, child, file);
    if (!values) return std::move(values).error();
    entry.table.emplace(key, *std::move(values));
  }
  return entry;
}

Result<Entry> list_entry(const Option& option, const Tree& node, const std::string& file,
                         Entry entry) {
  auto values = texts(option.name, leaf_of(option.name), node, file);
  if (!values) return std::move(values).error();
  entry.values = *std::move(values);
  return entry;
}

// A fallback is "as written in a config file", a text without its quotes: "1m", "true", "[]".
Result<Tree> fallback_node(const Option& option) {
  Tree node;
  const bool list = option.type == Type::kList && option.fallback->starts_with('[');
  const bool literal = option.type == Type::kInt || option.type == Type::kBool || list;
  if (!literal) {
    node.data().kind = Kind::kText;
    node.data().text = *option.fallback;
    return node;
  }
  const auto read = read_toml("fallback = " + *option.fallback, "the option table");
  if (!read) return read;
  return read->front().second;
}

}  // namespace

Result<Entry> convert(const Option& option, const Tree& node, const std::string& file) {
  Entry entry;
  entry.at = value_position(node, file);
  entry.set = true;
  entry.secret = option.secret;
  if (option.type == Type::kTable) return table_entry(option, node, file, std::move(entry));
  if (option.type == Type::kList) return list_entry(option, node, file, std::move(entry));
  auto value = scalar_value(option, node, file);
  if (!value) return std::move(value).error();
  entry.values.push_back(*std::move(value));
  return entry;
}

Result<Entry> fallback_entry(const Option& option) {
  Entry nothing;
  nothing.secret = option.secret;
  const bool empty = option.fallback->empty() || *option.fallback == "{}";
  if (empty && (option.type == Type::kList || option.type == Type::kTable)) return nothing;
  auto node = fallback_node(option);
  if (!node) return std::move(node).error();
  auto entry = convert(option, *node, "the option table");
  if (entry) entry->set = false;
  return entry;
}

std::string how_to_write(const Option& option) {
  const std::string section = section_of(option.name);
  const std::string leaf = leaf_of(option.name);
  if (option.type == Type::kTable) {
    return "[" + option.name + "] and under it " + (option.required ? "\"*\"" : "key") +
           " = \"...\"";
  }
  const std::string line = leaf + " = " + std::string(wanted(option.type).example);
  return section.empty() ? line : line + " under [" + section + "]";
}

std::string section_of(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string leaf_of(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

std::string shown(std::string_view key) {
  for (const std::string_view prefix : kTokenPrefixes) {
    if (lower_ascii(std::string(key.substr(0, prefix.size()))) != prefix) continue;
    return std::string(prefix) + "...";
  }
  std::string text(cut_utf8(key, kMaxShown));
  std::ranges::replace_if(text, is_control, '?');
  return text.size() < key.size() ? text + "..." : text;
}

Position value_position(const Tree& node, const std::string& file) {
  return {file, node.data().line, node.data().column};
}

Position key_position(const Tree& node, const std::string& file) {
  return {file, node.data().key_line, node.data().key_column};
}

Position section_position(const Tree& tree, const std::string& section, const std::string& file) {
  const auto it = tree.find(section);
  return it == tree.not_found() ? Position{file} : value_position(it->second, file);
}

Error at(const Position& position, const std::string& message) {
  return invalid(position.str() + ": " + message);
}

}  // namespace notifyd::config
