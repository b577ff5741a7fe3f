#include "template.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace webhook {
namespace {

constexpr std::string_view kLast = "@last";
constexpr std::size_t kDeepest = 16;
const Json kTrue = true, kFalse = false;

std::string position(std::string_view whole, std::size_t at) {
  const std::string_view before = whole.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t begin = before.rfind('\n');
  const std::size_t column = at - (begin == std::string_view::npos ? 0 : begin + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool is_name(std::string_view name) {
  if (name == "." || name == kLast) return true;
  const auto good = [](char c) { return c != '{' && c != '}' && c > ' '; };
  return !name.empty() && name.front() != '.' && name.back() != '.' &&
         name.find("..") == std::string_view::npos && std::all_of(name.begin(), name.end(), good);
}

// nullptr: there is no such thing. "*" is any key; see full_sample().
const Json* child(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  if (found != object.end()) return &*found;
  const auto any = object.find("*");
  return any == object.end() ? nullptr : &*any;
}

const Json* find_in(const Json& item, std::string_view path) {
  const Json* at = &item;
  while (at != nullptr) {
    const std::size_t dot = path.find('.');
    const Json* const whole = child(*at, path);  // keys of annotations have dots
    if (whole != nullptr || dot == std::string_view::npos) return whole;
    at = child(*at, path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

bool is_there(const Json& value) {
  if (value.is_null() || (value.is_boolean() && !value.get<bool>())) return false;
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return !value.is_structured() || !value.empty();
}

std::string plain(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return json_text(value);
  std::string out;
  for (const Json& item : value) {
    if (!out.empty()) out += ", ";
    out += plain(item);
  }
  return out;
}

}  // namespace

TemplateError::TemplateError(std::string_view whole, std::size_t at, const std::string& what)
    : std::runtime_error(position(whole, at) + ": " + what) {}

class Template::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Up to the end, or to what closes `open`.
  Nodes parse(const Node* open, std::size_t depth) {
    if (depth > kDeepest) fail(at_, "sections inside sections inside sections: simplify this");
    Nodes nodes;
    for (;;) {
      const std::size_t tag = text_.find("{{", at_);
      add_text(nodes, tag);
      if (tag == std::string_view::npos) {
        if (open != nullptr) fail(open->at, "{{#" + open->text + "}} is never closed");
        return nodes;
      }
      const std::string_view inner = take_tag(tag);
      if (!inner.empty() && inner.front() == '/') {
        close(open, tag, trim(inner.substr(1)));
        return nodes;
      }
      add(nodes, tag, inner, depth);
    }
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw TemplateError(text_, at, what);
  }

  void add_text(Nodes& nodes, std::size_t end) {
    const std::string_view text = text_.substr(at_, end == text_.npos ? end : end - at_);
    if (!text.empty()) nodes.push_back({Kind::kText, at_, std::string(text), {}});
  }

  // What stands between the braces; of three, with the inner pair.
  std::string_view take_tag(std::size_t tag) {
    const bool three = text_.substr(tag, 3) == "{{{";
    const std::string_view closing = three ? "}}}" : "}}";
    const std::size_t begin = tag + closing.size();
    const std::size_t end = text_.find(closing, begin);
    if (end == std::string_view::npos) {
      fail(tag, "no " + std::string(closing) + " follows");
    }
    at_ = end + closing.size();
    return three ? text_.substr(begin - 1, end - begin + 2)
                 : trim(text_.substr(begin, end - begin));
  }

  void add(Nodes& nodes, std::size_t tag, std::string_view inner, std::size_t depth) {
    const char first = inner.empty() ? '\0' : inner.front();
    if (first == '!') return;
    Node node{kind_of(first), tag, "", {}};
    if (node.kind == Kind::kJson) inner.remove_suffix(1);
    if (node.kind != Kind::kValue) inner.remove_prefix(1);
    node.text = trim(inner);
    if (!is_name(node.text)) fail(tag, "\"" + node.text + "\" is not a name");
    if (node.kind == Kind::kIf || node.kind == Kind::kUnless) node.inside = parse(&node, depth + 1);
    nodes.push_back(std::move(node));
  }

  static Kind kind_of(char first) {
    switch (first) {
      case '{':
        return Kind::kJson;
      case '&':
        return Kind::kMarkup;
      case '#':
        return Kind::kIf;
      case '^':
        return Kind::kUnless;
      default:
        return Kind::kValue;
    }
  }

  void close(const Node* open, std::size_t tag, std::string_view name) const {
    if (open == nullptr) fail(tag, "{{/" + std::string(name) + "}} closes nothing");
    if (open->text == name) return;
    fail(tag, "{{/" + std::string(name) + "}} stands where {{/" + open->text + "}} must");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Template::Template(std::string text) : text_(std::move(text)) {
  nodes_ = Parser(text_).parse(nullptr, 0);
}

namespace {

template <class Scopes>
const Json* look_up(const Scopes& scopes, const std::string& name) {
  if (name == ".") return scopes.back().item;
  if (name == kLast) return scopes.back().last ? &kTrue : &kFalse;
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
    if (const Json* const found = find_in(*scope->item, name)) return found;
  }
  return nullptr;
}

}  // namespace

void Template::check_names(const Json& sample) const {
  Scopes scopes{{&sample, true}};
  check(nodes_, scopes);
}

void Template::check(const Nodes& nodes, Scopes& scopes) const {
  for (const Node& node : nodes) {
    if (node.kind == Kind::kText) continue;
    const Json* const found = look_up(scopes, node.text);
    if (found == nullptr) {
      throw TemplateError(text_, node.at, "no event has \"" + node.text + "\"");
    }
    const bool inner = node.kind == Kind::kIf && found->is_structured() && !found->empty();
    if (inner) scopes.push_back({found->is_array() ? &found->front() : found, true});
    check(node.inside, scopes);
    if (inner) scopes.pop_back();
  }
}

std::string Template::render(const Json& event, const Escape& escape) const {
  std::string out;
  Scopes scopes{{&event, true}};
  render(nodes_, scopes, escape, out);
  return out;
}

void Template::render(const Nodes& nodes, Scopes& scopes, const Escape& escape, std::string& out) {
  for (const Node& node : nodes) {
    const Json* const found = node.kind == Kind::kText ? nullptr : look_up(scopes, node.text);
    switch (node.kind) {
      case Kind::kText:
        out += node.text;
        break;
      case Kind::kValue:
      case Kind::kMarkup:
        if (found != nullptr) out += escape(plain(*found), node.kind == Kind::kValue);
        break;
      case Kind::kJson:
        out += found != nullptr ? json_text(*found) : "null";
        break;
      case Kind::kIf:
        render_section(node, scopes, escape, out);
        break;
      case Kind::kUnless:
        if (found == nullptr || !is_there(*found)) render(node.inside, scopes, escape, out);
        break;
    }
  }
}

void Template::render_section(const Node& node, Scopes& scopes, const Escape& escape,
                              std::string& out) {
  const Json* const found = look_up(scopes, node.text);
  if (found == nullptr || !is_there(*found)) return;
  if (!found->is_structured()) return render(node.inside, scopes, escape, out);
  const auto once = [&](const Json& item, bool last) {
    scopes.push_back({&item, last});
    render(node.inside, scopes, escape, out);
    scopes.pop_back();
  };
  if (found->is_object()) return once(*found, true);
  for (std::size_t i = 0; i < found->size(); ++i) once((*found)[i], i + 1 == found->size());
}

}  // namespace webhook
