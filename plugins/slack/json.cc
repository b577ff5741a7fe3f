#include "json.h"

#include <cstdint>

namespace slack {
namespace {

const Json kNull;

// Reads without keeping anything, and stops at what is too much.
class Bounds final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(std::int64_t) override { return value(); }
  bool number_unsigned(std::uint64_t) override { return value(); }
  bool number_float(double, const std::string&) override { return value(); }
  bool string(std::string&) override { return value(); }
  bool binary(Json::binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(std::string&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool value() { return ++values_ <= kMostValues; }
  bool enter() { return ++depth_ <= kDeepestAnswer && value(); }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t values_ = 0, depth_ = 0;
};

}  // namespace

Json parse_answer(std::string_view text) {
  Bounds bounds;
  if (!Json::sax_parse(text, &bounds)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string text_at(const Json& object, std::string_view key) {
  const Json& value = child_at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const Json& child_at(const Json& object, std::string_view key) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(std::string(key));
  return found == object.end() ? kNull : *found;
}

}  // namespace slack
