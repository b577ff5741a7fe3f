#include "config/unfinished.h"

#include <array>
#include <regex>

#include "base/text.h"

namespace notifyd::config {
namespace {

constexpr std::size_t kLongest = 500;  // longer ones are no templates, and std::regex recurses

constexpr const char* kTemplate =
    "is a template that was not filled in; write the value itself, or have the file filled in "
    "before it is read";
constexpr const char* kVariable =
    "names an environment variable, and none is looked up here; write the value itself, or have "
    "the file filled in before it is read";
constexpr const char* kCommand =
    "is a command for a shell, and none is run here; write the value itself";
constexpr const char* kPlaceholder = "is a placeholder; write the value that belongs there";
constexpr const char* kHome =
    "begins with ~, which only a shell knows; write the whole path, from /";
constexpr const char* kSpecifier =
    "begins with a specifier such as %d, which systemd fills in in unit files only; write the "
    "whole path, from /";
constexpr const char* kStore =
    "names an entry of a secret store, which is not asked here; write the absolute path of a file "
    "that holds the value";
constexpr const char* kFileUrl = "is a file: address; write the path alone, from /";

struct Form {
  std::regex form;
  const char* what;
};

std::regex regex(const char* text, bool any_case = false) {
  const auto plain = std::regex::ECMAScript | std::regex::optimize;
  return std::regex(text, any_case ? plain | std::regex::icase : plain);
}

// The first that is found counts. ^ and $ stand where only a whole value is meant: paths may hold
// the same characters.
const std::array<Form, 19>& forms() {
  static const std::array<Form, 19> kForms{{
      {regex(R"(^\$\{?env:|^env:(//)?[a-z_]\w*$|^(process\.)?env\.[A-Z_]{3})", true), kVariable},
      {regex(R"(\$\{[^{}]*\})"), kVariable},
      {regex(R"(^\$([A-Z_][A-Z0-9_]+($|[/:])|[a-z]\w*_\w+$|(token|secret|password)$))"), kVariable},
      {regex(R"(^%[A-Za-z_]\w*%)"), kVariable},
      {regex(R"(\$\(.*\)|^`.*`$)"), kCommand},
      {regex(R"([#%]\{[^{}]+\}|\{\{.*\}\}|\{%.*%\}|<%.*%>)"), kTemplate},
      {regex(R"(^\{[^{}]*\}(:\d+)?$|^\(\(.*\)\)$|^\[\[.*\]\]$|^%\(\w+\)s)"), kTemplate},
      {regex(R"(^@[A-Z][A-Z0-9_]+@$|^__[A-Z][A-Z0-9_]+__$|^!\w+ )"), kTemplate},
      {regex(R"(<[A-Za-z][\w .-]*>)"), kPlaceholder},
      {regex(R"(^\[[A-Za-z][\w .-]*\]$)"), kPlaceholder},
      {regex(R"(^(\.{3,}|…|X{3,}|TODO|FIXME|TBD)$)"), kPlaceholder},
      {regex(R"(^(YOUR|MY|INSERT|REPLACE|ENTER|PUT)[-_ ][^@]*$)"), kPlaceholder},
      {regex(R"(^(change|replace)[-_ ]?(me|this)$)", true), kPlaceholder},
      {regex(R"(^(your|replace|insert|enter|put)[-_ ].*(token|secret|key|host|address|channel|)"
             R"(path|e?mail|name|domain|id)[-_ ]?(goes[-_ ])?(here|value)$)",
             true),
       kPlaceholder},
      {regex(R"(^~[a-z_]*(/|$))"), kHome},
      {regex(R"(^%[A-Za-z]/)"), kSpecifier},
      {regex(R"(^(vault|op|ssm|awssm|gcpsm|azkv|sops|keyring|doppler|ref\+\w+)://|^vault:)", true),
       kStore},
      {regex(R"(^arn:aws[\w-]*:(ssm|secretsmanager):|^ENC\[.*\]$)"), kStore},
      {regex(R"(^file:/)", true), kFileUrl},
  }};
  return kForms;
}

}  // namespace

std::string unfinished(std::string_view text) {
  const std::string value(trim(text));
  if (value.size() > kLongest) return "";
  for (const Form& form : forms()) {
    if (std::regex_search(value, form.form)) return form.what;
  }
  return "";
}

}  // namespace notifyd::config
