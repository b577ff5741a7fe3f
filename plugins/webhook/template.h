// The body of a webhook as its operator wrote it, with places for what an event says:
//
//   {"text": "{{title}}{{#request.reason}}: {{request.reason}}{{/request.reason}}"}
//
//   {{a.b}}            a text, made safe for where it goes; a list with commas between
//   {{&a.b}}           the same, but what is markup there stays markup: for addresses of links
//   {{{a.b}}}          the value as JSON, with its quotes or brackets
//   {{#a.b}}...{{/a.b}}  only if there is such a thing; for a list once for each of it, in which
//                      {{.}} is the item, a name of the item's own goes first, and {{@last}} is
//                      true for the last one
//   {{^a.b}}...{{/a.b}}  only if there is none
//   {{! a remark }}
//
// A subset of Mustache, with paths. There are no partials and no code.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "json.h"

namespace webhook {

// What is wrong with a template, and where in it: "line 2, column 7: ...".
class TemplateError : public std::runtime_error {
 public:
  TemplateError(std::string_view whole, std::size_t at, const std::string& what);
};

class Template {
 public:
  // Makes a text fit for the body. `markup`: what is markup there must become plain text.
  using Escape = std::function<std::string(std::string_view text, bool markup)>;

  // Throws TemplateError.
  explicit Template(std::string text);

  // Throws TemplateError for a name that `sample`, in which nothing is missing, does not have.
  void check_names(const Json& sample) const;

  std::string render(const Json& event, const Escape& escape) const;

 private:
  enum class Kind { kText, kValue, kMarkup, kJson, kIf, kUnless };
  struct Node {
    Kind kind = Kind::kText;
    std::size_t at = 0;  // in text_
    std::string text;    // or the name
    std::vector<Node> inside;
  };
  using Nodes = std::vector<Node>;
  // What names mean, the innermost last.
  struct Scope {
    const Json* item;
    bool last;
  };
  using Scopes = std::vector<Scope>;
  class Parser;

  void check(const Nodes& nodes, Scopes& scopes) const;
  static void render(const Nodes& nodes, Scopes& scopes, const Escape& escape, std::string& out);
  static void render_section(const Node& node, Scopes& scopes, const Escape& escape,
                             std::string& out);

  std::string text_;
  Nodes nodes_;
};

}  // namespace webhook
