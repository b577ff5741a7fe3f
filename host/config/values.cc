#include "config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "config/duration.h"
#include "config/secret.h"
#include "config/unfinished.h"

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

std::string wrong_type(const Option& option, const Tree& node) {
  std::string message = option.name + " must be ";
  message.append(wanted(option.type).name).append(", not ").append(name_of(node.data().kind));
  return message + "; write " + how_to_write(option);
}

// What is wrong with a text, whatever option it is for; "" when nothing is.
std::string text_fault(const Option& option, const std::string& text) {
  if (option.required && trim(text).empty()) {
    return option.name + " is empty; write " + how_to_write(option);
  }
  const bool judged_as_secret = option.secret && !names_a_file(text);
  const std::string left = judged_as_secret || option.verbatim ? "" : unfinished(text);
  return left.empty() ? "" : option.name + " " + left;
}

// One value as it is kept, or what is wrong with it.
Result<std::string> scalar_value(const Option& option, const Tree& node) {
  const Value& value = node.data();
  const bool text = option.type == Type::kText || option.type == Type::kDuration;
  const Kind number = option.type == Type::kBool ? Kind::kBoolean : Kind::kInteger;
  if (value.kind != (text ? Kind::kText : number)) return invalid(wrong_type(option, node));
  if (option.type == Type::kText) {
    const std::string fault = text_fault(option, value.text);
    return fault.empty() ? Result<std::string>(value.text) : invalid(fault);
  }
  if (option.type != Type::kDuration) return value.text;
  if (const auto ms = parse_duration(value.text)) return std::to_string(ms->count());
  return invalid(option.name + " is no duration; write one such as \"1m30s\", \"500ms\" or \"2h\"");
}

// What is wrong with one item of a list, or with a text that stands alone; to follow a name.
std::string item_fault(const Value& value, bool alone) {
  if (value.kind != Kind::kText) {
    const std::string wanted =
        alone ? " must be a text or a list of texts, not " : " must hold texts only, not ";
    return wanted + std::string(name_of(value.kind));
  }
  if (trim(value.text).empty()) return " holds an empty text";
  const std::string left = unfinished(value.text);
  return left.empty() ? "" : " " + left;
}

bool is_blank(const Tree& node) {
  return node.data().kind == Kind::kText && trim(node.data().text).empty();
}

// Of prod.admin = "x", which makes a table of its own: where the dotted key ends, and what it is.
struct Dotted {
  const Tree* end;
  std::string key;
};
std::vector<Dotted> dotted_below(const std::string& key, const Tree& node) {
  std::vector<Dotted> found;
  for (const auto& [part, child] : node) {
    const std::string whole = key + "." + part;
    if (child.data().kind != Kind::kTable) {
      found.push_back({&child, whole});
      continue;
    }
    for (const Dotted& deeper : dotted_below(whole, child)) found.push_back(deeper);
  }
  return found;
}

class Converter {
 public:
  Converter(const Option& option, Settings& settings, Faults& faults)
      : option_(option), settings_(settings), faults_(faults) {}

  void run(const Tree& node) {
    Entry& entry = settings_.entries[option_.name] = {};
    entry.at = value_position(node, settings_.file);
    entry.set = true;
    entry.secret = option_.secret;
    if (option_.type == Type::kTable) {
      table(node, entry);
    } else if (option_.blank && is_blank(node)) {
      entry.values.clear();
    } else if (option_.type == Type::kList) {
      entry.values = texts({option_.name, option_.name, leaf_of(option_.name)}, node);
    } else if (auto value = scalar_value(option_, node); value) {
      entry.values.push_back(*std::move(value));
    } else {
      fault(option_.name, node, value.error().message);
    }
  }

 private:
  // How something is called in settings.wrong, in a message, and in the file.
  struct Names {
    std::string id, words, key;
  };

  void fault(const std::string& id, const Tree& node, const std::string& what) {
    faults_.add(value_position(node, settings_.file), what);
    settings_.wrong.insert(id);
  }

  void table(const Tree& node, Entry& entry) {
    if (node.data().kind != Kind::kTable) {
      return fault(option_.name, node, wrong_type(option_, node));
    }
    for (const auto& [key, child] : node) {
      const std::string quoted = "\"" + shown(key) + "\"";
      const Names names{entry_name(option_.name, key), option_.name + "." + quoted, quoted};
      entry.table_at.emplace(key, value_position(child, settings_.file));
      auto& values = entry.table[key];
      if (child.data().kind != Kind::kTable) {
        values = texts(names, child);
      } else if (child.data().in_key) {
        dotted(key, child, names);
      } else {
        fault(names.id, child, names.words + item_fault(child.data(), true) + how(names.key));
      }
    }
  }

  void dotted(const std::string& key, const Tree& child, const Names& names) {
    settings_.wrong.insert(names.id);
    for (const Dotted& one : dotted_below(key, child)) {
      const std::string quoted = "\"" + shown(one.key) + "\"";
      faults_.add(key_position(*one.end, settings_.file),
                  option_.name + ": a dot divides a key that is not in quotes; write " + quoted +
                      " = \"...\", with the quotes");
    }
  }

  static std::string how(const std::string& key) {
    return "; write " + key + " = \"...\" or " + key + " = [\"...\", \"...\"]";
  }

  // One text, or a list of texts; those of them that are right.
  std::vector<std::string> texts(const Names& names, const Tree& node) {
    std::vector<std::string> values;
    const auto take = [&](const Tree& one) {
      const std::string what = item_fault(one.data(), &one == &node);
      if (what.empty()) return values.push_back(one.data().text);
      const bool says_how = what.find(';') != std::string::npos;
      fault(names.id, one, names.words + what + (says_how ? "" : how(names.key)));
    };
    if (node.data().kind != Kind::kList) {
      take(node);
    } else {
      for (const auto& child : node) take(child.second);
    }
    return values;
  }

  const Option& option_;
  Settings& settings_;
  Faults& faults_;
};

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

void convert(const Option& option, const Tree& node, Settings& settings, Faults& faults) {
  Converter(option, settings, faults).run(node);
}

Result<Entry> fallback_entry(const Option& option) {
  Entry nothing;
  nothing.secret = option.secret;
  const bool empty = option.fallback->empty() || *option.fallback == "{}";
  if (empty && (option.type == Type::kList || option.type == Type::kTable)) return nothing;
  auto node = fallback_node(option);
  if (!node) return std::move(node).error();
  Settings settings;
  settings.file = "the option table";
  Faults faults;
  convert(option, *node, settings, faults);
  if (!faults.empty()) return invalid(faults.lines().front());
  Entry entry = std::move(settings.entries.at(option.name));
  entry.set = false;
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
  Position position{file, 1, 1};
  const Tree* node = &tree;
  for (const std::string& part : split(section, '.')) {
    const auto it = node->find(part);
    if (it == node->not_found()) break;
    node = &it->second;
    position = value_position(*node, file);
  }
  return position;
}

Error at(const Position& position, const std::string& message) {
  return invalid(position.str() + ": " + message);
}

}  // namespace notifyd::config
