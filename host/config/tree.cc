#include "config/tree.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/trusted_file.h"
#include "config/characters.h"
#include "config/values.h"
#include "notify/text.hpp"

namespace notifyd::config {
namespace {

constexpr std::size_t kMaxFile = std::size_t{1024} * 1024;

// What toml++ says, in words for the person at the editor. Its own text is never passed on: it may
// quote what stands in the file, and that may be a token.
struct SyntaxHint {
  std::string_view needle, message;
};
constexpr std::array kSyntaxHints{
    SyntaxHint{"redefine", "this key or section is there twice; keep one of them"},
    SyntaxHint{"cannot insert", "this section is there already as a value; keep one of them"},
    SyntaxHint{"nested value depth", "lists or tables are nested too deeply; write them flat"},
    SyntaxHint{
        "unknown escape",
        "an escape in a text is not known; write \\\\ for a backslash, / without one, or put "
        "the text in single quotes"},
    SyntaxHint{
        "hex digit",
        "an escape in a text is not known; write \\\\ for a backslash, / without one, or put "
        "the text in single quotes"},
    SyntaxHint{"parsing string",
               "a text is not closed; end it on its line with the quote that it begins with"},
    SyntaxHint{
        "parsing inline table",
        "a table in braces is not well formed; write {key = \"text\", key = \"text\"} on one line"},
    SyntaxHint{"parsing table header",
               "a section header is not well formed; write [section] alone on its line"},
    SyntaxHint{"parsing array", "a list is not well formed; write [\"first\", \"second\"]"},
    SyntaxHint{"expected '='", "a key has no value; write key = \"text\""},
    SyntaxHint{"parsing key-value pair: expected value",
               "a key has no value; write key = \"text\""},
    SyntaxHint{"expected a comment or whitespace",
               "there is more on the line than one key and its value; begin a new line"},
    SyntaxHint{"control character",
               "there is a control character; remove it, or write it as an escape such as \\t"},
    SyntaxHint{"expected key",
               "a line begins with neither a key nor a [section]; write key = \"text\", or # in "
               "front of a comment"},
    SyntaxHint{"parsing key",
               "a key is not well formed; put a key that has other characters than letters, "
               "digits, - and _ in quotes"},
    SyntaxHint{"parsing boolean", "true and false are written in small letters and without quotes"},
    SyntaxHint{"utf-8", "the file is not UTF-8; save it as UTF-8"},
    SyntaxHint{"UTF-8", "the file is not UTF-8; save it as UTF-8"},
};

std::string_view hint_for(std::string_view description) {
  for (const SyntaxHint& hint : kSyntaxHints) {
    if (description.find(hint.needle) != std::string_view::npos) return hint.message;
  }
  return "this is no value; put a text in quotes (key = \"text\"), and write numbers, true and "
         "false without";
}

constexpr std::string_view kBare =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

std::string_view line_of(std::string_view text, std::uint32_t number) {
  for (; number > 1; --number) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

// The key whose value begins at `column`, where that is a bare key alone on its line; else "".
// Never anything of a value: what stands before the value must be the key, "=" and blanks.
std::string_view key_before(std::string_view line, std::uint32_t column) {
  std::string_view before = line.substr(0, std::min<std::size_t>(column - 1, line.size()));
  before.remove_prefix(std::min(before.find_first_not_of(" \t"), before.size()));
  const std::string_view key = before.substr(0, before.find_first_not_of(kBare));
  before.remove_prefix(key.size());
  const bool alone = before.find_first_not_of(" \t=") == std::string_view::npos;
  return alone && before.find('=') != std::string_view::npos ? key : "";
}

Error at(const std::string& file, std::uint32_t line, std::uint32_t column,
         std::string_view message) {
  return invalid(Position{file, line, column}.str().append(": ").append(message));
}

std::string printed(const auto& date) {
  std::ostringstream out;
  out << date;
  return out.str();
}

// What begins at a column, which counts characters.
std::string_view from_column(std::string_view line, std::uint32_t column) {
  for (; column > 1 && !line.empty(); --column) line.remove_prefix(notify::decode(line).bytes);
  return line;
}

// A bare key ends before its "=" where it has a character that only quotes allow: größe,
// alice@example.com, dev ops, "*". Older parsers took some of them.
bool ends_within_a_key(std::string_view line, std::string_view rest) {
  const std::size_t at = line.size() - rest.size();
  const std::size_t equals = line.find('=');
  const std::string_view key = trim(line.substr(0, equals));
  const bool bare = !key.empty() && key.find_first_of("\"'#[]{}") == std::string_view::npos;
  return bare && equals != std::string_view::npos && at < equals;
}

bool ends_within_a_header(std::string_view line, std::string_view rest) {
  const std::string_view header = trim(line);
  return header.starts_with('[') && header.ends_with(']') && !rest.empty() &&
         static_cast<unsigned char>(rest.front()) >= 0x80;
}

// What the line itself tells, whatever the parser calls it; nothing of it is quoted.
std::string told_by_the_line(std::string_view line, std::string_view rest) {
  if (begins_pasted(rest)) {
    return "there is " + character_name(rest) +
           ", as comes along when text is copied; write plain quotes, dashes and spaces";
  }
  if (ends_within_a_key(line, rest)) {
    return "put the key in quotes: a key that has other characters than a-z, A-Z, 0-9, - and _ "
           "is written \"key\" = \"text\"";
  }
  if (ends_within_a_header(line, rest)) {
    return "put the section in quotes: one that has other characters than a-z, A-Z, 0-9, - and _ "
           "is written [\"section\"]";
  }
  return "";
}

std::string message_for(const toml::parse_error& error, std::string_view text) {
  const std::string_view description = error.description();
  const auto& begin = error.source().begin;
  const std::string_view line = line_of(text, begin.line);
  std::string told = told_by_the_line(line, from_column(line, begin.column));
  if (!told.empty()) return told;
  const bool twice = description.find("redefine") != std::string_view::npos;
  const std::string_view key = twice ? key_before(line, begin.column) : std::string_view();
  if (key.empty()) return std::string(hint_for(description));
  return "\"" + shown(key) + "\" is there twice; keep one of them";
}

Error unreadable(const Error& error, const std::string& path) {
  if (error.code == kUntrusted) return about(error, path);
  const bool missing = error.code == Errc::kNotFound;
  return {error.code, path + ": " + error.message +
                          (missing ? "; name another with --config"
                                   : "; it must be a file that this user can read")};
}

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  Result<Tree> node(const toml::node& from) const {
    if (const auto* table = from.as_table()) return members(*table);
    if (const auto* list = from.as_array()) return items(*list);
    Tree tree(scalar(from));
    if (tree.data().text.find('\0') != std::string::npos) return nul(from.source().begin);
    return tree;
  }

 private:
  using Member = std::pair<const toml::key*, const toml::node*>;

  static Value value_at(const toml::node& from, Value::Kind kind) {
    Value value;
    value.kind = kind;
    value.line = from.source().begin.line;
    value.column = from.source().begin.column;
    return value;
  }

  static Value scalar(const toml::node& from) {
    Value value = value_at(from, Value::Kind::kNone);
    if (const auto* text = from.as_string()) {
      value.kind = Value::Kind::kText;
      value.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
      value.kind = Value::Kind::kInteger;
      value.integer = integer->get();
      value.text = std::to_string(value.integer);
    } else if (const auto* boolean = from.as_boolean()) {
      value.kind = Value::Kind::kBoolean;
      value.boolean = boolean->get();
      value.text = value.boolean ? "true" : "false";
    } else if (const auto* number = from.as_floating_point()) {
      value.kind = Value::Kind::kFloat;
      value.text = printed(number->get());
    } else {
      value.kind = Value::Kind::kDate;
      value.text = date(from);
    }
    return value;
  }

  static std::string date(const toml::node& from) {
    if (const auto* day = from.as_date()) return printed(day->get());
    if (const auto* time = from.as_time()) return printed(time->get());
    if (const auto* both = from.as_date_time()) return printed(both->get());
    return {};
  }

  // toml++ sorts members by key; people expect the order of the file.
  static std::vector<Member> in_file_order(const toml::table& table) {
    std::vector<Member> members;
    for (const auto& [key, value] : table) members.emplace_back(&key, &value);
    std::ranges::sort(members, {}, [](const Member& member) {
      const auto& begin = member.first->source().begin;
      return std::pair(begin.line, begin.column);
    });
    return members;
  }

  // [a.b] and a = {} have tables that begin elsewhere than the key does.
  static bool made_by_a_key(const toml::node& node, const toml::source_position& key) {
    return node.is_table() && node.source().begin == key;
  }

  Result<Tree> members(const toml::table& table) const {
    Tree tree(value_at(table, Value::Kind::kTable));
    for (const auto& [key, value] : in_file_order(table)) {
      const auto& begin = key->source().begin;
      if (key->str().find('\0') != std::string_view::npos) return nul(begin);
      auto child = node(*value);
      if (!child) return child;
      child->data().key_line = begin.line;
      child->data().key_column = begin.column;
      child->data().in_key = made_by_a_key(*value, begin);
      tree.push_back({std::string(key->str()), *std::move(child)});
    }
    return tree;
  }

  Result<Tree> items(const toml::array& list) const {
    Tree tree(value_at(list, Value::Kind::kList));
    for (const auto& item : list) {
      auto child = node(item);
      if (!child) return child;
      tree.push_back({std::string(), *std::move(child)});
    }
    return tree;
  }

  Error nul(const toml::source_position& where) const {
    return at(file_, where.line, where.column, "a text holds \\u0000; remove it");
  }

  const std::string& file_;
};

}  // namespace

Result<Tree> read_toml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxFile) {
    return at(file, 0, 0, "is larger than 1 MiB; this is not a configuration file");
  }
  try {
    const toml::table parsed = toml::parse(text);
    return Converter(file).node(parsed);
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return at(file, begin.line, begin.column, message_for(error, text));
  }
}

std::optional<Tree> read_toml_file(const std::string& path, Faults& faults) {
  const auto text = read_trusted(path, kMaxFile);
  if (!text) {
    faults.add(unreadable(text.error(), path), {path}, FoundIn::kMachine);
    return std::nullopt;
  }
  auto tree = read_toml(*text, path);
  if (tree) return *std::move(tree);
  faults.add(tree.error(), {path});
  return std::nullopt;
}

}  // namespace notifyd::config
