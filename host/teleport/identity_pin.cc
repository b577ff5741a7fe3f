#include "teleport/identity_pin.h"

#include "base/text.h"

namespace notifyd::teleport {
namespace {

// Names as somebody else chose them.
std::string shown(const std::string& name) {
  constexpr std::size_t kMaxShown = 100;
  return name.empty() ? "(no name)" : one_line(name, kMaxShown);
}

std::string text_of(const std::string& user, const std::string& cluster) {
  return "user " + shown(user) + " of cluster " + shown(cluster);
}

}  // namespace

Result<> IdentityPin::admit(const IdentityFacts& identity) {
  if (!known_) {
    known_ = true;
    user_ = identity.user;
    issuer_ = identity.cluster;
  }
  if (identity.user == user_ && identity.cluster == issuer_) return Done{};
  return Error{Errc::kInvalid, "it is of " + text_of(identity.user, identity.cluster) +
                                   ", and this daemon was started as " + text_of(user_, issuer_) +
                                   "; restart it to accept the other one, or issue an identity of "
                                   "the same user and cluster"};
}

Result<> IdentityPin::admit(const Cluster& cluster) {
  if (cluster_.empty()) cluster_ = cluster.name;
  if (cluster.name == cluster_) return Done{};
  return Error{Errc::kInvalid, "the server there is of cluster " + shown(cluster.name) +
                                   ", and this daemon follows cluster " + shown(cluster_) +
                                   "; check teleport.addr, or restart the daemon to accept it"};
}

}  // namespace notifyd::teleport
