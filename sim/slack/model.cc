#include "sim/slack/model.h"

#include <algorithm>

namespace notifyd::sim {

bool SlackMessage::reacted(const std::string& name) const {
  return std::any_of(reactions.begin(), reactions.end(),
                     [&](const Reaction& reaction) { return reaction.name == name; });
}

}  // namespace notifyd::sim
