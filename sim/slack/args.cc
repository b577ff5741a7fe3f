#include "sim/slack/args.h"

#include <charconv>

namespace notifyd::sim {

const Json* Args::find(const std::string& name) const {
  const auto found = object_.find(name);
  if (found == object_.end() || found->is_null()) return nullptr;
  if (found->is_string() && found->get_ref<const std::string&>().empty()) return nullptr;
  return &*found;
}

bool Args::has(const std::string& name) const { return find(name) != nullptr; }

std::string Args::text(const std::string& name) const {
  const Json* value = find(name);
  if (value == nullptr) return "";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

bool Args::flag(const std::string& name) const {
  const std::string value = text(name);
  return value == "true" || value == "1";
}

int Args::number(const std::string& name, int otherwise) const {
  const std::string value = text(name);
  int result = otherwise;
  std::from_chars(value.data(), value.data() + value.size(), result);
  return result;
}

std::optional<Json> Args::structure(const std::string& name) const {
  const Json* value = find(name);
  if (value == nullptr) return Json(nullptr);
  if (!value->is_string()) return *value;
  Json parsed = Json::parse(value->get_ref<const std::string&>(), nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

}  // namespace notifyd::sim
