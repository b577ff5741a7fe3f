#include "sim/slack/block_kit.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/slack/block_rules.h"

namespace notifyd::sim {
namespace {

constexpr std::size_t kLongestText = 3000;
constexpr std::size_t kLongestId = 255;

std::string type_of(const Json& object) {
  if (!object.is_object()) return "";
  const auto type = object.find("type");
  return type != object.end() && type->is_string() ? type->get<std::string>() : "";
}

const Property* find_property(const ObjectRule& rule, std::string_view name) {
  const auto found = std::find_if(rule.properties.begin(), rule.properties.end(),
                                  [&](const Property& each) { return each.name == name; });
  return found == rule.properties.end() ? nullptr : &*found;
}

// Walks blocks and writes down what is wrong, with the pointer of where.
class Validator {
 public:
  explicit Validator(LengthUnit unit) : unit_(unit) {}

  void blocks(const Json& array, const std::string& at);
  std::vector<std::string> take() && { return std::move(problems_); }

 private:
  void block(const Json& value, const std::string& at);
  void object(const Json& value, const ObjectRule& rule, const std::string& at);
  void property(const Json& value, const Property& rule, const std::string& at);
  void text_object(const Json& value, bool plain_only, std::size_t max, const std::string& at);
  void string(const Json& value, std::size_t max, const std::string& at);
  void element(const Json& value, const std::string& at);
  void context_element(const Json& value, std::size_t max, const std::string& at);
  void array(const Json& value, const Property& rule, const std::string& at);
  void item(const Json& value, const Property& rule, const std::string& at);
  void unique_actions(const Json& elements, const std::string& at);
  void no_type(const Json& value, const std::string& at);
  void report(std::string sentence, const std::string& at) {
    problems_.push_back(std::move(sentence) + " [json-pointer:" + at + "]");
  }

