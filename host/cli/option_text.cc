#include "cli/option_text.h"

#include <algorithm>
#include <utility>

#include "config/values.h"

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

// A table is a section itself.
std::string section_of(const Option& option) {
  return option.type == Type::kTable ? option.name : config::section_of(option.name);
}

std::string comment(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] += 'A' - 'a';
  return "# " + text + ".\n";
}

std::string described(const Option& option) {
  std::string lines = option.help.empty() ? "" : comment(option.help);
  if (option.secret && option.help.find("file") == std::string::npos) {
    lines += comment("a value that begins with / is the path of a file that holds it");
  }
  return lines + comment(kind_of(option));
}

std::string entry(const Option& option) {
  if (option.type == Type::kTable) {
    return described(option) + (option.required ? "\"*\" = []\n" : "") +
           "#\"key\" = [\"...\", \"...\"]\n";
  }
  const std::string line = config::leaf_of(option.name) + " = " + value_of(option) + "\n";
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
  if (options.empty()) text += "# It has no options.\n";
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
