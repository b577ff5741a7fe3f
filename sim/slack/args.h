// The arguments of one call, however they came: a JSON object, or form fields that are all strings.
#pragma once

#include <optional>
#include <string>

#include "sim/slack/model.h"

namespace notifyd::sim {

class Args {
 public:
  explicit Args(Json object = Json::object()) : object_(std::move(object)) {}

  // An empty string and a JSON null count as absent.
  bool has(const std::string& name) const;
  std::string text(const std::string& name) const;  // numbers as they are written; "" if absent
  bool flag(const std::string& name) const;
  int number(const std::string& name, int otherwise) const;
  // A value, or a string that holds JSON; null when absent, nullopt when it does not parse.
  std::optional<Json> structure(const std::string& name) const;

  const Json& all() const { return object_; }

 private:
  const Json* find(const std::string& name) const;

  Json object_;
};

}  // namespace notifyd::sim