  const LengthUnit unit_;
  std::set<std::string> block_ids_;
  std::vector<std::string> problems_;
};

// One markdown block is stored as several: a header per heading, a divider per rule, rich text for
// what is between them.
std::size_t stored_blocks(const Json& block) {
  if (type_of(block) != "markdown" || !block.contains("text") || !block["text"].is_string())
    return 1;
  std::string_view rest = block["text"].get_ref<const std::string&>();
  std::size_t count = 0;
  bool in_text = false;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const bool alone = line.starts_with('#') || line == "---";
    if (alone || (!in_text && !line.empty())) ++count;
    if (!line.empty()) in_text = !alone;
  }
  return std::max<std::size_t>(count, 1);
}

void Validator::blocks(const Json& array, const std::string& at) {
  std::size_t count = 0;
  for (const Json& each : array) count += stored_blocks(each);
  if (count > kMostBlocks) {
    report("no more than " + std::to_string(kMostBlocks) + " items allowed", at);
  }
  for (std::size_t i = 0; i < array.size(); ++i) block(array[i], at + "/" + std::to_string(i));
}

void Validator::no_type(const Json& value, const std::string& at) {
  const std::string type = type_of(value);
  if (type.empty()) return report("missing required field: type", at);
  report("unsupported type: " + type, at + "/type");
}

void Validator::block(const Json& value, const std::string& at) {
  const ObjectRule* rule = block_rule(type_of(value));
  if (rule == nullptr) return no_type(value, at);
  object(value, *rule, at);
  if (rule->type == "section" && !value.contains("text") && !value.contains("fields")) {
    report("must define either `text` or `fields`", at + "/type");
  }
  const std::string id = value.contains("block_id") && value["block_id"].is_string()
                             ? value["block_id"].get<std::string>()
                             : "";
  if (!id.empty() && !block_ids_.insert(id).second) {
    report("`block_id` \"" + id + "\" already exists", at + "/block_id");
  }
}

void Validator::object(const Json& value, const ObjectRule& rule, const std::string& at) {
  if (rule.shallow) return;
  if (!value.is_object()) return report("failed to match all allowed schemas", at);
  for (const auto& [name, held] : value.items()) {
    const Property* known = find_property(rule, name);
    if (known != nullptr) {
      property(held, *known, at + "/" + name);
    } else if (name == "block_id") {
      string(held, kLongestId, at + "/block_id");
    } else if (name != "type") {
      report("invalid additional property: " + name, at);
    }
  }
  for (const Property& each : rule.properties) {
    if (!each.required || value.contains(each.name)) continue;
    report("missing required field: " + std::string(each.name), at);
  }
}

void Validator::property(const Json& value, const Property& rule, const std::string& at) {
  switch (rule.shape) {
    case Shape::kAny:
      return;
    case Shape::kString:
      return string(value, rule.max, at);
    case Shape::kBool:
      if (!value.is_boolean()) report("must be a boolean", at);
      return;
    case Shape::kPlainText:
      return text_object(value, true, rule.max, at);
    case Shape::kAnyText:
      return text_object(value, false, rule.max, at);
    case Shape::kStyle:
      if (value != "primary" && value != "danger") report("must be a valid enum value", at);
      return;
    case Shape::kConfirm:
      return object(value, confirm_rule(), at);
    case Shape::kOption:
      return object(value, option_rule(), at);
    case Shape::kElement:
      return element(value, at);
    case Shape::kTexts:
    case Shape::kElements:
    case Shape::kContext:
    case Shape::kOptions:
      return array(value, rule, at);
  }
}

void Validator::array(const Json& value, const Property& rule, const std::string& at) {
  if (!value.is_array()) return report("must be an array", at);
  if (value.empty()) report("no fewer than 1 items allowed", at);
  if (value.size() > rule.max) {
    report("no more than " + std::to_string(rule.max) + " items allowed", at);
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    item(value[i], rule, at + "/" + std::to_string(i));
  }
  if (rule.shape == Shape::kElements) unique_actions(value, at);
}

void Validator::item(const Json& value, const Property& rule, const std::string& at) {
  if (rule.shape == Shape::kTexts) return text_object(value, false, rule.inner, at);
  if (rule.shape == Shape::kContext) return context_element(value, rule.inner, at);
  if (rule.shape == Shape::kOptions) return object(value, option_rule(), at);
  element(value, at);
}

void Validator::context_element(const Json& value, std::size_t max, const std::string& at) {
  if (type_of(value) == "image") return element(value, at);
  text_object(value, false, max, at);
}

void Validator::element(const Json& value, const std::string& at) {
  const ObjectRule* rule = element_rule(type_of(value));
  if (rule == nullptr) return no_type(value, at);
  object(value, *rule, at);
}

void Validator::unique_actions(const Json& elements, const std::string& at) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!elements[i].is_object() || !elements[i].contains("action_id")) continue;
    const std::string id = elements[i]["action_id"].is_string() ? elements[i]["action_id"] : "";
    if (id.empty() || seen.insert(id).second) continue;
    report("`action_id` \"" + id + "\" already exists",
           at + "/" + std::to_string(i) + "/action_id");
  }
}

void Validator::text_object(const Json& value, bool plain_only, std::size_t max,
                            const std::string& at) {
  const std::string type = type_of(value);
  const bool fits = type == "plain_text" || (type == "mrkdwn" && !plain_only);
  const bool has_text = fits && value.contains("text") && value["text"].is_string();
  if (!has_text) return report("failed to match all allowed schemas", at);
  for (const auto& [name, held] : value.items()) {
    const bool flag = name == (type == "mrkdwn" ? "verbatim" : "emoji");
    if (name == "type" || name == "text" || (flag && held.is_boolean())) continue;
    report("invalid additional property: " + name, at);
  }
  string(value["text"], max == 0 ? kLongestText : max, at + "/text");
}

void Validator::string(const Json& value, std::size_t max, const std::string& at) {
  if (!value.is_string()) return report("must be a string", at);
  const std::size_t length = length_in(unit_, value.get_ref<const std::string&>());
  if (length == 0) report("must be more than 0 characters", at);
  if (max > 0 && length > max) {
    report("must be less than " + std::to_string(max + 1) + " characters", at);
  }
}

}  // namespace

std::size_t length_in(LengthUnit unit, std::string_view utf8) {
  std::size_t length = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    // What UTF-8 needs four bytes for, UTF-16 needs two units for.
    length += unit == LengthUnit::kUtf16 && byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

std::vector<std::string> block_problems(const Json& blocks, LengthUnit unit,
                                        const std::string& at) {
  Validator validator(unit);
  validator.blocks(blocks, at);
  return std::move(validator).take();
}

}  // namespace notifyd::sim
