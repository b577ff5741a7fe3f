// Subject: what notifications are about, and what a record belongs to.
#pragma once

#include <string>

namespace notifyd::model {

struct Subject {
  enum class Kind { kAccessRequest };

  std::string cluster;  // "" until the first connection has said which
  Kind kind = Kind::kAccessRequest;
  std::string id;

  bool operator==(const Subject&) const = default;
};

}  // namespace notifyd::model
