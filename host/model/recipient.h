// Recipient: whom one message is for, as the module's route() named them.
#pragma once

#include <string>

namespace notifyd::model {

// In what role somebody is told; the fallback hears only of recipients that were given up.
enum class Audience { kReviewer, kRequester, kListOwner, kFallback };

struct Recipient {
  std::string id;     // the module's own: a channel, a user; "" for nobody
  std::string label;  // for people: how the configuration or the request named it
  Audience audience = Audience::kReviewer;

  bool operator==(const Recipient&) const = default;
};

}  // namespace notifyd::model
