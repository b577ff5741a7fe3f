#include "cli/option_text.h"

#include <algorithm>
#include <utility>

namespace notifyd::cli {
namespace {

using config::Option;
using config::Type;

const char* type_name(Type type) {
  switch (type) {
    case Type::kText:
      return "text";
    case Type::kInt:
      return "whole number";
    case Type::kBool:
      return "true or false";
    case Type::kDuration:
      return "duration";
    case Type::kList:
      return "text or list of texts";
    case Type::kTable:
      return "section of key = text or list of texts";
  }
  return "";
}

bool is_quoted(Type type) { return type == Type::kText || type == Type::kDuration; }

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

const char* empty_value(Type type) {
  switch (type) {
    case Type::kInt:
      return "0";
    case Type::kBool:
      return "false";
    case Type::kDuration:
      return "\"1m\"";
    case Type::kList:
      return "[]";
    default:
      return "\"\"";
  }
}

std::string value_of(const Option& option) {
  if (!option.fallback) return empty_value(option.type);
  const bool list = option.type == Type::kList && !option.fallback->starts_with('[');
  return is_quoted(option.type) || list ? quoted(*option.fallback) : *option.fallback;
}

// "slack.token" is leaf "token" of section "slack"; a table is a section itself.
std::string section_of(const Option& option) {
  if (option.type == Type::kTable) return option.name;
  const auto dot = option.name.rfind('.');
  return dot == std::string::npos ? "" : option.name.substr(0, dot);
}

std::string key_of(const Option& option) {
  const auto dot = option.name.rfind('.');
  return dot == std::string::npos ? option.name : option.name.substr(dot + 1);
}

std::string described(const Option& option) {
  std::string lines = "# " + kind_of(option) + ".\n";
  if (!option.help.empty()) lines.insert(0, "# " + option.help + "\n");
  if (option.secret) lines += "# A value that begins with / is the path of a file that holds it.\n";
  return lines;
}

std::string entry(const Option& option) {
  if (option.type == Type::kTable) {
    return described(option) + (option.required ? "\"*\" = []\n" : "") +
           "#\"key\" = [\"...\", \"...\"]\n";
  }
  const std::string line = key_of(option) + " = " + value_of(option) + "\n";
  return described(option) + (option.required ? line : "#" + line);
}

// In the order in which the table names them; what stands in no section comes first.
std::vector<std::string> sections_of(const std::vector<Option>& options) {
  std::vector<std::string> sections{""};
  for (const Option& option : options) {
    const std::string section = section_of(option);
    if (!option.ignored && std::ranges::find(sections, section) == sections.end()) {
      sections.push_back(section);
    }
  }
  return sections;
}

}  // namespace

std::string kind_of(const Option& option) {
  std::string text = type_name(option.type);
  if (option.secret) text += ", secret";
  if (option.required) text += ", required";
  if (option.fallback) text += ", default " + *option.fallback;
  return text;
}

std::string sample_conf(const std::string& module, const std::vector<Option>& options) {
  std::string text = "# " + module + ".toml for conf.d: one notifier of module " + module +
                     ", named by the file.\n# A second one is a second file, and has this line:\n"
                     "#module = " +
                     quoted(module) + "\n";
  for (const std::string& section : sections_of(options)) {
    std::string gap = section.empty() ? "\n" : "\n[" + section + "]\n";
    for (const Option& option : options) {
      if (option.ignored || section_of(option) != section) continue;
      text += std::exchange(gap, "\n") + entry(option);
    }
  }
  return text;
}

}  // namespace notifyd::cli
