// Digest: what is told of many Access Requests of one person together, where one message each would
// bury everybody else's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "model/access_request.h"

namespace notifyd::model {

struct Digest {
  std::string user;  // who made them all
  std::size_t pending = 0, approved = 0, denied = 0, expired = 0;
  // Of those that are pending, the newest first, a few at most. They say no more than id, user,
  // time and some of the roles.
  std::vector<AccessRequestPtr> newest;

  std::size_t total() const { return pending + approved + denied + expired; }
};

using DigestPtr = std::shared_ptr<const Digest>;

}  // namespace notifyd::model
