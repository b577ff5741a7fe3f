#include "delivery/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace notifyd::delivery {
namespace {

// ASCII that stands for itself between quotes.
bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

}  // namespace

void JsonText::next() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonText::open(char bracket) {
  next();
  text_ += bracket;
  first_ = true;
}

void JsonText::close(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonText::key(std::string_view name) {
  value(name);
  text_ += ':';
  first_ = true;
}

void JsonText::value(std::string_view text) {
  next();
  if (std::ranges::all_of(text, is_plain)) {
    text_.append("\"").append(text).append("\"");
  } else {
    using nlohmann::json;
    text_ += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

void JsonText::value(std::int64_t number) {
  next();
  text_ += std::to_string(number);
}

}  // namespace notifyd::delivery
