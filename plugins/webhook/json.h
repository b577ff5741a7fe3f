#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace webhook {

// Keys stay in the order they are written in: people read these bodies.
using Json = nlohmann::ordered_json;

// Bytes that are no UTF-8 become U+FFFD.
inline std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace webhook
