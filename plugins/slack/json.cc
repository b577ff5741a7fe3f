#include "json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace slack {
namespace {

const Json kNull;

// Builds while it reads, and stops at what is too much.
class Tree final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }  // there is none in JSON
  bool start_object(std::size_t) override { return open(Json::value_t::object); }
  bool start_array(std::size_t) override { return open(Json::value_t::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    member_ = &(*open_.back())[std::move(name)];  // of two with one name the later one counts
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

  Json take() { return std::move(root_); }

 private:
  bool add(Json value) { return place(std::move(value)) != nullptr; }
  bool open(Json::value_t type) {
    if (open_.size() == kDeepestAnswer) return false;
    Json* const added = place(Json(type));
    if (added != nullptr) open_.push_back(added);
    return added != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  // Where it is now, which holds until what it is in gets its next value; nullptr: one too many.
  Json* place(Json value) {
    if (++values_ > kMostValues) return nullptr;
    if (!open_.empty() && open_.back()->is_array()) {
      return &open_.back()->emplace_back(std::move(value));
    }
    Json* const at = open_.empty() ? &root_ : member_;
    *at = std::move(value);
    return at;
  }

  Json root_;
  Json* member_ = nullptr;   // whose value comes next
  std::vector<Json*> open_;  // what is being read, from the outside in
  std::size_t values_ = 0;
};

// ---- What is not read ----

constexpr std::size_t kNoEnd = std::string_view::npos;

std::size_t skip_space(std::string_view text, std::size_t at) {
  constexpr std::string_view kSpace = " \t\r\n";
  while (at < text.size() && kSpace.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

bool is_at(std::string_view text, std::size_t at, char c) {
  return at < text.size() && text[at] == c;
}

std::size_t end_of_string(std::string_view text, std::size_t begin) {
  for (std::size_t at = text.find('"', begin + 1); at != kNoEnd; at = text.find('"', at + 1)) {
    const std::size_t before = text.find_last_not_of('\\', at - 1);  // `begin`, or behind it
    if ((at - before) % 2 == 1) return at + 1;
  }
  return kNoEnd;
}

// Behind the string, object or array that begins at `at`, or else behind the one character. What is
// inside need be no JSON, but brackets that match: what Slack took is no less posted for that, and
// an answer that was cut off lacks some.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    if (at >= text.size()) return kNoEnd;
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    at = c == '"' ? end_of_string(text, at) : at + 1;
  } while (depth > 0);
  return at;
}

// Where the value of the member begins whose name ends at `at`; kNoEnd: it was no name, or the
// value is no text and no object.
std::size_t value_of_name(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  if (!is_at(text, at, ':')) return kNoEnd;
  at = skip_space(text, at + 1);
  return is_at(text, at, '{') || is_at(text, at, '"') ? at : kNoEnd;
}

bool is_echo(std::string_view text, std::size_t at, std::size_t end) {
  if (text[at] != '"') return false;
  return std::ranges::find(kEchoes, text.substr(at + 1, end - at - 2)) != kEchoes.end();
}

// With null for each echo; nothing when there is none, or when it is no object.
std::optional<std::string> without_echoes(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  std::size_t at = skip_space(text, 0);
  if (!is_at(text, at, '{')) return std::nullopt;
  for (++at; at < text.size();) {
    const std::size_t end = end_of_value(text, at);
    if (end == kNoEnd) return std::nullopt;
    const std::size_t value = is_echo(text, at, end) ? value_of_name(text, end) : kNoEnd;
    at = end;
    if (value == kNoEnd) continue;
    at = end_of_value(text, value);
    if (at == kNoEnd) return std::nullopt;
    out.append(text.substr(copied, value - copied)).append("null");
    copied = at;
  }
  if (copied == 0) return std::nullopt;
  return out.append(text.substr(copied));
}

Json tree_of(std::string_view text) {
  Tree tree;
  return Json::sax_parse(text, &tree) ? tree.take() : Json(Json::value_t::discarded);
}

}  // namespace

Json parse_answer(std::string_view text) {
  const std::optional<std::string> rest = without_echoes(text);
  return tree_of(rest ? *rest : text);
}

std::string text_at(const Json& object, std::string_view key) {
  const Json& value = child_at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const Json& child_at(const Json& object, std::string_view key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

}  // namespace slack
