// IdentityPin: as whom the daemon started, and at which cluster. An identity file that is renewed
// may hold a new certificate and, when the cluster's CAs rotate, new CAs; but another
// user's identity, one for another cluster, or one with other roles, would have the daemon tell
// everybody about other requests than those it was set up for. A reload takes it, because a person
// wants it then.
//
// This holds mistakes, and whoever controls an address but not the identity. Who may write the
// identity file can make one that says the right names.
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "teleport/types.h"

namespace notifyd::teleport {

class IdentityPin {
 public:
  // What comes first is pinned, the rest must be the same. Each says what is different.
  Result<> admit(const IdentityFacts& identity);
  Result<> admit(const Cluster& cluster);

 private:
  bool known_ = false;
  std::string user_;
  std::set<std::string> roles_;
  std::string issuer_;   // the cluster as certificates say it
  std::string cluster_;  // as the Auth Service says it; "" before the first connection
};

}  // namespace notifyd::teleport
